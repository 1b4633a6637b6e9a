"""The fake clock, and with it when a run is cancelled or too late."""

from __future__ import annotations

from dataclasses import dataclass

from ..failure import Failure


@dataclass
class Clock:
    """Time since the run began, in milliseconds. It moves only when somebody waits."""

    cancel_after_calls: int | None = None
    cancel_at_ms: int | None = None
    deadline_ms: int | None = None
    now_ms: int = 0
    calls: int = 0

    def count_call(self) -> None:
        """Counts a call to the host. The call after the last allowed one is the first to see the cancellation."""
        self.calls += 1

    def is_cancelled(self) -> bool:
        by_calls = self.cancel_after_calls is not None and self.calls > self.cancel_after_calls
        return by_calls or (self.cancel_at_ms is not None and self.now_ms >= self.cancel_at_ms)

    def remaining_ms(self) -> int | None:
        return None if self.deadline_ms is None else max(0, self.deadline_ms - self.now_ms)

    def gate(self) -> None:
        """What every call that can fail does first, in the order in which the real host does."""
        self.count_call()
        self.check()

    def check(self) -> None:
        """Raises where the run is cancelled or too late."""
        if self.is_cancelled():
            raise Failure.cancelled()
        if self.remaining_ms() == 0:
            raise Failure.deadline_exceeded()

    def is_endless(self) -> bool:
        """Whether nothing but what is waited for ends a wait."""
        return self.cancel_at_ms is None and self.deadline_ms is None

    def wait_until(self, at_ms: int | None) -> None:
        """Waits until then, or until the run is cancelled or too late, whichever is first. `None` is never, which only a
        run that is not endless can wait for."""
        if self.is_cancelled() or self.remaining_ms() == 0:
            return
        ends = [end for end in (at_ms, self.cancel_at_ms, self.deadline_ms) if end is not None]
        self.now_ms = max(self.now_ms, min(ends))
