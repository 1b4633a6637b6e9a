"""The instruction of a model, with values of the state in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from .. import document
from ..context import Context
from ..failure import Failure, FailureKind

Instruction: TypeAlias = str | Callable[[Context], str]
"""A text with `{key}` for a value of the state (`{user:name}`, `{app:motto}`), `{key?}` for one that may be missing, `{{`
and `}}` for braces; or a function that makes the text, in which nothing is replaced."""

_PLACE = re.compile(r"\{\{|\}\}|\{([^\s{}\"'?]+)(\??)\}|[{}]")


def instruction_of(said: Instruction) -> Callable[[Context], str]:
    """What makes the instruction of a run. Raises `ValueError` for a brace that is neither a place nor doubled."""
    if callable(said):
        return said
    text = said
    for place in _PLACE.finditer(text):
        if place[0] in ("{", "}"):
            near = text[max(0, place.start() - 10) : place.end() + 10]
            problem = f"the instruction has a brace where no key of the state is ({near!r})"
            raise ValueError(f"{problem}: write `{{{{` or `}}}}` for one")
    return lambda cx: _PLACE.sub(lambda place: _value(cx, place), text)


def _value(cx: Context, place: re.Match[str]) -> str:
    key, optional = place[1], place[2]
    if key is None:
        return place[0][0]
    value = cx.session.get(key)
    if value is None and not optional:
        problem = f"the instruction has `{{{key}}}` in it, and the state has no `{key}`; `{{{key}?}}` may be missing"
        raise Failure(FailureKind.FAILED, problem, code="missing_state")
    if value is None:
        return ""
    return value if isinstance(value, str) else document.dumps(value)
