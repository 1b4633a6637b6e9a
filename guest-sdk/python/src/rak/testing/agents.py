"""The other agents of a test: what they answer, and how they were called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ..agents import AgentOptions, AgentReply, AgentSummary
from ..content import Content
from ..failure import Failure, FailureKind
from ..outcome import outcome_of
from ..wait import millis
from .calls import AgentCall
from .clock import Clock
from .fake_run import FakeRun
from .state import as_json
from .timer import FakeTimer
from .work import FakeWork, attempt, not_found


@dataclass(frozen=True)
class FakeAgent:
    """Another agent of a test."""

    run: Callable[[Content], Any]
    """What it does: takes the input, and returns what an agent may return, or a `Failure`. One that it raises is how it
    fails, too. A `FakeRun` is what another agent does in earnest, and as long as it takes:
    `lambda input: FakeHost().run(agent, input)`."""
    description: str = ""
    """What it says that it does."""
    version: str = "1.0.0"
    """Which version it says it is."""
    input_schema: Any = None
    """JSON Schema of a structured input."""
    extra: Any = None
    """JSON: what else it says about itself."""
    takes: float = 0
    """How many seconds of the fake clock it works."""


class FakeAgents:
    """Agents that answer what the test says, and note down how they were called."""

    def __init__(self, agents: Mapping[str, FakeAgent | Callable[[Content], Any]], clock: Clock) -> None:
        self._agents = {name: _agent(agents[name]) for name in sorted(agents)}
        self._clock = clock
        self._children: list[FakeChild] = []
        self.calls: list[AgentCall] = []
        """How they were called, in order."""

    def available(self) -> list[AgentSummary]:
        return [
            AgentSummary(name, agent.description, agent.version, as_json(agent.input_schema), as_json(agent.extra))
            for name, agent in self._agents.items()
        ]

    def start(self, name: str, input: Content, options: AgentOptions) -> FakeChild:
        """Starts an agent. Raises a `Failure` where there is none of this name."""
        agent = self._agents.get(name)
        if agent is None:
            raise not_found("agent", name, self._agents)
        call = AgentCall(
            name,
            deepcopy(input),
            options.session,
            None if options.timeout_ms is None else options.timeout_ms / 1000,
            options.relay,
            options.detached,
            as_json(options.extra),
        )
        self.calls.append(call)
        child = FakeChild(f"test-child-{len(self.calls)}", agent, call, self._clock, options.timeout_ms)
        self._children.append(child)
        return child

    def finish(self) -> None:
        """The run is over, and with it what it left running."""
        for child in self._children:
            child.close()


class FakeChild(FakeWork[AgentReply]):
    """Another agent that works."""

    def __init__(self, id: str, agent: FakeAgent, call: AgentCall, clock: Clock, timeout_ms: int | None) -> None:
        self._id = id
        self._detached = call.detached
        end, slept = _end(id, agent.run, call.input)
        takes_ms = millis(agent.takes + slept)
        if timeout_ms is not None and timeout_ms < takes_ms:
            end, takes_ms = _stopped(id, FailureKind.DEADLINE_EXCEEDED, "timed_out", "took too long"), timeout_ms
        over = FakeTimer(clock, clock.now_ms + takes_ms)
        super().__init__(clock, over, end, _stopped(id, FailureKind.FAILED, "cancelled", "was cancelled"), call)

    def invocation_id(self) -> str:
        self._clock.count_call()
        return self._id

    def close(self) -> None:
        if not self._detached:
            self.stop()


def _agent(agent: FakeAgent | Callable[[Content], Any]) -> FakeAgent:
    return agent if isinstance(agent, FakeAgent) else FakeAgent(agent)


def _end(id: str, run: Callable[[Content], Any], input: Content) -> tuple[AgentReply | Failure, float]:
    """How a child ends, and how many seconds it slept before that."""
    answer = attempt(lambda: run(deepcopy(input)))
    emitted: list[Content] = []
    slept = 0.0
    if isinstance(answer, FakeRun):
        emitted, slept, answer = answer.contents, answer.slept, answer.result
    if isinstance(answer, Failure):
        return answer, slept
    outcome = outcome_of(answer)
    content = outcome.content or (emitted[-1] if emitted else None)
    return AgentReply(id, content, outcome.escalate, outcome.transfer_to, as_json(outcome.extra)), slept


def _stopped(id: str, kind: FailureKind, code: str, how: str) -> Failure:
    return Failure(kind, f"the child {how}", code=code, details={"invocationId": id})
