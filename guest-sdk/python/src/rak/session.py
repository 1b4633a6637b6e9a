"""The conversation so far, and the state kept with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .content import Content

if TYPE_CHECKING:
    from .host import Host


@dataclass(slots=True)
class Entry:
    """Something that was said."""

    seq: int
    """Its place in the session."""
    author: str
    """`user`, or the name of the agent that said it."""
    content: Content
    """What was said."""
    at: datetime
    """When it was said, in UTC."""


@dataclass(slots=True)
class Page:
    """A stretch of the history."""

    entries: list[Entry]
    """Oldest first."""
    next: int | None = None
    """The `before` of the page before this one; `None` where this is the oldest."""


class Session:
    """The conversation so far, and the state kept with it: `cx.session`.

    A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
    with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
    failed or cancelled run changed after its last stored event is forgotten. Every call can raise a `Failure`.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def history(self, limit: int, before: int | None = None) -> Page:
        """The newest entries before `before` (all of them where it is `None`), oldest first, at most `limit` (1 to 1000)
        of them: what was said before this invocation began."""
        return self._host.history(before, limit)

    def pages(self, limit: int = 100) -> Iterator[Page]:
        """The whole history, page by page: the newest page first, and in each page the oldest entry first."""
        page = self.history(limit)
        yield page
        while page.next is not None:
            page = self.history(limit, page.next)
            yield page

    def get(self, key: str, default: Any = None) -> Any:
        """The value at `key`, as JSON has it; `default` where there is none."""
        value = self._host.get(key)
        return default if value is None else value

    def set(self, key: str, value: Any) -> None:
        """Sets the JSON value at `key`. `None` removes it."""
        self._host.set(key, value)

    def remove(self, key: str) -> None:
        """Removes the value at `key`, if there is one."""
        self._host.remove(key)

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`, sorted: of every scope where it is empty."""
        return self._host.keys(prefix)
