"""A fake host in memory, for unit tests of agents.

    from rak.testing import FakeHost

    def test_counts_turns():
        run = FakeHost(state={"turn": 6}).run(agent, "hi")
        assert run.answer == "7: hi"
        assert run.state["turn"] == 7

Its clock moves only when the agent waits, so a test of an hour takes no time.
"""

from .agents import FakeAgent
from .artifacts import FakeFile
from .calls import AgentCall, EmbedCall, HttpCall, ModelCall, ToolCall
from .fake_host import FakeHost
from .fake_run import FakeRun, LogLine
from .http import FakeResponse
from .models import FakeModel
from .people import Approval, Asked, Question, Reply
from .tools import Failed, FakeTool

__all__ = [
    "AgentCall",
    "Approval",
    "Asked",
    "EmbedCall",
    "Failed",
    "FakeAgent",
    "FakeFile",
    "FakeHost",
    "FakeModel",
    "FakeResponse",
    "FakeRun",
    "FakeTool",
    "HttpCall",
    "LogLine",
    "ModelCall",
    "Question",
    "Reply",
    "ToolCall",
]
