"""JSON documents, as the contract carries them: compact, UTF-8, and never `NaN`."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, NoReturn


def dumps(value: Any) -> str:
    """The JSON text of a value. Dataclasses are objects of their fields, members of an `Enum` their values.

    Raises `TypeError` or `ValueError` where there is no such text.
    """
    return _ENCODER.encode(value)


def loads(text: str) -> Any:
    """What a JSON text says. Raises `ValueError` where it is none."""
    return _DECODER.decode(text)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a {type(value).__name__} is not JSON")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
_DECODER = json.JSONDecoder(parse_constant=_refuse)
