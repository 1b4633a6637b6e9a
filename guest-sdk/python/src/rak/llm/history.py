"""What a model is told of what was said before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .. import document
from ..content import Blob, Content, FileRef, FunctionCall, FunctionResponse, Part, Role, Text, Thought
from ..context import Context

# The most entries that the host gives at once.
_PAGE = 1000


@dataclass(frozen=True)
class History:
    """How much of the session's history a model is told: the newest entries, from one of the user's on. A call of a function
    and its response are told together, or not at all; those of functions that are gone are not."""

    entries: int = 200
    """The most entries; with 0 each run stands for itself."""
    size: int = 200_000
    """The most characters and bytes of them together."""

    def read(self, cx: Context, names: Collection[str]) -> list[Content]:
        """The part of the history that a model is told, oldest first. `names` are those of the functions that it may call."""
        contents = paired(reversed(self._newest(cx)), names)
        first = next((index for index, content in enumerate(contents) if content.role == Role.USER), len(contents))
        return contents[first:]

    def _newest(self, cx: Context) -> list[Content]:
        newest: list[Content] = []
        left, size, before = self.entries, self.size, None
        while left > 0:
            page = cx.session.history(min(left, _PAGE), before)
            for entry in reversed(page.entries):
                size -= sum(map(_size, entry.content.parts))
                if size < 0:
                    return newest
                newest.append(entry.content)
            left -= len(page.entries)
            before = page.next
            if before is None:
                break
        return newest


def paired(contents: Iterable[Content], names: Collection[str]) -> list[Content]:
    """The contents with each call of one of these functions beside its response.

    Providers want it so. A run that ended between them leaves a call alone, and a function may have said something in
    the middle, which comes before the call then.
    """
    told: list[Content] = []
    calls: Content | None = None
    responses: list[FunctionResponse] = []

    def settle() -> None:
        nonlocal calls
        if calls is not None:
            told.extend(_pair(calls, responses, names))
        calls = None
        responses.clear()

    for content in contents:
        answered = [part for part in content.parts if isinstance(part, FunctionResponse)]
        if answered:
            responses += answered if calls is not None else []
        elif any(isinstance(part, FunctionCall) for part in content.parts):
            settle()
            calls = content
        elif content.parts:
            if responses or content.role == Role.USER:
                settle()
            told.append(content)
    settle()
    return told


def _pair(calls: Content, responses: list[FunctionResponse], names: Collection[str]) -> list[Content]:
    asked = {part.id for part in calls.parts if isinstance(part, FunctionCall) and part.name in names}
    told: list[Part] = [response for response in responses if response.id in asked]
    answered = {response.id for response in responses} & asked
    said = [part for part in calls.parts if not isinstance(part, FunctionCall) or part.id in answered]
    if not told:
        # What the model thought belongs to the calls.
        said = [part for part in said if isinstance(part, Text | Blob | FileRef)]
    return [content for content in (Content(calls.role, said), Content(Role.FUNCTION, told)) if content.parts]


def _size(part: Part) -> int:
    match part:
        case Text(text) | Thought(text):
            return len(text)
        case Blob(_, data):
            return len(data)
        case FunctionCall(args=value) | FunctionResponse(response=value):
            return len(document.dumps(value))
        case _:
            return 0
