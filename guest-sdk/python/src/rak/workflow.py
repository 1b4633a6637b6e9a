"""Agents made of agents: one after the other, side by side, again and again.

    from rak.workflow import Loop, Sequential

    agent = Sequential("researcher", Loop(writer, "critic", max_iterations=3))

A step is the name of another agent, which is called as a child that the client sees; a function as `@rak.agent` takes it; or
an agent of this component, such as an `LlmAgent`. What one step answers is what the next one is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, TypeAlias, Unpack

from .agent import Agent
from .agents import AgentReply, Child
from .content import Content, Part, Role, Text, Thought
from .context import Context
from .descriptor import Descriptor, Says
from .outcome import Outcome

Step: TypeAlias = str | Agent[Any, Any] | Callable[[Context, Any], Any]
"""The name of another agent, an agent of this component, or a function that could be one."""


class _Workflow(Agent[Content, Outcome]):
    def __init__(self, steps: Sequence[Step], work: Callable[[Context, Content], Outcome], says: Says) -> None:
        super().__init__(work, Descriptor(**says))
        if not steps:
            raise TypeError(f"a {type(self).__name__} needs steps")
        self._steps = [step if isinstance(step, str | Agent) else Agent(step, Descriptor()) for step in steps]
        self.parts = tuple(step for step in self._steps if isinstance(step, Agent))

    def _in_order(self, cx: Context, input: Content, before: Outcome) -> Outcome:
        """Runs the steps up to one that escalates or hands over. Where that answers nothing, the answer before it stands."""
        for step in self._steps:
            outcome = _run(cx, step, input)
            if _is_over(outcome):
                return replace(outcome, content=outcome.content or before.content)
            before, input = outcome, _told(outcome)
        return before


class Sequential(_Workflow):
    """Runs its steps one after the other, and answers what the last one does.

    A step that escalates or hands the conversation over is the last one, and the outcome says so, too.
    """

    def __init__(self, *steps: Step, **says: Unpack[Says]) -> None:
        super().__init__(steps, self._sequence, says)

    def _sequence(self, cx: Context, input: Content) -> Outcome:
        return self._in_order(cx, input, Outcome())


class Loop(_Workflow):
    """Runs its steps one after the other, again and again: until one escalates or hands the conversation over, and
    `max_iterations` times at most. It answers what the last step did.

    A step that escalates without an answer leaves that of the step before it.
    """

    def __init__(self, *steps: Step, max_iterations: int, **says: Unpack[Says]) -> None:
        super().__init__(steps, self._loop, says)
        self._max_iterations = max_iterations

    def _loop(self, cx: Context, input: Content) -> Outcome:
        outcome = Outcome()
        for _ in range(self._max_iterations):
            outcome = self._in_order(cx, input, outcome)
            if _is_over(outcome):
                break
            input = _told(outcome)
        # It is this workflow that was to stop, and not the one above it.
        return replace(outcome, escalate=False)


class Parallel(_Workflow):
    """Tells all of its steps the same, and answers what they do, in the order of the steps, with an empty line between them.

    Other agents work at the same time, and meanwhile the steps of this component, one after the other. The first failure
    ends all.
    """

    def __init__(self, *steps: Step, **says: Unpack[Says]) -> None:
        super().__init__(steps, self._side_by_side, says)

    def _side_by_side(self, cx: Context, input: Content) -> Outcome:
        with ExitStack() as started:
            begun = [
                started.enter_context(cx.agents.start(step, input, relay=True)) if isinstance(step, str) else step
                for step in self._steps
            ]
            ended = [one if isinstance(one, Child) else one.run(cx, input) for one in begun]
            outcomes = [_outcome(one.finish()) if isinstance(one, Child) else one for one in ended]
        parts: list[Part] = []
        for outcome in outcomes:
            if outcome.content and outcome.content.parts:
                parts += [*([Text("\n\n")] if parts else []), *outcome.content.parts]
        transfer_to = next((outcome.transfer_to for outcome in outcomes if outcome.transfer_to is not None), None)
        return Outcome(Content.model(*parts), any(outcome.escalate for outcome in outcomes), transfer_to)


def _run(cx: Context, step: str | Agent[Any, Any], input: Content) -> Outcome:
    if isinstance(step, Agent):
        return step.run(cx, input)
    return _outcome(cx.agents.call(step, input, relay=True))


def _is_over(outcome: Outcome) -> bool:
    return outcome.escalate or outcome.transfer_to is not None


def _outcome(reply: AgentReply) -> Outcome:
    return Outcome(reply.content, reply.escalate, reply.transfer_to, reply.extra)


def _told(outcome: Outcome) -> Content:
    """What the next step is told: what this one answered, without its thoughts."""
    parts = outcome.content.parts if outcome.content else []
    return Content(Role.USER, [part for part in parts if not isinstance(part, Thought)])
