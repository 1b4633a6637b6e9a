"""A run while the component is built: the code that every run goes through is then as warm as it gets.

The interpreter rewrites code that it runs a few times. In a run that is a page of memory to copy for each such place;
here it is done once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from wit_world.imports import common

from ..agent import Agent
from ..context import Context
from ..descriptor import Descriptor
from ..events import Event
from . import convert
from .imports import Imports

# More than the interpreter waits for, by far.
_TIMES = 64


class _Nowhere(Imports):
    """The imports while there is no host: an event becomes what the contract says, and is gone."""

    __slots__ = ()

    def emit(self, events: list[Event]) -> int:
        return len([convert.event_out(event) for event in events])


def warm_up() -> None:
    """Runs an agent that echoes, again and again."""
    context = Context(_Nowhere())
    echo = Agent(_echo, Descriptor())
    for _ in range(_TIMES):
        said = common.Content("user", [common.Part_Text("hello")])
        convert.outcome_out(echo.run(context, convert.content_in(said)))


def _echo(cx: Context, text: str) -> Iterator[str]:
    yield text
