"""What an agent takes, read as an annotation says: the input, as that of the function's parameter.

Readers of input are made when the decorator runs, so that an annotation that cannot be read is an error of the build.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any, Literal, TypeAlias, Union

from . import document
from .content import Content
from .failure import Failure

Read: TypeAlias = Callable[[Any, str], Any]
"""Takes a JSON value and where it stands; returns what the annotation says, or raises `ValueError`."""


def reader(annotation: Any) -> Callable[[Content], Any]:
    """How the input becomes what the annotation says. Raises `TypeError` where it never can."""
    if annotation is Content:
        return lambda content: content
    if annotation is str:
        return lambda content: content.text
    read = json_reader(annotation)

    def parse(content: Content) -> Any:
        try:
            return read(document.loads(content.text))
        except (ValueError, RecursionError) as error:
            raise Failure.invalid_argument(f"the input is not the JSON that this agent takes: {error}") from None

    return parse


def json_reader(annotation: Any) -> Callable[[Any], Any]:
    """How a JSON value becomes what the annotation says, or a `ValueError`. Raises `TypeError` where it never can."""
    read = _read(annotation)
    return lambda value: read(value, "it")


def _read(wanted: Any) -> Read:
    """How a JSON value becomes `wanted`."""
    if wanted in (Any, object):
        return lambda value, at: value
    if wanted in _SCALARS:
        return _scalar(wanted)
    origin, args = typing.get_origin(wanted) or wanted, typing.get_args(wanted)
    if origin in (Union, types.UnionType):
        return _union([_read(arg) for arg in args])
    if origin is Literal:
        return _one_of(args, {arg: arg for arg in args})
    if origin in (list, Sequence):
        return _list(_read(args[0]) if args else _read(Any))
    if origin in (dict, Mapping) and args[:1] in ((), (str,)):
        return _dict(_read(args[1]) if args else _read(Any))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        values = {member.value: member for member in wanted}
        return _one_of(tuple(values), values)
    if typing.is_typeddict(wanted):
        return _object(wanted, wanted.__required_keys__, lambda **values: values)
    if isinstance(wanted, type) and is_dataclass(wanted):
        given = [field for field in fields(wanted) if field.init]
        required = frozenset(field.name for field in given if _is_required(field))
        return _object(wanted, required, wanted, frozenset(field.name for field in given))
    raise TypeError(
        f"an agent cannot take {wanted!r}: take rak.Content, str (its text), or what JSON can say "
        "(int, float, bool, list, dict, Literal, an Enum, a TypedDict, a dataclass, unions of these, Any)"
    )


_SCALARS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    type(None): "null",
    None: "null",
}


def _scalar(wanted: Any) -> Read:
    kind = type(None) if wanted is None else wanted

    def read(value: Any, at: str) -> Any:
        if kind is float and type(value) is int:
            return float(value)
        if type(value) is not kind:
            raise ValueError(f"{at} is not {_SCALARS[kind]}")
        return value

    return read


def _one_of(values: tuple[Any, ...], members: dict[Any, Any]) -> Read:
    def read(value: Any, at: str) -> Any:
        # `True == 1` in Python, but not in JSON.
        for known in values:
            if value == known and type(value) is type(known):
                return members[known]
        raise ValueError(f"{at} is none of {', '.join(document.dumps(known) for known in values)}")

    return read


def _union(reads: list[Read]) -> Read:
    def read(value: Any, at: str) -> Any:
        problems = []
        for one in reads:
            try:
                return one(value, at)
            except ValueError as error:
                problems.append(str(error))
        raise ValueError(", and ".join(problems))

    return read


def _list(item: Read) -> Read:
    def read(value: Any, at: str) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"{at} is not a list")
        return [item(one, f"{at}[{index}]") for index, one in enumerate(value)]

    return read


def _dict(item: Read) -> Read:
    def read(value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"{at} is not an object")
        return {key: item(one, f"{at}.{key}") for key, one in value.items()}

    return read


def _object(
    wanted: type, required: frozenset[str], make: Callable[..., Any], names: frozenset[str] | None = None
) -> Read:
    """An object of named fields. A field that is not known is left out, so that clients may send more."""
    reads: dict[str, Read] = {}

    def read(value: Any, at: str) -> Any:
        # Only now, because a type may contain itself.
        if not reads:
            hints = typing.get_type_hints(wanted)
            reads.update({name: _read(hint) for name, hint in hints.items() if names is None or name in names})
        if not isinstance(value, dict):
            raise ValueError(f"{at} is not an object")
        for name in sorted(required):
            if name not in value:
                raise ValueError(f"{at} has no {name}")
        return make(**{name: one(value[name], f"{at}.{name}") for name, one in reads.items() if name in value})

    return read


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
