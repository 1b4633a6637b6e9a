"""Waiting for several things at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from .host import Timer

# The most milliseconds that the contract can carry.
_FOREVER_MS = (1 << 64) - 1


class Waitable:
    """Something that becomes ready: `Context.timer` makes one, `Context.wait_any` waits for several. A `Child`, a `Running`,
    a `Completion` and an `Exchange` are such things too.

    Forgetting it, or leaving a `with` block around it, forgets the timer.
    """

    __slots__ = ("_timer",)

    def __init__(self, timer: Timer) -> None:
        self._timer: Timer | None = timer

    @property
    def timer(self) -> Timer:
        """What the host knows it as. Raises `ValueError` after the end of its `with` block."""
        if self._timer is None:
            raise ValueError("the timer was closed")
        return self._timer

    def ready(self) -> bool:
        """Whether it is ready."""
        return self.timer.ready()

    def block(self) -> None:
        """Returns when it is ready, or at once when the invocation is being cancelled."""
        self.timer.block()

    def close(self) -> None:
        """Forgets the timer."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def millis(seconds: float) -> int:
    """Whole milliseconds, rounded up so that a wait is never shorter than what was asked for."""
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"{seconds} is not a number of seconds to wait")
    # `0.07 * 1000` is a bit more than 70; the rounding takes such noise away and leaves microseconds.
    ms = seconds * 1000
    return _FOREVER_MS if ms >= _FOREVER_MS else math.ceil(round(ms, 6))


def maybe_millis(seconds: float | None) -> int | None:
    """The same of a time that may be left out."""
    return None if seconds is None else millis(seconds)
