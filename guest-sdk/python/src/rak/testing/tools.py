"""The tools of a test: what they answer, and how they were called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..content import FunctionCall, FunctionResponse
from ..failure import Failure, FailureKind
from ..people import Decision
from ..tools import Tool, ToolHints, ToolOptions
from ..wait import millis
from .calls import ToolCall
from .clock import Clock
from .people import Approval, FakePeople
from .state import as_json
from .timer import FakeTimer
from .work import FakeWork, attempt, not_found

# How long a person has to approve a call.
_APPROVAL = 86_400.0


@dataclass(frozen=True)
class Failed:
    """What a tool answers that says of itself that it failed."""

    response: Any
    """JSON, for the model to read."""


@dataclass(frozen=True)
class FakeTool:
    """A tool of a test."""

    run: Callable[[Any], Any]
    """What it does: takes the arguments, and returns the JSON that it answers, a `Failed`, or a `Failure`. One that it raises
    is how the call fails, too."""
    description: str = ""
    """What it says that it does."""
    parameters: Any = field(default_factory=lambda: {"type": "object"})
    """JSON Schema of the arguments, which are not held against it."""
    hints: ToolHints = field(default_factory=ToolHints)
    """What is known of its effects. Where it needs approval, the next of the host's `people` decides on each call: `None`
    among them is nobody, and then the call fails after a day."""
    extra: Any = None
    """JSON: what else there is to say of it."""
    takes: float = 0
    """How many seconds of the fake clock it works."""


class FakeTools:
    """Tools that answer what the test says, and note down how they were called."""

    def __init__(self, tools: Mapping[str, FakeTool | Callable[[Any], Any]], people: FakePeople, clock: Clock) -> None:
        self._tools = {name: _tool(tools[name]) for name in sorted(tools)}
        self._people = people
        self._clock = clock
        self._started: list[FakeRunning] = []
        self.calls: list[ToolCall] = []
        """How they were called, in order."""

    def available(self) -> list[Tool]:
        return [
            Tool(name, tool.description, as_json(tool.parameters), tool.hints, as_json(tool.extra))
            for name, tool in self._tools.items()
        ]

    def start(self, call: FunctionCall, options: ToolOptions) -> FakeRunning:
        """Starts a call. Raises a `Failure` where the run is to end, or there is no tool of this name."""
        self._clock.check()
        tool = self._tools.get(call.name)
        if tool is None:
            raise not_found("tool", call.name, self._tools)
        made = ToolCall(
            call.name,
            as_json(call.args),
            call.id,
            None if options.timeout_ms is None else options.timeout_ms / 1000,
            options.idempotency_key,
            options.relay,
            as_json(options.extra),
        )
        self.calls.append(made)
        end, takes_ms = self._end(tool, made)
        stopped = Failure(FailureKind.FAILED, f"the call of {call.name} was given up", code="cancelled")
        running = FakeRunning(self._clock, FakeTimer(self._clock, self._clock.now_ms + takes_ms), end, stopped, made)
        self._started.append(running)
        return running

    def call_all(self, calls: Iterable[FunctionCall], options: ToolOptions) -> list[FunctionResponse | Failure]:
        """Starts all of them and waits for their ends. Each fails for itself where the run is to end."""
        started = [attempt(partial(self.start, call, options)) for call in calls]
        return [one if isinstance(one, Failure) else attempt(one.wait) for one in started]

    def finish(self) -> None:
        """The run is over, and with it what it left running."""
        for running in self._started:
            running.close()

    def _end(self, tool: FakeTool, call: ToolCall) -> tuple[FunctionResponse | Failure, int]:
        """How a call ends, and after how many milliseconds."""
        args = as_json(call.args)
        if tool.hints.needs_approval:
            decision = self._people.approves(Approval(f"Call {call.tool}?", as_json(call.args), _APPROVAL))
            if decision is None:
                expired = Failure(FailureKind.DEADLINE_EXCEEDED, "nobody approved it in time", code="expired")
                return expired, millis(_APPROVAL)
            if not decision.approved:
                return _rejected(call.tool, decision), 0
            if decision.edited is not None:
                args = decision.edited
        takes = tool.takes if call.timeout is None else min(tool.takes, call.timeout)
        if takes < tool.takes:
            return Failure(FailureKind.DEADLINE_EXCEEDED, f"{call.tool} took too long"), millis(takes)
        return _answer(tool, call, args), millis(takes)


FakeRunning = FakeWork[FunctionResponse]


def _tool(tool: FakeTool | Callable[[Any], Any]) -> FakeTool:
    return tool if isinstance(tool, FakeTool) else FakeTool(tool)


def _answer(tool: FakeTool, call: ToolCall, args: Any) -> FunctionResponse | Failure:
    answer = attempt(lambda: tool.run(args))
    match answer:
        case Failure():
            return answer
        case Failed(response):
            return FunctionResponse(call.id, call.tool, as_json(response), failed=True)
        case _:
            return FunctionResponse(call.id, call.tool, as_json(answer))


def _rejected(name: str, decision: Decision) -> Failure:
    why = f": {decision.reason}" if decision.reason else ""
    return Failure(FailureKind.DENIED, f"a person did not approve the call of {name}{why}", code="rejected")
