"""Asking models, and the models of the fake host."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import rak
from rak import (
    Content,
    Failure,
    FailureKind,
    Finish,
    FunctionCall,
    ModelRequest,
    ModelResponse,
    NamedTool,
    Text,
    TextDelta,
    Thought,
    ThoughtDelta,
    Usage,
)
from rak.testing import EmbedCall, FakeHost, FakeModel, ModelCall

ADD = rak.Tool("add", "Adds.", {"type": "object", "required": ("a",)})
CALL = FunctionCall("1", "add", {"a": 1})
INTERRUPTED = Failure(FailureKind.UNAVAILABLE, "the host ended", code="interrupted")
SLOW = FakeModel("one two three", takes=9)


def complete(cx: rak.Context, input: str) -> str:
    return cx.models.complete(input).text


def open_(cx: rak.Context, input: str) -> str:
    with cx.models.open(input) as completion:
        return completion.finish().text


def streams(cx: rak.Context, input: str) -> rak.Stream:
    with cx.models.open(input) as completion:
        for delta in completion:
            assert isinstance(delta, TextDelta | ThoughtDelta)
            yield delta
        return completion.finish().text


ASKS = [complete, open_, streams]


@pytest.mark.parametrize("run", ASKS)
def test_a_model_answers(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(models={"small": "one two three", "large": "no"}).run(run, "hi")
    assert run_.answer == "one two three"
    assert run_.model_calls == [ModelCall("small", ModelRequest([Content.user("hi")], tools=[], stop=[]))]
    assert FakeHost(models={"small": SLOW}).run(run).slept == 9


def test_a_model_may_be_asked_a_whole_conversation_and_everything_is_said_by_name() -> None:
    said = [Content.user("hi"), Content.model("hello"), Content.user("add")]
    options: Any = {
        "model": "large",
        "system": "Be brief.",
        "tools": (ADD,),
        "tool_choice": NamedTool("add"),
        "max_output_tokens": 9,
        "temperature": 0.5,
        "stop": ("end",),
        "response_schema": {"type": ("object",)},
        "relay": "text",
        "extra": {"seed": (1,)},
    }

    def run(cx: rak.Context, input: str) -> None:
        cx.models.complete((content for content in said), **options)
        cx.models.complete(Content.user("hi"), model="large")
        with cx.models.open(ModelRequest(said, model="small", system="Be long."), model="large", system="Be brief."):
            pass

    run_ = FakeHost(models={"small": "no", "large": "yes"}).run(run)
    whole, content, changed = [call.request for call in run_.model_calls]
    assert {call.model for call in run_.model_calls} == {"large"}
    assert whole == ModelRequest(
        said,
        **{
            **options,
            "tools": [rak.Tool("add", "Adds.", {"type": "object", "required": ["a"]})],
            "stop": ["end"],
            "response_schema": {"type": ["object"]},
            "extra": {"seed": [1]},
        },
    )
    assert content.contents == said[:1]
    assert (changed.contents, changed.system) == (said, "Be brief.")


def test_what_was_asked_is_kept_as_it_was() -> None:
    def run(cx: rak.Context, input: str) -> None:
        said = [Content.user("hi")]
        said.append(cx.models.complete(said).content)
        said[1].parts.clear()

    def model(request: ModelRequest) -> str:
        request.contents.clear()
        return "hello"

    [call] = FakeHost(models={"small": model}).run(run).model_calls
    assert call.request.contents == [Content.user("hi")]


def test_the_models_that_may_be_asked_are_listed_with_the_default_first() -> None:
    listed: list[rak.ModelSummary] = []
    host = FakeHost(models={"small": "a", "large": FakeModel("b", "Knows more.", extra=(1,))})
    host.run(lambda cx, _: listed.extend(cx.models.available()))
    assert listed == [rak.ModelSummary("small", ""), rak.ModelSummary("large", "Knows more.", [1])]


def test_what_is_not_there_cannot_be_asked() -> None:
    runs: list[Callable[[rak.Context, str], Any]] = [
        lambda cx, _: cx.models.complete("hi", model="huge"),
        lambda cx, _: cx.models.open("hi", model="huge"),
        lambda cx, _: cx.models.embed(["hi"], model="huge"),
    ]
    for run in runs:
        failure = FakeHost(models={"small": "a", "large": "b"}).run(run).failure
        assert (failure.kind, failure.message) == (
            FailureKind.NOT_FOUND,
            "no model is called 'huge'; the test has small, large",
        )
    assert FakeHost().run(complete).failure.message == "no model is called 'default'; the test has none"


@dataclass
class Mood:
    mood: str


def test_an_answer_is_what_the_test_says() -> None:
    whole = ModelResponse("small-1", Content.model("whole"), "paused", Usage(1, 2, 3, 4, {"cost": 5}), {"id": 6})
    answers = ["text", CALL, [Thought("hm"), "both ", CALL], Content("model", [Text("content")]), whole, Mood("good")]

    def run(cx: rak.Context, input: str) -> None:
        responses = [cx.models.complete(input) for _ in answers]
        assert [response.text for response in responses] == ["text", "", "both ", "content", "whole", '{"mood":"good"}']
        assert [response.function_calls for response in responses] == [[], [CALL], [CALL], [], [], []]
        assert [response.finish for response in responses[:4]] == [Finish.STOP, *[Finish.FUNCTION_CALLS] * 2, Finish.STOP]
        assert responses[2].content == Content.model(Thought("hm"), "both ", CALL)
        assert responses[0] == ModelResponse("small", Content.model("text"))
        assert responses[4] == whole

    assert FakeHost(models={"small": answers}).run(run).outcome
    with pytest.raises(AssertionError, match="small is asked more often than the test has answers, which are 1"):
        FakeHost(models={"small": ["once"]}).run(lambda cx, _: [complete(cx, ""), complete(cx, "")])


def test_an_answer_is_read_as_it_is_asked_for() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        response = cx.models.complete("hi", response_schema={"type": "object"})
        return [response.json(), response.json(Mood)]

    assert FakeHost(models={"small": [{"mood": "good"}]}).run(run).answer == '[{"mood":"good"},{"mood":"good"}]'
    for text, problem in ((["well"], "Expecting value"), ([{"mood": 1}], "it.mood is not a string")):
        failure = FakeHost(models={"small": text}).run(run).failure
        assert (failure.kind, failure.code) == (FailureKind.FAILED, "invalid_response")
        assert failure.message.startswith(f"the answer of the model has another shape: {problem}")


@pytest.mark.parametrize("run", ASKS)
def test_a_request_that_fails_is_its_failure(run: Callable[[rak.Context, str], Any]) -> None:
    def busy(request: ModelRequest) -> Any:
        raise Failure(FailureKind.RATE_LIMITED, "too much", retry_after=2)

    for model in (busy, [Failure(FailureKind.RATE_LIMITED, "too much", retry_after=2)]):
        failure = FakeHost(models={"small": model}).run(run).failure
        assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMITED, 2)


def test_an_answer_that_is_cut_off_says_so_after_what_there_was() -> None:
    host = FakeHost(models={"small": [["one two ", INTERRUPTED]]})
    run_ = host.run(streams)
    assert run_.text_deltas == ["one ", "two "]
    assert run_.failure.is_interrupted()
    assert host.run(complete).failure.is_interrupted()
    assert not Failure.unavailable("no model").is_interrupted()


def test_deltas_are_words_unless_the_test_says_otherwise() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        with cx.models.open(input) as completion:
            return [[type(delta).__name__, getattr(delta, "text", None)] for delta in completion]

    answer = FakeHost(models={"small": [[Thought("so so"), "a  b", CALL]]}).run(run).answer
    assert json.loads(answer) == [
        ["ThoughtDelta", "so "],
        ["ThoughtDelta", "so"],
        ["TextDelta", "a "],
        ["TextDelta", " "],
        ["TextDelta", "b"],
        ["FunctionCall", None],
    ]
    assert FakeHost(models={"small": FakeModel("ab", split=list)}).run(run).answer == '[["TextDelta","a"],["TextDelta","b"]]'


def test_deltas_come_while_the_model_writes() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        with cx.models.open(input) as completion, cx.timer(1) as timer:
            assert cx.wait_any([completion, timer]) == [1]
            assert cx.wait_any([completion]) == [0]
            at = [cx.remaining()]
            assert completion.read() == [TextDelta("one ")]
            assert not completion.ready()
            assert next(completion) == TextDelta("two ")
            at.append(cx.remaining())
            cx.sleep(1)
            # The end of the answer leaves what was not read.
            assert completion.finish().text == "one two three"
            at.append(cx.remaining())
            assert completion.ready()
            assert completion.read() == [TextDelta("three")]
            assert completion.ready() and completion.read() == [] and list(completion) == []
            return at

    assert FakeHost(models={"small": SLOW}, deadline=100).run(run).answer == "[97.0,94.0,91.0]"


def test_what_was_taken_one_by_one_is_not_read_again() -> None:
    def run(cx: rak.Context, input: str) -> str:
        with cx.models.open(input) as completion:
            assert next(completion) == TextDelta("one ")
            return "".join(delta.text for delta in completion.read() if isinstance(delta, TextDelta))

    assert FakeHost(models={"small": "one two three"}).run(run).answer == "two three"


@pytest.mark.parametrize("run", [complete, open_])
def test_the_client_sees_what_is_relayed(run: Callable[[rak.Context, str], Any]) -> None:
    seen = {}
    relays: list[rak.models.Relay] = ["off", "text", "all"]
    for relay in relays:

        def asks(cx: rak.Context, input: str, relay: rak.models.Relay = relay) -> str:
            if run is complete:
                return cx.models.complete(input, relay=relay).text
            with cx.models.open(input, relay=relay) as completion:
                return completion.finish().text

        seen[relay] = FakeHost(models={"small": [[Thought("hm"), "one two", CALL]]}).run(asks).events
    text = [TextDelta("one "), TextDelta("two")]
    assert seen == {"off": [], "text": text, "all": [ThoughtDelta("hm"), *text]}


def test_nothing_is_relayed_of_what_was_not_written() -> None:
    def run(cx: rak.Context, input: str) -> list[str]:
        with cx.models.open(input, relay="text") as completion:
            next(completion)
            completion.cancel()
            for _ in range(2):
                with pytest.raises(Failure) as caught:
                    completion.finish()
            return [caught.value.kind, caught.value.code or ""]

    run_ = FakeHost(models={"small": SLOW}).run(run)
    assert (run_.answer, run_.text_deltas, run_.slept) == ('["failed","cancelled"]', ["one "], 3)
    assert run_.model_calls[0].cancelled


def leaves(cx: rak.Context, input: str) -> None:
    with cx.models.open(input) as completion:
        assert not completion.ready()
    with pytest.raises(ValueError, match="the Completion was closed"):
        completion.finish()


def forgets(cx: rak.Context, input: str) -> None:
    cx.models.open(input)


@pytest.mark.parametrize("run", [leaves, forgets])
def test_an_answer_ends_with_its_block_its_name_or_its_run(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(models={"small": SLOW}).run(run)
    assert run_.outcome
    assert run_.model_calls[0].cancelled


@pytest.mark.parametrize("run", ASKS)
def test_a_run_ends_while_it_waits_for_a_model_and_the_answer_with_it(run: Callable[[rak.Context, str], Any]) -> None:
    cancelled = FakeHost(models={"small": SLOW}, cancel_after=5).run(run)
    assert (cancelled.failure.kind, cancelled.slept) == (FailureKind.CANCELLED, 5)
    late = FakeHost(models={"small": SLOW}, deadline=7).run(run)
    assert (late.failure.kind, late.slept) == (FailureKind.DEADLINE_EXCEEDED, 7)
    assert cancelled.model_calls[0].cancelled and late.model_calls[0].cancelled


def test_no_model_is_asked_once_the_run_is_being_cancelled() -> None:
    runs: list[Callable[[rak.Context, str], Any]] = [
        *ASKS,
        lambda cx, _: cx.models.available(),
        lambda cx, _: cx.models.embed(["a"]),
    ]
    for run in runs:
        run_ = FakeHost(models={"small": "a"}, cancel_after_calls=0).run(run)
        assert (run_.failure.kind, run_.model_calls, run_.embed_calls) == (FailureKind.CANCELLED, [], [])


def test_texts_become_vectors() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        embeddings = cx.models.embed(text for text in ("a", "bc"))
        return [embeddings.model, embeddings.vectors]

    run_ = FakeHost(models={"small": FakeModel(embed=lambda text: [len(text), 0.5])}).run(run)
    assert run_.answer == '["small",[[1.0,0.5],[2.0,0.5]]]'
    assert run_.embed_calls == [EmbedCall("small", ["a", "bc"])]
    assert FakeHost(models={"small": "a"}).run(run).failure.kind == FailureKind.UNSUPPORTED
    with pytest.raises(TypeError, match="a list of texts is embedded"):
        FakeHost().run(lambda cx, _: cx.models.embed("a"))
