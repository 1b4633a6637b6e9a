"""What a test says about the host that the agent is to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..agent import Agent
from ..content import Content
from ..context import Context, Info
from ..descriptor import Descriptor
from ..events import Event
from ..failure import Failure
from ..models import ModelRequest
from ..outcome import Outcome
from ..people import Decision
from ..session import Entry
from ..wait import millis
from .agents import FakeAgent, FakeAgents
from .artifacts import FakeArtifacts, FakeFile
from .clock import Clock
from .fake_run import FakeRun
from .http import FakeHttp
from .invocation import Invocation
from .models import FakeModel, FakeModels
from .people import FakePeople, Reply
from .tools import FakeTool, FakeTools


@dataclass(frozen=True, kw_only=True)
class FakeHost:
    """A host in memory: a user without history or state, an agent without configuration, no deadline, but for what is
    said here.

    >>> FakeHost(config={"greeting": "Salve"}).run(lambda cx, name: cx.config("greeting") + ", " + name, "Ada").answer
    'Salve, Ada'
    """

    user: str = "test-user"
    """Whose conversation it is."""
    session: str = "test-session"
    """Which conversation it is."""
    info: Info | None = None
    """Everything that `cx.info` says, in place of `user` and `session`."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The values of the agent's manifest, as JSON."""
    history: Sequence[tuple[str, str | Content] | Entry] = ()
    """What was said before, oldest first: entries, or pairs of an author and a text or content, a second apart. A text by
    `user` has the role `user`, any other `model`."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """The state, under its whole keys (`count`, `user:count`, `app:count`), as JSON. `None` is no value."""
    people: Sequence[Decision | Reply | None] = ()
    """What people answer when they are asked, in order, and at once: decisions, and replies to questions. `None` is nobody,
    and so is what comes after the last. A question that nobody answers lasts until it expires or the run is to end; one that
    would last forever fails the test."""
    messages: Sequence[str | Content] = ()
    """What the user says while the agent works, in order."""
    agents: Mapping[str, FakeAgent | Callable[[Content], Any]] = field(default_factory=dict)
    """The agents that may be called, by name: what each does with its input, which is over at once, or a `FakeAgent`."""
    tools: Mapping[str, FakeTool | Callable[[Any], Any]] = field(default_factory=dict)
    """The tools that may be called, by name: what each does with its arguments, at once, or a `FakeTool`."""
    models: Mapping[str, FakeModel | Callable[[ModelRequest], Any] | Sequence[Any]] = field(default_factory=dict)
    """The models that may be asked, by alias, the default first: a function of what is asked, the answers in order, a text that
    is the answer to everything, or a `FakeModel`, which says what an answer may be."""
    http: Mapping[str, Any] = field(default_factory=dict)
    """What is asked by HTTP, and answered: `"https://example.com/a"` is asked with any method, `"POST https://example.com/a"` with
    this one, and `*` stands for anything; the first that fits is taken. An answer is a text, bytes, a `FakeResponse`, a `Failure`, or
    any other value, of which it is the JSON; or a function of the `HttpRequest` that returns one. Everything else is denied."""
    artifacts: Mapping[str, FakeFile | Mapping[int, FakeFile]] = field(default_factory=dict)
    """The artifacts that are there, by name: what is in each, or in each of its versions by number."""
    cancel_after: float | None = None
    """Cancels the run after so many seconds of the fake clock."""
    cancel_after_calls: int | None = None
    """Cancels the run after this number of calls to the host; with 0 it is cancelled from the beginning. Every call
    counts, `is_cancelled` and log lines too."""
    deadline: float | None = None
    """Seconds until the run's deadline. Nothing waits longer than that, and every call that can fail does so after it."""

    def run(self, agent: Agent[Any, Any] | Callable[[Context, Any], Any], input: str | Content = "") -> FakeRun:
        """Runs an agent, or a function that could be one. A string is what the user says.

        What the agent raises is the run's failure where it is a `rak.Failure`; anything else is raised here.
        """
        if not isinstance(agent, Agent):
            agent = Agent(agent, Descriptor())
        invocation = self._invocation()
        content = Content.user(input) if isinstance(input, str) else input
        outcome: Outcome | Failure
        try:
            outcome = agent.run(Context(invocation), content)
        except Failure as failure:
            outcome = failure
        return invocation.finish(outcome)

    def after(self, run: FakeRun) -> FakeHost:
        """The same host with the state and the artifacts that a run left behind: the next turn of a conversation."""
        return replace(self, state=run.state, artifacts=run.artifact_versions)

    def _invocation(self) -> Invocation:
        info = Info("test-invocation", self.session, self.user, "test-agent", "sha256:test")
        clock = Clock(
            cancel_after_calls=self.cancel_after_calls,
            cancel_at_ms=None if self.cancel_after is None else millis(self.cancel_after),
            deadline_ms=None if self.deadline is None else millis(self.deadline),
        )
        people = FakePeople(self.people, self.messages, clock)
        events: list[Event] = []
        models = FakeModels(self.models, clock, events)
        others = FakeAgents(self.agents, clock), FakeTools(self.tools, people, clock), models
        outside = FakeHttp(self.http, clock), FakeArtifacts(self.artifacts, clock)
        return Invocation(self.info or info, self.config, self._entries(), self.state, people, *others, *outside, clock, events)

    def _entries(self) -> list[Entry]:
        entries: list[Entry] = []
        for said in self.history:
            if not isinstance(said, Entry):
                author, what = said
                seq = entries[-1].seq + 1 if entries else 1
                said = Entry(seq, author, _content(author, what), datetime.fromtimestamp(seq, UTC))
            entries.append(said)
        return entries


def _content(author: str, what: str | Content) -> Content:
    if isinstance(what, Content):
        return what
    return Content.user(what) if author == "user" else Content.model(what)
