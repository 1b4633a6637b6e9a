"""The session's state, with what is stored and what is only changed kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import document

# The prefix of the keys that no later invocation sees.
_TEMP = "temp:"


class State:
    """State as the contract has it: a change is seen at once and stored later. `None` is no value."""

    def __init__(self, preset: Mapping[str, Any]) -> None:
        values = {key: as_json(value) for key, value in preset.items() if value is not None}
        self._seen = values
        self.stored = dict(values)
        """What a later invocation would see."""
        self.changes: dict[str, Any] = {}
        """What is stored of this run's changes."""
        self._pending: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        # A copy, because changing what `get` returned changes nothing at the host either.
        return as_json(self._seen.get(key))

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._seen if key.startswith(prefix))

    def put(self, key: str, value: Any) -> None:
        """Sets or removes a value; setting `None` is removing."""
        value = as_json(value)
        _apply(self._seen, key, value)
        if not key.startswith(_TEMP):
            self._pending[key] = value

    def store(self) -> None:
        """Stores what was changed so far."""
        for key, value in self._pending.items():
            _apply(self.stored, key, value)
        self.changes |= self._pending
        self._pending.clear()


def as_json(value: Any) -> Any:
    """The value as it comes back from a host: through JSON, so that a tuple is a list and nothing is shared."""
    return document.loads(document.dumps(value))


def _apply(state: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        state.pop(key, None)
    else:
        state[key] = value
