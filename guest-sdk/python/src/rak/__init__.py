"""Agents for the RAK host, in Python: one function, one decorator, one WebAssembly component.

    import rak

    @rak.agent
    def run(cx: rak.Context, name: str):
        yield "Hello, "
        yield name

What an agent is: `agent`. What the host offers it: `Context`. How it fails: `Failure`. How it is tested without a host:
`rak.testing`. An agent that a model speaks for: `rak.llm`. Agents made of agents: `rak.workflow`. The README beside this package
has the whole of a first agent.
"""

from .agent import Agent, Answer, Stream, agent
from .agents import AgentReply, AgentSummary, Agents, Child
from .artifacts import ArtifactInfo, Artifacts
from .content import (
    Blob,
    Content,
    Custom,
    FileRef,
    FunctionCall,
    FunctionResponse,
    Part,
    Role,
    Text,
    Thought,
)
from .context import Context, Info
from .descriptor import Descriptor, Skill
from .events import Event, Events, Progress, TextDelta, ThoughtDelta
from .failure import Failure, FailureKind
from .http import Exchange, Headers, Http, HttpHead, HttpRequest, HttpResponse
from .log import Level, Log
from .models import (
    Completion,
    Delta,
    Embeddings,
    Finish,
    ModelRequest,
    ModelResponse,
    Models,
    ModelSummary,
    NamedTool,
    OtherDelta,
    Usage,
)
from .outcome import Outcome
from .people import Decision, People
from .session import Entry, Page, Session
from .tools import Running, Tool, ToolHints, Tools
from .wait import Waitable

__all__ = [
    "Agent",
    "AgentReply",
    "AgentSummary",
    "Agents",
    "Answer",
    "ArtifactInfo",
    "Artifacts",
    "Blob",
    "Child",
    "Completion",
    "Content",
    "Context",
    "Custom",
    "Decision",
    "Delta",
    "Descriptor",
    "Embeddings",
    "Entry",
    "Event",
    "Events",
    "Exchange",
    "Failure",
    "FailureKind",
    "FileRef",
    "Finish",
    "FunctionCall",
    "FunctionResponse",
    "Headers",
    "Http",
    "HttpHead",
    "HttpRequest",
    "HttpResponse",
    "Info",
    "Level",
    "Log",
    "ModelRequest",
    "ModelResponse",
    "ModelSummary",
    "Models",
    "NamedTool",
    "OtherDelta",
    "Outcome",
    "Page",
    "Part",
    "People",
    "Progress",
    "Role",
    "Running",
    "Session",
    "Skill",
    "Stream",
    "Text",
    "TextDelta",
    "Thought",
    "ThoughtDelta",
    "Tool",
    "ToolHints",
    "Tools",
    "Usage",
    "Waitable",
    "agent",
]
