"""What goes on beside a run under test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Generic, Protocol, TypeVar

from ..failure import Failure
from .clock import Clock
from .timer import FakeTimer

R = TypeVar("R")
T = TypeVar("T")


class Record(Protocol):
    """What a test reads of it."""

    cancelled: bool


def not_found(what: str, name: str, names: Iterable[str]) -> Failure:
    """Nothing has this name; the message says what there is."""
    return Failure.not_found(f"no {what} is called {name!r}; the test has {', '.join(names) or 'none'}")


def attempt(step: Callable[[], T]) -> T | Failure:
    """What comes of a step, or the failure that it raises."""
    try:
        return step()
    except Failure as failure:
        return failure


class FakeWork(Generic[R]):
    """Something that is over at a time of the fake clock, with an end that is known from the beginning."""

    def __init__(self, clock: Clock, over: FakeTimer, end: R | Failure, stopped: Failure, record: Record) -> None:
        self._clock = clock
        self._over = over
        self._end = end
        self._stopped = stopped
        self._record = record

    def finish(self) -> R:
        self._clock.gate()
        return self.wait()

    def wait(self) -> R:
        """Its end, as `finish` has it, for who has counted the call."""
        self._clock.wait_until(self._over.at_ms)
        self._clock.check()
        if isinstance(self._end, Failure):
            raise self._end
        # A copy, because changing what came of it changes nothing at the host.
        return deepcopy(self._end)

    def cancel(self) -> None:
        self._clock.count_call()
        self.stop()

    def subscribe(self) -> FakeTimer:
        self._clock.count_call()
        return self._over

    def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """It is over now, if it was not before."""
        if not self._over.is_due():
            self._over.at_ms = self._clock.now_ms
            self._end = self._stopped
            self._record.cancelled = True
