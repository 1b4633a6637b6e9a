"""The people of a test: what they answer, and what they were asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ..content import Content
from ..failure import Failure, FailureKind
from ..people import Decision
from .clock import Clock
from .state import as_json


@dataclass(frozen=True)
class Reply:
    """What somebody answers to a question."""

    answer: Any
    """JSON. It is not held against the question's schema."""


@dataclass(frozen=True)
class Approval:
    """Somebody was asked whether something may be done."""

    action: str
    """What was to be done."""
    details: Any = None
    """JSON that they saw."""
    expires: float | None = None
    """After how many seconds nobody could answer any more."""


@dataclass(frozen=True)
class Question:
    """Somebody was asked a question."""

    question: str
    """What was asked."""
    schema: Any
    """JSON Schema of the answer."""
    expires: float | None = None
    """After how many seconds nobody could answer any more."""


Asked: TypeAlias = Approval | Question
"""What people were asked."""


class FakePeople:
    """People who answer what the test says, one question after the other, and note down what they were asked."""

    def __init__(self, replies: Iterable[Decision | Reply | None], messages: Iterable[str | Content], clock: Clock) -> None:
        self._replies = iter(replies)
        self._messages = iter(messages)
        self._clock = clock
        self.asked: list[Asked] = []
        """What they were asked, in order."""

    def decide(self, asked: Approval, expires_in_ms: int | None) -> Decision:
        reply = self._reply(asked, asked.action, expires_in_ms)
        if isinstance(reply, Decision):
            return _as_json(reply)
        raise AssertionError(f"the agent wants {asked.action!r} approved, where `people` has {reply!r}")

    def answer(self, asked: Question, expires_in_ms: int | None) -> Any:
        reply = self._reply(asked, asked.question, expires_in_ms)
        if isinstance(reply, Reply):
            return as_json(reply.answer)
        raise AssertionError(f"the agent asks {asked.question!r}, where `people` has {reply!r}")

    def approves(self, asked: Approval) -> Decision | None:
        """What somebody decides on what the host asks for the agent; `None` where nobody does. The agent need not wait for
        it, so neither does this."""
        self.asked.append(asked)
        reply = next(self._replies, None)
        if isinstance(reply, Reply):
            raise AssertionError(f"{asked.action!r} is to be approved, where `people` has {reply!r}")
        return reply and _as_json(reply)

    def next_message(self, timeout_ms: int | None) -> Content | None:
        said = next(self._messages, None)
        if said is None:
            self._wait(timeout_ms, "the agent waits without end for a message: say in `messages` what the user says")
        return Content.user(said) if isinstance(said, str) else said

    def _reply(self, asked: Asked, what: str, expires_in_ms: int | None) -> Decision | Reply:
        """What somebody answers. Raises a `Failure` where nobody does."""
        self.asked.append(asked)
        reply = next(self._replies, None)
        if reply is not None:
            return reply
        self._wait(expires_in_ms, f"nobody answers {what!r}, which does not expire: say in `people` what somebody does")
        raise Failure(FailureKind.DEADLINE_EXCEEDED, "nobody answered in time", code="expired")

    def _wait(self, ms: int | None, problem: str) -> None:
        """Waits for what does not come. Raises `AssertionError` where that would last forever."""
        if ms is None and self._clock.is_endless():
            raise AssertionError(problem)
        self._clock.wait_until(None if ms is None else self._clock.now_ms + ms)
        self._clock.check()


def _as_json(decision: Decision) -> Decision:
    return replace(decision, edited=as_json(decision.edited))
