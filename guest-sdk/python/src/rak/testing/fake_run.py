"""What a run under test left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..content import Blob, Content
from ..events import Event, Progress, TextDelta
from ..failure import Failure
from ..log import Level
from ..outcome import Outcome
from .calls import AgentCall, EmbedCall, HttpCall, ModelCall, ToolCall
from .people import Asked


@dataclass(frozen=True)
class LogLine:
    """A line of the log."""

    level: Level
    """How much it matters."""
    message: str
    """What it says."""
    fields: dict[str, str]
    """What stands beside it."""


@dataclass(frozen=True)
class FakeRun:
    """What a run under test left behind."""

    result: Outcome | Failure
    """How it ended; `outcome`, `answer` and `failure` say it with an assertion."""
    events: list[Event]
    """What it emitted, in order, and what the host sent on of what a model wrote."""
    state: dict[str, Any]
    """The state that the next invocation would find."""
    changes: dict[str, Any]
    """What of it this run changed: the new value, or `None` where it removed one. What a failed run changed after its last
    stored event is not in it, nor is anything under `temp:`."""
    asked: list[Asked]
    """What it asked people, in order."""
    agent_calls: list[AgentCall]
    """The agents it called, in order."""
    tool_calls: list[ToolCall]
    """The tools it called, in order."""
    model_calls: list[ModelCall]
    """What it asked models, in order."""
    embed_calls: list[EmbedCall]
    """The texts that it had embedded, in order."""
    http_calls: list[HttpCall]
    """What it asked by HTTP, in order."""
    artifact_versions: dict[str, dict[int, Blob]]
    """The artifacts that are there after it: each version, by name and number. Also those that a failed run saved."""
    logs: list[LogLine]
    """The lines it logged."""
    slept: float
    """How many seconds it waited, on the fake clock."""

    @property
    def outcome(self) -> Outcome:
        """How it ended well. Raises `AssertionError` where the run failed."""
        if isinstance(self.result, Failure):
            raise AssertionError(f"the agent failed: {self.result}") from self.result
        return self.result

    @property
    def answer(self) -> str:
        """The text of the outcome's content; empty where it has none. Raises `AssertionError` where the run failed."""
        content = self.outcome.content
        return content.text if content else ""

    @property
    def failure(self) -> Failure:
        """How it ended badly. Raises `AssertionError` where the run did not fail."""
        if isinstance(self.result, Outcome):
            raise AssertionError(f"the agent did not fail: {self.result}")
        return self.result

    @property
    def artifacts(self) -> dict[str, Blob]:
        """The newest version of each artifact that is there after it."""
        return {name: versions[max(versions)] for name, versions in self.artifact_versions.items()}

    @property
    def contents(self) -> list[Content]:
        """The contents it emitted."""
        return [event for event in self.events if isinstance(event, Content)]

    @property
    def text_deltas(self) -> list[str]:
        """The text deltas among its events."""
        return [event.text for event in self.events if isinstance(event, TextDelta)]

    @property
    def progress(self) -> list[Progress]:
        """The progress it reported."""
        return [event for event in self.events if isinstance(event, Progress)]
