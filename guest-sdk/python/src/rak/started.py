"""What goes on beside the agent, once it was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .wait import Waitable

if TYPE_CHECKING:
    from .host import Ongoing, Timer

W = TypeVar("W", bound="Ongoing")


class Started(Waitable, Generic[W]):
    """Something that goes on beside the agent. As a `Waitable` it is ready when it is over."""

    __slots__ = ("_work",)

    def __init__(self, work: W) -> None:
        # The host is asked for something to wait for only where somebody waits.
        self._timer = None
        self._work: W | None = work

    @property
    def timer(self) -> Timer:
        """What the host waits for. Raises `ValueError` after the end of its `with` block."""
        if self._timer is None:
            self._timer = self.work.subscribe()
        return self._timer

    @property
    def work(self) -> W:
        """What the host knows it as. Raises `ValueError` after the end of its `with` block."""
        if self._work is None:
            raise ValueError(f"the {type(self).__name__} was closed")
        return self._work

    def cancel(self) -> None:
        """Stops it. Does nothing where it is over."""
        self.work.cancel()

    def close(self) -> None:
        """Gives it up, which stops it unless it is over or detached. Nothing can be asked of it after that."""
        # What is waited for belongs to the work, so it goes first.
        super().close()
        work, self._work = self._work, None
        if work is not None:
            work.close()

    def __del__(self) -> None:
        self.close()
