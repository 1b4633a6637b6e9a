"""A person in the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .content import Content
from .failure import Failure
from .reader import json_reader
from .wait import maybe_millis

if TYPE_CHECKING:
    from .host import Host

T = TypeVar("T")


@dataclass(slots=True)
class Decision:
    """What a person decided."""

    approved: bool
    """Whether it may be done."""
    by: str | None = None
    """Who decided, where the client said so."""
    reason: str | None = None
    """Why, where they said so."""
    edited: Any = None
    """JSON: what is to be done instead of what was asked, the details as the person changed them."""


class People:
    """Asks people: `cx.people`. They may take weeks; a run that waits for them gives up its memory where it is durable.

    Every call can raise a `Failure`: of the kind `cancelled` where the invocation is cancelled while it waits, or
    `deadline-exceeded` where its time is over. One that nobody answered in time says so with `is_expired()`.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def approve(self, action: str, details: Any = None, *, expires: float | None = None) -> Decision:
        """Asks whether something may be done. A rejection is an answer, and raises nothing.

        `details` is the JSON that a person needs to see to decide. After `expires` seconds nobody can answer any more.
        """
        return self._host.approve(action, details, maybe_millis(expires))

    @overload
    def ask(self, question: str, schema: Any, *, expires: float | None = None) -> Any: ...

    @overload
    def ask(self, question: str, schema: Any, *, into: type[T], expires: float | None = None) -> T: ...

    @overload
    def ask(self, question: str, schema: Any, *, into: Any, expires: float | None = None) -> Any: ...

    def ask(self, question: str, schema: Any, *, into: Any = Any, expires: float | None = None) -> Any:
        """Asks a question. The answer is JSON that satisfies the JSON Schema.

        `into` says what becomes of it, as the annotation of an agent's input does: a dataclass, for example. An answer of
        another shape, which the schema let through, raises a `Failure`. After `expires` seconds nobody can answer any more.
        """
        # What cannot be read is a mistake, and shows before somebody took the time to answer.
        read = json_reader(into)
        answer = self._host.ask(question, schema, maybe_millis(expires))
        try:
            return read(answer)
        except (ValueError, RecursionError) as error:
            raise Failure.failed(f"the answer to `{question}` has another shape: {error}") from None

    def next_message(self, timeout: float | None = None) -> Content | None:
        """What the user says while the agent works, in the order in which it was sent. Waits for it, `timeout` seconds at
        most; `None` after that, and at once for a timeout of 0."""
        return self._host.next_message(maybe_millis(timeout))
