"""What an annotation says, as JSON Schema: what a model is told of the arguments of a function, or of its answer."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union

from . import document

_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null", None: "null"}


def schema_of(annotation: Any) -> dict[str, Any]:
    """The JSON Schema of an annotation that an agent can take: a dataclass, a `TypedDict`, `list[int]` and so on.

    `Annotated[int, "What it is."]` has a description.

    >>> schema_of(list[int | None])
    {'type': 'array', 'items': {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}}

    Raises `TypeError` where there is none: for what JSON cannot say, and for a type that contains itself.
    """
    return _schema(annotation, ())


def object_schema(properties: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    """The JSON Schema of an object that has these properties, each a schema, and no other ones."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def with_default(schema: dict[str, Any], default: Any) -> dict[str, Any]:
    """The schema of what has a default: with it, where it is worth telling."""
    if default is None or default is MISSING:
        return schema
    try:
        return schema | {"default": document.loads(document.dumps(default))}
    except (TypeError, ValueError):
        return schema


def _schema(wanted: Any, within: tuple[Any, ...]) -> dict[str, Any]:
    if wanted in (Any, object):
        return {}
    if wanted in _SCALARS:
        return {"type": _SCALARS[wanted]}
    origin, args = typing.get_origin(wanted) or wanted, typing.get_args(wanted)
    if origin is Annotated:
        said = [note for note in args[1:] if isinstance(note, str)]
        return _schema(args[0], within) | ({"description": " ".join(said)} if said else {})
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(arg, within) for arg in args]}
    if origin is Literal:
        return _one_of(args)
    if origin in (list, Sequence):
        return {"type": "array"} | ({"items": _schema(args[0], within)} if args else {})
    if origin in (dict, Mapping) and args[:1] in ((), (str,)):
        return {"type": "object"} | ({"additionalProperties": _schema(args[1], within)} if args else {})
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _one_of([member.value for member in wanted])
    if typing.is_typeddict(wanted) or (isinstance(wanted, type) and is_dataclass(wanted)):
        return _object(wanted, within)
    raise TypeError(f"{wanted!r} has no JSON Schema: use what JSON can say, as in the input of an agent")


def _one_of(values: Iterable[Any]) -> dict[str, Any]:
    listed = list(values)
    kinds = {_SCALARS.get(type(value)) for value in listed}
    return ({"type": kinds.pop()} if len(kinds) == 1 else {}) | {"enum": listed}


def _object(wanted: Any, within: tuple[Any, ...]) -> dict[str, Any]:
    if wanted in within:
        raise TypeError(f"{wanted.__name__} contains itself, which its JSON Schema cannot say")
    hints = typing.get_type_hints(wanted, include_extras=True)
    if typing.is_typeddict(wanted):
        properties = {name: _schema(_member(hint), (*within, wanted)) for name, hint in hints.items()}
        return object_schema(properties, [name for name in hints if name in wanted.__required_keys__])
    given = [field for field in fields(wanted) if field.init]
    properties = {
        field.name: with_default(_schema(hints[field.name], (*within, wanted)), field.default) for field in given
    }
    required = [one.name for one in given if one.default is MISSING and one.default_factory is MISSING]
    return object_schema(properties, required)


def _member(hint: Any) -> Any:
    """The annotation of a key of a `TypedDict`, which may say that it is required or not."""
    required = typing.get_origin(hint) in (typing.Required, typing.NotRequired)
    return typing.get_args(hint)[0] if required else hint
