"""What is said: one `Content` is one turn of the conversation, made of parts."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

_CHARSET = re.compile(r';\s*charset="?([\w.:-]+)', re.IGNORECASE)
# A run has no files to read a codec from: what the web speaks is read when the component is built.
for _name in ("ascii", "latin-1", "cp1252", "utf-16"):
    codecs.lookup(_name)


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    """The person, or the program that speaks for them."""
    MODEL = "model"
    """The agent."""
    FUNCTION = "function"
    """The answer of a tool."""
    SYSTEM = "system"
    """Instructions that neither the user nor the agent wrote."""


@dataclass(slots=True)
class Text:
    """Text to show."""

    text: str


@dataclass(slots=True)
class Thought:
    """The model's reasoning: shown apart, never an answer."""

    text: str


@dataclass(slots=True)
class Blob:
    """Bytes that travel with the message."""

    mime_type: str
    """For example `image/png`."""
    data: bytes

    @property
    def text(self) -> str:
        """The bytes as text, in the encoding that the type says, which is UTF-8 where it says none."""
        return self.data.decode(charset_of(self.mime_type), "replace")


@dataclass(slots=True)
class FileRef:
    """Bytes that are somewhere else."""

    uri: str
    mime_type: str | None = None
    """For example `image/png`, where it is known."""


@dataclass(slots=True)
class FunctionCall:
    """A tool that the model wants called."""

    id: str
    """Pairs the call with its response."""
    name: str
    args: Any
    """JSON, in the tool's own shape."""


@dataclass(slots=True)
class FunctionResponse:
    """What a tool answered."""

    id: str
    """The id of the call."""
    name: str
    response: Any
    """JSON, in the tool's own shape."""
    failed: bool = False
    """Whether the answer is an error."""


@dataclass(slots=True)
class Custom:
    """A named JSON value, as a part or as an event: anything the agent and its client agree on."""

    name: str
    value: Any


Part: TypeAlias = Text | Thought | Blob | FileRef | FunctionCall | FunctionResponse | Custom
"""One piece of a `Content`."""


@dataclass(slots=True)
class Content:
    """One turn of the conversation.

    >>> content = Content.model("Here is the chart.", Blob("image/png", b"..."))
    >>> content.text, len(content.parts)
    ('Here is the chart.', 2)
    """

    role: str
    """Who speaks: a `Role`."""
    parts: list[Part] = field(default_factory=list)
    """What is said, in order."""

    @classmethod
    def user(cls, *parts: str | Part) -> Content:
        """What the user says. A string is a text part."""
        return cls(Role.USER, [_part(part) for part in parts])

    @classmethod
    def model(cls, *parts: str | Part) -> Content:
        """What the agent says. A string is a text part."""
        return cls(Role.MODEL, [_part(part) for part in parts])

    @property
    def text(self) -> str:
        """All text parts as one string. Thoughts are not part of it."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


def charset_of(mime_type: str) -> str:
    """The encoding that a type says, where Python knows it; UTF-8 else.

    >>> charset_of('text/html; charset="ISO-8859-1"'), charset_of("text/plain; charset=klingon")
    ('ISO-8859-1', 'utf-8')
    """
    said = _CHARSET.search(mime_type)
    name = said[1] if said else "utf-8"
    try:
        # Not a look-up, which also knows codecs that make no text of bytes.
        b"ab".decode(name, "replace")
    except LookupError:
        return "utf-8"
    return name


def _part(part: str | Part) -> Part:
    return Text(part) if isinstance(part, str) else part
