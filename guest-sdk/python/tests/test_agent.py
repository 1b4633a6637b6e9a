"""What an agent may take, return, yield and say about itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NotRequired, TypedDict

import pytest

import rak
from rak.testing import FakeHost


class Colour(Enum):
    RED = "red"
    BLUE = 2


@dataclass
class Order:
    item: str
    count: int = 1
    tags: list[str] = field(default_factory=list)
    parts: "list[Order] | None" = None


class Point(TypedDict):
    x: float
    y: NotRequired[float]


def taking(annotation: Any) -> Callable[[rak.Context, Any], str]:
    def run(cx: rak.Context, input: Any) -> str:
        return repr(input)

    run.__annotations__["input"] = annotation
    return run


@pytest.mark.parametrize(
    ("annotation", "text", "read"),
    [
        (str, "[1]", "'[1]'"),
        (int, "5", "5"),
        (float, "5", "5.0"),
        (bool, "true", "True"),
        (None, "null", "None"),
        (Any, '{"a": [1]}', "{'a': [1]}"),
        (list[int], "[1, 2]", "[1, 2]"),
        (list, '["a"]', "['a']"),
        (dict[str, bool], '{"a": true}', "{'a': True}"),
        (int | None, "null", "None"),
        (Literal["a", 1], '"a"', "'a'"),
        (Colour, "2", "<Colour.BLUE: 2>"),
        (Point, '{"x": 1, "z": 2}', "{'x': 1.0}"),
        (Order, '{"item": "tea", "new": 1}', "Order(item='tea', count=1, tags=[], parts=None)"),
    ],
)
def test_the_input_is_what_the_annotation_says(annotation: Any, text: str, read: str) -> None:
    assert FakeHost().run(taking(annotation), text).answer == read


@pytest.mark.parametrize(
    ("annotation", "text", "problem"),
    [
        (int, "1.5", "it is not a whole number"),
        (int, "true", "it is not a whole number"),
        (int, "{", "Expecting property name"),
        (float, "NaN", "NaN is not JSON"),
        (list[int], '[1, "x"]', "it[1] is not a whole number"),
        (list[int], "[" * 100_000, "recursion"),
        (dict[str, int], "[]", "it is not an object"),
        (int | None, '"x"', "it is not a whole number, and it is not null"),
        (Literal["a", 1], "true", 'it is none of "a", 1'),
        (Colour, '"green"', 'it is none of "red", 2'),
        (Order, '{"count": 2}', "it has no item"),
        (Order, '{"item": "tea", "parts": [{"item": 1}]}', "it.parts[0].item is not a string"),
        (Point, "{}", "it has no x"),
    ],
)
def test_input_of_another_shape_is_the_callers_mistake(annotation: Any, text: str, problem: str) -> None:
    failure = FakeHost().run(taking(annotation), text).failure
    assert failure.kind == rak.FailureKind.INVALID_ARGUMENT
    assert problem in failure.message


def test_the_input_is_parsed_from_all_text_parts() -> None:
    content = rak.Content.user("[1,", rak.Thought("hm"), "2]")
    assert FakeHost().run(taking(list[int]), content).answer == "[1, 2]"


def test_an_agent_can_take_the_content_and_what_has_no_annotation_is_text() -> None:
    content = rak.Content.user("a", rak.Blob("image/png", b"\0"))
    assert FakeHost().run(lambda cx, text: text * 2, content).answer == "aa"
    run = FakeHost().run(taking(rak.Content), content)
    assert "Blob(mime_type='image/png', data=b'\\x00')" in run.answer


def test_what_cannot_be_an_agent_is_refused_when_it_is_made() -> None:
    async def waits(cx: rak.Context, input: str) -> str:
        return input

    cases: list[tuple[Any, str]] = [
        (waits, "is async"),
        (lambda cx: "x", "two arguments"),
        (lambda cx, input, more: "x", "two arguments"),
        (taking(bytes), "cannot take <class 'bytes'>"),
        (taking(dict[int, str]), "cannot take dict"),
    ]
    for function, problem in cases:
        with pytest.raises(TypeError, match=problem):
            rak.agent(function)


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        ("hi", rak.Content.model("hi")),
        (rak.Content.model("a", "b"), rak.Content.model("a", "b")),
        (rak.Outcome.text("hi"), rak.Content.model("hi")),
        (None, None),
        ({"a": (1, None)}, rak.Content.model('{"a":[1,null]}')),
        (Order("tea"), rak.Content.model('{"item":"tea","count":1,"tags":[],"parts":null}')),
        ([Colour.RED, 1.5, "ü"], rak.Content.model('["red",1.5,"ü"]')),
    ],
)
def test_everything_reasonable_is_an_outcome(answer: Any, content: rak.Content | None) -> None:
    assert FakeHost().run(lambda cx, input: answer).outcome == rak.Outcome(content)


def test_what_is_no_json_is_no_answer() -> None:
    with pytest.raises(TypeError, match="a set is not JSON"):
        FakeHost().run(lambda cx, input: {1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        FakeHost().run(lambda cx, input: [float("nan")])


def test_a_generator_streams_what_it_yields_and_answers_what_it_returns() -> None:
    def run(cx: rak.Context, name: str) -> rak.Stream:
        yield "Hello, "
        yield rak.Progress("half", 1, 2)
        yield [rak.ThoughtDelta("hm"), name]
        return f"Hello, {name}!"

    run_ = FakeHost().run(run, "Ada")
    assert run_.answer == "Hello, Ada!"
    assert run_.events == [
        rak.TextDelta("Hello, "),
        rak.Progress("half", 1, 2),
        rak.ThoughtDelta("hm"),
        rak.TextDelta("Ada"),
    ]


def test_text_that_is_only_yielded_is_the_answer() -> None:
    def words(cx: rak.Context, input: str) -> Iterator[str]:
        yield from input.split(",")

    assert FakeHost().run(words, "a,b").answer == "ab"

    def finished(cx: rak.Context, input: str) -> rak.Stream:
        yield "a"
        yield rak.Content.model("a")

    assert FakeHost().run(finished).outcome.content is None


def test_a_refused_event_is_raised_at_the_yield() -> None:
    seen: list[object] = []

    def run(cx: rak.Context, input: str) -> rak.Stream:
        try:
            while True:
                yield "x"
        except rak.Failure as failure:
            seen.append(failure.kind)
            raise

    run_ = FakeHost(cancel_after_calls=2).run(run)
    assert (run_.failure.kind, run_.text_deltas) == (rak.FailureKind.CANCELLED, ["x", "x"])
    assert seen == [rak.FailureKind.CANCELLED]


def test_only_texts_and_events_can_be_yielded() -> None:
    def run(cx: rak.Context, input: str) -> Iterator[Any]:
        yield 5

    with pytest.raises(TypeError, match="not a int"):
        FakeHost().run(run)


def test_an_agent_is_still_its_function() -> None:
    @rak.agent(name="n", skills=[rak.Skill("s", "S")])
    def run(cx: rak.Context, input: str) -> str:
        """Says it."""
        return input

    assert (run.__name__, run.__doc__) == ("run", "Says it.")
    assert run.descriptor == rak.Descriptor(name="n", skills=[rak.Skill("s", "S")])
    assert FakeHost().run(lambda cx, text: run(cx, text + "!"), "hi").answer == "hi!"
