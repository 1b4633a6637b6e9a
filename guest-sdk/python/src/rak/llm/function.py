"""A function of the author's as a tool: its schema is its annotations, and its description its docstring."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from typing import Any

from .. import document
from ..context import Context
from ..outcome import Outcome
from ..reader import json_reader
from ..schema import object_schema, schema_of, with_default
from ..tools import Tool

# Where the docstring begins to speak of the parameters, and of something else again.
_PARAMETERS = re.compile(r"^(Args|Arguments|Parameters):\s*$", re.MULTILINE)
_SECTION = re.compile(r"^\S", re.MULTILINE)
_PARAMETER = re.compile(r"^(\s+)\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)$")
_FIELD = re.compile(r"^:(\w+)\b[^:]*:", re.MULTILINE)
_PARAM_FIELD = re.compile(r"^:param (?:[^:]*\s)?(\w+):(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)


class Function:
    """A function that a model may call. Raises `TypeError` where no schema can be made of its annotations."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        name = getattr(function, "__name__", type(function).__name__)
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{name} is async, which a tool is not: calls to the host wait by themselves")
        description, said = _documentation(function)
        hints = typing.get_type_hints(function, include_extras=True)
        self._context: str | None = None
        self._readers: dict[str, Callable[[Any], Any]] = {}
        self._required: list[str] = []
        properties: dict[str, Any] = {}
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
                raise TypeError(f"{name} takes {parameter}, where a model needs parameters that have names")
            hint = hints.get(parameter.name, Any)
            if hint is Context:
                self._context = parameter.name
                continue
            schema = schema_of(hint)
            if parameter.name in said:
                schema.setdefault("description", said[parameter.name])
            if parameter.default is parameter.empty:
                self._required.append(parameter.name)
            else:
                schema = with_default(schema, parameter.default)
            properties[parameter.name] = schema
            self._readers[parameter.name] = json_reader(_plain(hint))
        self.tool = Tool(name, description, object_schema(properties, self._required))
        """What a model is told of it."""

    def call(self, cx: Context, args: Any) -> Any:
        """Calls the function. What it returns is an `Outcome`, or JSON.

        Raises `ValueError` where the arguments are not those of the function, and what the function raises.
        """
        given = self._read({} if args is None else args)
        if self._context is not None:
            given[self._context] = cx
        result = self._function(**given)
        return result if isinstance(result, Outcome) else document.loads(document.dumps(result))

    def _read(self, args: Any) -> dict[str, Any]:
        if not isinstance(args, dict):
            raise ValueError("the arguments are not an object")
        for name in self._required:
            if name not in args:
                raise ValueError(f"the argument `{name}` is missing")
        given = {}
        for name, value in args.items():
            if name not in self._readers:
                raise ValueError(f"there is no argument `{name}`, only {', '.join(self._readers) or 'none'}")
            try:
                given[name] = self._readers[name](value)
            except ValueError as error:
                raise ValueError(f"the argument `{name}`: {error}") from None
        return given


def _plain(hint: Any) -> Any:
    """The annotation without what it says beside the type."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else hint


def _documentation(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """What the docstring says of the function, and of each of its parameters: in a section `Args:`, or as `:param name:`."""
    text = inspect.getdoc(function) or ""
    said = {name: _line(what) for name, what in _PARAM_FIELD.findall(text)}
    if field := _FIELD.search(text):
        text = text[: field.start()]
    if section := _PARAMETERS.search(text):
        after = text[section.end() :]
        end = _SECTION.search(after)
        said |= _section(after[: end.start()] if end else after)
        text = text[: section.start()]
    return text.strip(), said


def _section(text: str) -> dict[str, str]:
    """What a section `Args:` says of each parameter. What is indented further goes on with it."""
    said: dict[str, str] = {}
    indent, last = None, None
    for line in text.splitlines():
        match = _PARAMETER.match(line)
        if match and indent in (None, match[1]):
            indent, last = match[1], match[2]
            said[last] = match[3]
        elif last is not None:
            said[last] += f" {line}"
    return {name: _line(what) for name, what in said.items()}


def _line(text: str) -> str:
    return " ".join(text.split())
