"""What the client sees, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .content import Content, Custom

if TYPE_CHECKING:
    from .host import Host


@dataclass(slots=True)
class TextDelta:
    """Text still being written: sent, not stored."""

    text: str


@dataclass(slots=True)
class ThoughtDelta:
    """A thought still being thought: sent, not stored."""

    text: str


@dataclass(slots=True)
class Progress:
    """How far the work is: sent, and the newest one kept with the invocation's status."""

    message: str
    """What is being done, for a person."""
    done: int | None = None
    """How much of it is done, in the agent's own unit; not negative."""
    total: int | None = None
    """How much there is, in the same unit."""


Event: TypeAlias = Content | TextDelta | ThoughtDelta | Progress | Custom
"""One thing the client sees. A `Content` and a `Custom` are stored, the others are only sent."""


def is_stored(event: Event) -> bool:
    """Whether the event is stored, and with it the state changed so far."""
    return isinstance(event, Content | Custom)


class Events:
    """Sends events to the client: `cx.events`.

    Every call can raise a `Failure`: of the kind `cancelled` once the invocation is being cancelled, or because a limit
    is reached. To let it pass is the right answer to both.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def emit(self, events: Iterable[Event]) -> int:
        """Sends all of them or none. Returns the sequence number of this invocation's newest stored event."""
        return self._host.emit(list(events))

    def text_delta(self, text: str) -> None:
        """Text still being written. A client shows it at once; the finished content follows."""
        self._host.emit([TextDelta(text)])

    def thought_delta(self, text: str) -> None:
        """A thought still being thought."""
        self._host.emit([ThoughtDelta(text)])

    def content(self, content: str | Content) -> int:
        """A finished piece of the conversation; a string is said by the agent. Returns its sequence number."""
        return self._host.emit([Content.model(content) if isinstance(content, str) else content])

    def progress(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """How far the work is."""
        self._host.emit([Progress(message, done, total)])

    def other(self, name: str, value: Any) -> int:
        """A JSON value that the client and the agent agree on. Returns its sequence number."""
        return self._host.emit([Custom(name, value)])
