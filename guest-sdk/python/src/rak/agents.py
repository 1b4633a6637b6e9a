"""Other agents of this host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import document
from .content import Content
from .failure import Failure
from .started import Started
from .wait import maybe_millis

if TYPE_CHECKING:
    from .host import ChildWork, Host


@dataclass(slots=True)
class AgentSummary:
    """An agent that may be called."""

    name: str
    """The name to call it by."""
    description: str
    """What it does."""
    version: str
    """Which version it says it is."""
    input_schema: Any = None
    """JSON Schema of a structured input, where the agent wants one."""
    extra: Any = None
    """JSON: anything else the agent says about itself."""


@dataclass(slots=True)
class AgentReply:
    """How a child ended well."""

    invocation_id: str
    """The child's own invocation."""
    content: Content | None = None
    """What it answered: the content of its outcome, or the last content that it emitted where that has none."""
    escalate: bool = False
    """Whether it tells a workflow above to stop."""
    transfer_to: str | None = None
    """The agent that it hands the conversation to."""
    extra: Any = None
    """JSON that it answered with beside the content."""

    @property
    def text(self) -> str:
        """The text of the answer; empty where there is none."""
        return self.content.text if self.content else ""


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """How an agent is called: what the methods of `Agents` take by name."""

    session: str | None = None
    timeout_ms: int | None = None
    relay: bool = False
    detached: bool = False
    extra: Any = None


class Child(Started["ChildWork"]):
    """An agent that was started and works beside this one: `cx.agents.start` makes it.

    It is a `Waitable`, which is ready when the child is over: `cx.wait_any([child, timer])`. Leaving a `with` block around
    it, or forgetting it, cancels the child, unless it is detached.
    """

    __slots__ = ()

    @property
    def invocation_id(self) -> str:
        """The child's own invocation."""
        return self.work.invocation_id()

    def finish(self) -> AgentReply:
        """Waits for its end, as `Agents.call` does. Who asks again gets the same again."""
        return self.work.finish()


class Agents:
    """Calls other agents: `cx.agents`. Each works in an invocation of its own, with a session of its own agent, and for
    this invocation's user. Whoever cancels this invocation cancels them too.

    An input is a text, a `Content`, or a value that is sent as JSON (a dataclass is one). What can be said by name:

    - `session`: the child's session among its agent's sessions of this user; a new one where it is left out. Children in
      the same session run one after the other.
    - `timeout`: how many seconds it may take.
    - `relay`: whether the client sees what the child emits, in this invocation's stream.
    - `detached`: whether the child goes on when this invocation ends.
    - `extra`: JSON, for what a host may want to know.

    Every call can raise a `Failure`: that of a child that failed, `not-found` for an agent that is not there, and
    `deadline-exceeded` with the code `timed_out` for a child that took too long.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def available(self) -> list[AgentSummary]:
        """The agents that may be called, by name."""
        return self._host.agents()

    def call(
        self,
        agent: str,
        input: Any = "",
        *,
        session: str | None = None,
        timeout: float | None = None,
        relay: bool = False,
        detached: bool = False,
        extra: Any = None,
    ) -> AgentReply:
        """Calls an agent and waits for what it answers."""
        options = AgentOptions(session, maybe_millis(timeout), relay, detached, extra)
        return self._host.call_agent(agent, _input(input), options)

    def start(
        self,
        agent: str,
        input: Any = "",
        *,
        session: str | None = None,
        timeout: float | None = None,
        relay: bool = False,
        detached: bool = False,
        extra: Any = None,
    ) -> Child:
        """Starts an agent, which works while this one goes on."""
        options = AgentOptions(session, maybe_millis(timeout), relay, detached, extra)
        return Child(self._host.start_agent(agent, _input(input), options))

    def call_all(
        self, calls: Iterable[tuple[str, Any]], *, timeout: float | None = None, relay: bool = False
    ) -> list[AgentReply | Failure]:
        """Calls several agents at once, each a pair of a name and an input, and waits for all of them.

        The answers are in the order of the calls. A call that failed is a `Failure` in its place, which is not raised.
        """
        started = [self._attempt(agent, input, timeout, relay) for agent, input in calls]
        return [_end(child) if isinstance(child, Child) else child for child in started]

    def _attempt(self, agent: str, input: Any, timeout: float | None, relay: bool) -> Child | Failure:
        try:
            return self.start(agent, input, timeout=timeout, relay=relay)
        except Failure as failure:
            return failure


def _end(child: Child) -> AgentReply | Failure:
    with child:
        try:
            return child.finish()
        except Failure as failure:
            return failure


def _input(input: Any) -> Content:
    """What a child is told."""
    if isinstance(input, Content):
        return input
    return Content.user(input if isinstance(input, str) else document.dumps(input))
