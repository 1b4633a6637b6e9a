"""JSON Schema of annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest

from rak.schema import schema_of


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


class Place(TypedDict):
    name: str
    floor: NotRequired[Annotated[int, "From the ground."]]


@dataclass
class Order:
    item: Annotated[str, "What is wanted."]
    size: Size = Size.SMALL
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    place: Place | None = None
    number: int = field(default=0, init=False)


@dataclass
class Node:
    next: "Node | None" = None


SIMPLE: list[tuple[Any, Any]] = [
    (Any, {}),
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (None, {"type": "null"}),
    (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (Literal["a", 1], {"enum": ["a", 1]}),
    (list, {"type": "array"}),
    (Sequence[int], {"type": "array", "items": {"type": "integer"}}),
    (dict, {"type": "object"}),
    (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
    (Size, {"type": "string", "enum": ["S", "L"]}),
    (Annotated[int, "How many.", 5], {"type": "integer", "description": "How many."}),
]


@pytest.mark.parametrize(("annotation", "schema"), SIMPLE)
def test_an_annotation_has_a_schema(annotation: Any, schema: Any) -> None:
    assert schema_of(annotation) == schema


def test_an_object_has_its_fields() -> None:
    place = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "floor": {"type": "integer", "description": "From the ground."}},
        "required": ["name"],
        "additionalProperties": False,
    }
    assert schema_of(Order) == {
        "type": "object",
        "properties": {
            "item": {"type": "string", "description": "What is wanted."},
            "size": {"type": "string", "enum": ["S", "L"], "default": "S"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "place": {"anyOf": [place, {"type": "null"}]},
        },
        "required": ["item"],
        "additionalProperties": False,
    }


def test_what_has_no_schema_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="Node contains itself"):
        schema_of(Node)
    for annotation in (set[int], dict[int, str], bytes):
        with pytest.raises(TypeError, match="has no JSON Schema"):
            schema_of(annotation)
