"""Streaming: what an agent's generator yields is sent as it comes."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from .content import Content, Custom
from .events import Event, Events, Progress, TextDelta, ThoughtDelta


def drain(events: Events, generator: Generator[Any, None, Any]) -> Any:
    """Sends everything that the generator yields. Returns what it returns: the answer.

    Where it returns nothing, the text that it yielded since its last content is the answer: a client takes what was
    finished, and forgets what was only being written.
    """
    written: list[str] = []
    try:
        item = next(generator)
        while True:
            try:
                batch = _batch(item)
                events.emit(batch)
            except Exception as refused:
                # The failure is the `yield`'s, so that the agent can clean up, and its line is in the traceback.
                item = generator.throw(refused)
            else:
                _note(written, batch)
                item = next(generator)
    except StopIteration as end:
        if end.value is None and written:
            return "".join(written)
        return end.value


def _batch(item: Any) -> list[Event]:
    """What was yielded, as events."""
    match item:
        case str():
            return [TextDelta(item)]
        case Content() | TextDelta() | ThoughtDelta() | Progress() | Custom():
            return [item]
        case list() | tuple():
            return [event for one in item for event in _batch(one)]
        case _:
            raise TypeError(f"an agent yields texts and events, not a {type(item).__name__}")


def _note(written: list[str], batch: list[Event]) -> None:
    for event in batch:
        if isinstance(event, TextDelta):
            written.append(event.text)
        elif isinstance(event, Content):
            written.clear()
