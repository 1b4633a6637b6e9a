"""Points on the fake clock."""

from __future__ import annotations

from .clock import Clock


class FakeTimer:
    """A point on the fake clock."""

    def __init__(self, clock: Clock, at_ms: int) -> None:
        self._clock = clock
        self.at_ms = at_ms

    def is_due(self) -> bool:
        return self._clock.now_ms >= self.at_ms

    def ready(self) -> bool:
        self._clock.count_call()
        return self.is_due()

    def block(self) -> None:
        self._clock.count_call()
        self._clock.wait_until(self.at_ms)

    def close(self) -> None:
        """Forgetting a timer is nothing that the fake host sees."""
