"""The way to the contract's types and back; the generated modules are the committed stubs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from componentize_py_types import Err, Ok
from wit_world.imports import (
    agents,
    artifacts,
    common,
    context,
    events,
    http,
    log,
    models,
    people,
    session,
    tools,
    wait,
)

import rak
from rak import document
from rak.component import convert, entry
from rak.component.imports import Imports
from rak.component.uncaught import failure_of

PARTS: list[rak.Part] = [
    rak.Text("ä"),
    rak.Thought("b"),
    rak.Blob("image/png", b"\0\xff"),
    rak.FileRef("file:///a", "text/plain"),
    rak.FileRef("file:///b"),
    rak.FunctionCall("1", "f", {"a": 1}),
    rak.FunctionResponse("1", "f", [2], failed=True),
    rak.Custom("x", None),
]


def module(*agents: Any) -> ModuleType:
    made = ModuleType("greeter")
    for index, agent in enumerate(agents):
        setattr(made, f"run{index}", agent)
    return made


def component(function: Any, **says: Any) -> Any:
    return entry(module(rak.agent(**says)(function)), name="greeter", description="Greets.", version="0.1.0")()


def refusal(made: Any, text: str = "hi") -> common.Failure:
    with pytest.raises(Err) as caught:
        made.run(common.Content("user", [common.Part_Text(text)]))
    failure: common.Failure = caught.value.value
    return failure


def test_content_survives_the_way_there_and_back() -> None:
    content = rak.Content(rak.Role.USER, PARTS)
    assert convert.content_in(convert.content_out(content)) == content


def test_failures_survive_the_way_there_and_back() -> None:
    for kind in rak.FailureKind:
        failure = rak.Failure(kind, "why", code="own", retry_after=1.5, details={"a": [1]})
        there = convert.failure_out(failure)
        assert there == common.Failure(there.kind, "own", "why", 1500, '{"a":[1]}')
        assert vars(convert.failure_in(there)) == vars(failure)


def test_every_event_and_level_has_its_counterpart() -> None:
    every: list[rak.Event] = [
        rak.Content.model("a"),
        rak.TextDelta("b"),
        rak.ThoughtDelta("c"),
        rak.Progress("d", 1, 2),
        rak.Custom("e", 1),
    ]
    assert [type(convert.event_out(event)).__name__ for event in every] == [
        "Event_Content",
        "Event_TextDelta",
        "Event_ThoughtDelta",
        "Event_Progress",
        "Event_Other",
    ]
    assert list(convert.LEVELS.values()) == list(log.Level)


def test_what_the_generated_code_would_trap_on_is_an_error() -> None:
    text: Any = 5
    wrong: list[Any] = [rak.TextDelta(text), rak.Content("model", [text]), rak.Progress("a", True), text]
    for event in wrong:
        with pytest.raises(TypeError):
            convert.event_out(event)
    for progress in [rak.Progress("a", -1), rak.Progress("a", 1, 1 << 64)]:
        with pytest.raises(ValueError, match="is not between 0 and"):
            convert.event_out(progress)
    with pytest.raises(TypeError, match="a list of texts is needed"):
        convert.descriptor_out(rak.Descriptor(skills=[rak.Skill("a", "A", tags="tag")]))


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert convert.text("a\ud83c!") == "a\ufffd!"
    assert convert.text("\ud83c\udf89") == "\U0001f389"
    assert convert.json_out(["\udc00"]) == '["\ufffd"]'


def test_documents_of_the_host_are_values() -> None:
    assert convert.json_in('{"a": 1}') == {"a": 1}
    assert convert.json_in("{oops") == "{oops"
    assert convert.json_in(None) is None


def test_entries_get_a_time() -> None:
    said = common.Content("user", [])
    page = convert.page_in(session.Page([session.Entry(7, "user", said, ms) for ms in (1500, 1 << 63)], 3))
    assert (page.next, page.entries[0].seq) == (3, 7)
    assert page.entries[0].at == datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC)
    assert page.entries[1].at.year == 9999


def test_info_has_everything() -> None:
    info = convert.info_in(context.Info("i", "s", "u", "a", "v", 2, "p", "t", '{"x":1}'))
    assert info == rak.Info("i", "s", "u", "a", "v", 2, "p", "t", {"x": 1})


def test_a_refused_call_raises_the_hosts_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> int:
        raise Err(common.Failure(common.FailureKind.LIMIT_EXCEEDED, None, "enough", None, '{"limit":1}'))

    monkeypatch.setattr(events, "emit", refuse)
    with pytest.raises(rak.Failure) as caught:
        Imports().emit([rak.TextDelta("x")])
    assert (caught.value.kind, caught.value.details) == (rak.FailureKind.LIMIT_EXCEEDED, {"limit": 1})


def test_people_are_asked_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def approve(*call: object) -> people.Decision:
        asked.append(call)
        return people.Decision(False, "ada", "no", '{"a":2}')

    def ask(*call: object) -> str:
        asked.append(call)
        return "[4]"

    def next_message(timeout_ms: int | None) -> common.Content | None:
        return None if timeout_ms == 0 else common.Content("user", [common.Part_Text("stop")])

    monkeypatch.setattr(people, "approve", approve)
    monkeypatch.setattr(people, "ask", ask)
    monkeypatch.setattr(people, "next_message", next_message)
    cx = rak.Context(Imports())
    assert cx.people.approve("do\ud83c", {"a": 1}) == rak.Decision(False, "ada", "no", {"a": 2})
    assert cx.people.ask("well", True, expires=0.07) == [4]
    assert (cx.people.next_message(0), cx.people.next_message()) == (None, rak.Content.user("stop"))
    assert asked == [("do\ufffd", '{"a":1}', None), ("well", "true", 70)]


class Resource:
    """What the generated code hands out: its end is noted."""

    def __init__(self, name: str, ends: list[str]) -> None:
        self._name = name
        self._ends = ends

    def __exit__(self, *_: object) -> None:
        self._ends.append(self._name)


class RawWaitable(Resource, wait.Waitable):
    def ready(self) -> bool:
        return True


class RawChild(Resource, agents.Child):
    def invocation_id(self) -> str:
        return "i1"

    def finish(self) -> agents.Reply:
        return agents.Reply("i1", common.Content("model", [common.Part_Text("hi")]), True, "b", '{"n":1}')

    def cancel(self) -> None:
        self._ends.append("cancel")

    def subscribe(self) -> wait.Waitable:
        return RawWaitable("waitable", self._ends)


def test_agents_are_called_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []

    def call(*call: object) -> agents.Reply:
        called.append(call)
        return agents.Reply("i1", None, False, None, None)

    def start(*call: object) -> agents.Child:
        called.append(call)
        return RawChild("child", [])

    listed = [agents.Summary("a", "A.", "1", '{"type":"string"}', None), agents.Summary("b", "", "", None, "[1]")]
    monkeypatch.setattr(agents, "available", lambda: listed)
    monkeypatch.setattr(agents, "call", call)
    monkeypatch.setattr(agents, "start", start)
    cx = rak.Context(Imports())
    assert cx.agents.available() == [
        rak.AgentSummary("a", "A.", "1", {"type": "string"}),
        rak.AgentSummary("b", "", "", extra=[1]),
    ]
    assert cx.agents.call("a\ud83c", "hi") == rak.AgentReply("i1")
    child = cx.agents.start("b", {"n": 1}, session="s\ud83c", timeout=0.07, relay=True, detached=True, extra=[1])
    assert child.invocation_id == "i1"
    assert child.finish() == rak.AgentReply("i1", rak.Content.model("hi"), True, "b", {"n": 1})
    assert called == [
        ("a\ufffd", convert.content_out(rak.Content.user("hi")), agents.Options(None, None, False, False, None)),
        (
            "b",
            convert.content_out(rak.Content.user('{"n":1}')),
            agents.Options("s\ufffd", 70, True, True, "[1]"),
        ),
    ]


def test_a_child_is_dropped_after_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []
    monkeypatch.setattr(agents, "start", lambda *_: RawChild("child", ends))
    monkeypatch.setattr(wait, "any", lambda of, timeout_ms: list(range(len(of))))
    cx = rak.Context(Imports())
    with cx.agents.start("a", "hi") as child:
        assert cx.wait_any([child]) == [0] and child.ready()
        child.cancel()
    assert ends == ["cancel", "waitable", "child"]
    ends.clear()
    cx.agents.start("a", "hi").ready()
    assert ends == ["waitable", "child"]


def test_a_child_that_failed_raises_the_hosts_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> agents.Reply:
        raise Err(common.Failure(common.FailureKind.DEADLINE_EXCEEDED, "timed_out", "late", None, '{"invocationId":"i1"}'))

    monkeypatch.setattr(agents, "call", fail)
    monkeypatch.setattr(agents, "start", lambda *_: RawChild("child", []))
    monkeypatch.setattr(RawChild, "finish", fail)
    cx = rak.Context(Imports())
    waits: list[Callable[[], object]] = [lambda: cx.agents.call("a", "hi"), cx.agents.start("a", "hi").finish]
    for wait_for in waits:
        with pytest.raises(rak.Failure) as caught:
            wait_for()
        assert (caught.value.code, caught.value.details) == ("timed_out", {"invocationId": "i1"})


class RawRunning(Resource, tools.Running):
    def finish(self) -> common.FunctionResponse:
        return common.FunctionResponse("call-2", "add", "3", False)

    def cancel(self) -> None:
        self._ends.append("cancel")

    def subscribe(self) -> wait.Waitable:
        return RawWaitable("waitable", self._ends)


def test_tools_are_called_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []

    def call(*call: object) -> common.FunctionResponse:
        called.append(call)
        return common.FunctionResponse("call-1", "add", '{"n":1}', True)

    def call_all(*call: object) -> list[Any]:
        called.append(call)
        refused = common.Failure(common.FailureKind.DENIED, "rejected", "no", None, None)
        return [Ok(common.FunctionResponse("7", "add", "null", False)), Err(refused)]

    def start(*call: object) -> tools.Running:
        called.append(call)
        return RawRunning("running", [])

    monkeypatch.setattr(tools, "call", call)
    monkeypatch.setattr(tools, "call_all", call_all)
    monkeypatch.setattr(tools, "start", start)
    cx = rak.Context(Imports())
    assert cx.tools.call("add\ud83c", {"a": 1}) == rak.FunctionResponse("call-1", "add", {"n": 1}, failed=True)
    how: Any = {"timeout": 0.07, "idempotency_key": "k\ud83c", "relay": True, "extra": [1]}
    assert cx.tools.start("add", **how).finish() == rak.FunctionResponse("call-2", "add", 3)
    done, refused = cx.tools.call_all([rak.FunctionCall("7", "add", None), ("sub", None)])
    assert done == rak.FunctionResponse("7", "add", None)
    assert isinstance(refused, rak.Failure)
    assert (refused.kind, refused.code) == (rak.FailureKind.DENIED, "rejected")
    plain = tools.CallOptions(None, None, False, None)
    assert called == [
        (common.FunctionCall("call-1", "add\ufffd", '{"a":1}'), plain),
        (common.FunctionCall("call-2", "add", "{}"), tools.CallOptions(70, "k\ufffd", True, "[1]")),
        ([common.FunctionCall("7", "add", "null"), common.FunctionCall("call-3", "sub", "{}")], plain),
    ]


def test_each_hint_has_its_counterpart(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(hints: tools.Hints) -> rak.Tool:
        monkeypatch.setattr(tools, "available", lambda: [tools.Tool("add", "Adds.", '{"type":"object"}', hints, "[1]")])
        [tool] = rak.Context(Imports()).tools.available()
        return tool

    assert listed(tools.Hints(0)) == rak.Tool("add", "Adds.", {"type": "object"}, rak.ToolHints(), [1])
    assert listed(tools.Hints.READ_ONLY).hints == rak.ToolHints(read_only=True)
    assert listed(tools.Hints.DESTRUCTIVE).hints == rak.ToolHints(destructive=True)
    assert listed(tools.Hints.IDEMPOTENT).hints == rak.ToolHints(idempotent=True)
    assert listed(tools.Hints.OPEN_WORLD).hints == rak.ToolHints(open_world=True)
    assert listed(tools.Hints.NEEDS_APPROVAL).hints == rak.ToolHints(needs_approval=True)


def test_a_call_is_dropped_after_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []
    monkeypatch.setattr(tools, "start", lambda *_: RawRunning("running", ends))
    cx = rak.Context(Imports())
    with cx.tools.start("add") as running:
        assert running.ready()
        running.cancel()
    assert ends == ["cancel", "waitable", "running"]


SAID = common.Content("model", [common.Part_Text("hi")])
ANSWER = models.Response("m-1", SAID, models.FinishReason_Stop(), common.Usage(1, 2, 3, 4, '{"cost":5}'), "[6]")


class RawCompletion(Resource, models.Completion):
    def next(self) -> list[models.Delta]:
        call = common.FunctionCall("1", "add", '{"a":1}')
        return [
            models.Delta_Text("a"),
            models.Delta_Thought("b"),
            models.Delta_FunctionCall(call),
            models.Delta_Other('{"c":1}'),
        ]

    def finish(self) -> models.Response:
        return ANSWER

    def cancel(self) -> None:
        self._ends.append("cancel")

    def subscribe(self) -> wait.Waitable:
        return RawWaitable("waitable", self._ends)


def test_models_are_asked_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[models.Request] = []

    def complete(request: models.Request) -> models.Response:
        asked.append(request)
        return ANSWER

    def open_(request: models.Request) -> models.Completion:
        asked.append(request)
        return RawCompletion("completion", [])

    monkeypatch.setattr(models, "available", lambda: [models.Summary("small", "Fast.", "[1]")])
    monkeypatch.setattr(models, "complete", complete)
    monkeypatch.setattr(models, "open", open_)
    cx = rak.Context(Imports())
    answer = rak.ModelResponse("m-1", rak.Content.model("hi"), rak.Finish.STOP, rak.Usage(1, 2, 3, 4, {"cost": 5}), [6])
    assert cx.models.available() == [rak.ModelSummary("small", "Fast.", [1])]
    assert cx.models.complete("hi") == answer
    completion = cx.models.open(
        [rak.Content.user("hi")],
        model="m\ud83c",
        system="s\ud83c",
        tools=[rak.Tool("add\ud83c", "Adds.", {"type": "object"})],
        tool_choice=rak.NamedTool("add\ud83c"),
        max_output_tokens=1 << 40,
        temperature=1,
        stop=["e\ud83c"],
        response_schema=True,
        relay="all",
        extra={"seed": 1},
    )
    assert completion.finish() == answer
    assert completion.read() == [
        rak.TextDelta("a"),
        rak.ThoughtDelta("b"),
        rak.FunctionCall("1", "add", {"a": 1}),
        rak.OtherDelta({"c": 1}),
    ]
    said, auto = [convert.content_out(rak.Content.user("hi"))], models.ToolChoice_Auto()
    assert asked == [
        models.Request(None, None, said, [], auto, None, None, [], None, models.Relay.OFF, None),
        models.Request(
            "m\ufffd",
            "s\ufffd",
            said,
            [models.ToolSpec("add\ufffd", "Adds.", '{"type":"object"}')],
            models.ToolChoice_Named("add\ufffd"),
            (1 << 32) - 1,
            1.0,
            ["e\ufffd"],
            "true",
            models.Relay.ALL,
            '{"seed":1}',
        ),
    ]


def test_each_choice_relay_and_finish_has_its_counterpart() -> None:
    def there(**options: Any) -> models.Request:
        return convert.request_out(rak.ModelRequest([], **options))

    choices = [there(tool_choice=choice).tool_choice for choice in ("auto", "none", "required")]
    assert choices == [models.ToolChoice_Auto(), models.ToolChoice_None_(), models.ToolChoice_Required()]
    assert [there(relay=relay).relay for relay in ("off", "text", "all")] == list(models.Relay)
    with pytest.raises(ValueError, match="relay is one of off, text, all, not 'thoughts'"):
        there(relay="thoughts")
    with pytest.raises(ValueError, match="tool_choice is one of auto, none, required, not 'add'"):
        there(tool_choice="add")
    for length in (-1, True, 0.5):
        with pytest.raises((TypeError, ValueError)):
            there(max_output_tokens=length)

    reasons: list[models.FinishReason] = [
        models.FinishReason_Stop(),
        models.FinishReason_Length(),
        models.FinishReason_FunctionCalls(),
        models.FinishReason_Filtered(),
        models.FinishReason_Other("paused"),
    ]
    finishes = [convert.model_response_in(replace(ANSWER, finish=reason)).finish for reason in reasons]
    assert finishes == [*rak.Finish, "paused"]


def test_texts_are_embedded_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded: list[object] = []

    def embed(*call: object) -> models.Embeddings:
        embedded.append(call)
        return models.Embeddings("m-1", [[0.5]], common.Usage(1, 0, 0, 0, None), "[1]")

    monkeypatch.setattr(models, "embed", embed)
    cx = rak.Context(Imports())
    assert cx.models.embed(["a\ud83c"]) == rak.Embeddings("m-1", [[0.5]], rak.Usage(1), [1])
    cx.models.embed((), model="m\ud83c")
    assert embedded == [(None, ["a\ufffd"]), ("m\ufffd", [])]


def test_an_answer_is_dropped_after_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []
    monkeypatch.setattr(models, "open", lambda request: RawCompletion("completion", ends))
    with rak.Context(Imports()).models.open("hi") as completion:
        assert completion.ready()
        completion.cancel()
    assert ends == ["cancel", "waitable", "completion"]


HEAD = http.Head(404, "https://b", [("x-kind", "1"), ("x-kind", "2")], "[1]")


class RawExchange(Resource, http.Exchange):
    def head(self) -> http.Head:
        return HEAD

    def read(self, max: int) -> bytes:
        return str(max).encode()

    def cancel(self) -> None:
        self._ends.append("cancel")

    def subscribe(self) -> wait.Waitable:
        return RawWaitable("waitable", self._ends)


def test_the_web_is_asked_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[http.Request] = []
    ends: list[str] = []

    def fetch(request: http.Request) -> http.Response:
        asked.append(request)
        return http.Response(HEAD, b"no")

    def open_(request: http.Request) -> http.Exchange:
        asked.append(request)
        return RawExchange("exchange", ends)

    monkeypatch.setattr(http, "fetch", fetch)
    monkeypatch.setattr(http, "open", open_)
    cx = rak.Context(Imports())
    head = rak.HttpHead(404, "https://b", rak.Headers([("x-kind", "1"), ("x-kind", "2")]), extra=[1])
    assert cx.http.get("https://a") == rak.HttpResponse(head.status, head.url, head.headers, b"no", extra=[1])
    options: Any = {"headers": [("A", "1\ud83c"), ("a", "2")], "credential": "c\ud83c", "extra": [1]}
    with cx.http.open("https://a\ud83c", "PUT", body="b", timeout=0.07, follow_redirects=False, **options) as exchange:
        assert exchange.head() == head
        assert (exchange.read(), exchange.read(5), exchange.read(1 << 40)) == (b"65536", b"5", b"4294967295")
        assert exchange.ready()
        exchange.cancel()
    assert ends == ["cancel", "waitable", "exchange"]
    assert asked == [
        http.Request("GET", "https://a", [], b"", None, None, True, None),
        http.Request("PUT", "https://a\ufffd", [("a", "1\ufffd"), ("a", "2")], b"b", "c\ufffd", 70, False, "[1]"),
    ]


def test_artifacts_are_kept_in_the_contracts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    info = artifacts.Info("a", 2, "text/plain", 3, 1500, "[1]")
    answers: dict[str, object] = {
        "save": 2,
        "load": common.Blob("text/plain", b"abc"),
        "read": b"bc",
        "available": [info],
        "versions": [info],
        "remove": True,
    }
    for name, answer in answers.items():

        def call(*call: object, name: str = name, answer: object = answer) -> object:
            called.append((name, *call))
            return answer

        monkeypatch.setattr(artifacts, name, call)
    kept = rak.Context(Imports()).artifacts
    listed = [rak.ArtifactInfo("a", 2, "text/plain", 3, datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC), [1])]
    assert kept.save("a\ud83c", "abc", "text/plain\ud83c") == 2
    assert (kept.load("a"), kept.load("a", 2)) == (rak.Blob("text/plain", b"abc"),) * 2
    assert kept.read("a", 2, 1, 1 << 40) == b"bc"
    assert (kept.list(), kept.list("a"), kept.versions("a")) == (listed,) * 3
    assert (kept.remove("a"), kept.remove("a", 2)) == (True, True)
    assert called == [
        ("save", "a\ufffd", common.Blob("text/plain\ufffd", b"abc")),
        ("load", "a", None),
        ("load", "a", 2),
        ("read", "a", 2, 1, (1 << 32) - 1),
        ("available", ""),
        ("available", "a"),
        ("versions", "a"),
        ("remove", "a", None),
        ("remove", "a", 2),
    ]
    with pytest.raises(ValueError, match="is not between 0 and"):
        kept.read("a", 2, -1)


def test_an_answer_that_was_interrupted_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> Any:
        raise Err(common.Failure(common.FailureKind.UNAVAILABLE, "interrupted", "the host ended", None, None))

    monkeypatch.setattr(models, "complete", interrupt)
    monkeypatch.setattr(models, "open", lambda request: RawCompletion("completion", []))
    monkeypatch.setattr(RawCompletion, "next", interrupt)
    monkeypatch.setattr(RawCompletion, "finish", interrupt)
    cx = rak.Context(Imports())
    completion = cx.models.open("hi")
    waits: list[Callable[[], object]] = [lambda: cx.models.complete("hi"), completion.read, completion.finish]
    for wait_for in waits:
        with pytest.raises(rak.Failure) as caught:
            wait_for()
        assert caught.value.is_interrupted()


def test_a_question_that_expired_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def expire(*_: object) -> str:
        raise Err(common.Failure(common.FailureKind.DEADLINE_EXCEEDED, "expired", "nobody answered", None, None))

    monkeypatch.setattr(people, "ask", expire)
    with pytest.raises(rak.Failure) as caught:
        rak.Context(Imports()).people.ask("well", True)
    assert caught.value.is_expired()
    assert not rak.Failure.deadline_exceeded().is_expired()


def test_the_card_is_what_the_agent_says_and_then_what_the_project_says() -> None:
    made = component(lambda cx, input: input, description="Mine.", input_schema={"type": "string"})
    card = made.describe()
    assert (card.name, card.description, card.version) == ("greeter", "Mine.", "0.1.0")
    assert (card.skills, card.input_schema, card.extra) == ([], '{"type":"string"}', None)


def test_a_module_has_one_agent() -> None:
    agent: rak.Agent[str, str] = rak.agent(lambda cx, input: input)
    assert entry(module(agent, agent), name="twice the same")
    with pytest.raises(LookupError, match="greeter has no agent: put @rak.agent on a function"):
        entry(module(), name="none")
    with pytest.raises(LookupError, match=r"more than one agent \(run0, run1\)"):
        entry(module(agent, rak.agent(taking_a_number)), name="two")


def test_a_run_answers_with_the_outcome() -> None:
    made = component(lambda cx, input: rak.Outcome.text(input, transfer_to="b", extra=[1]))
    outcome = made.run(common.Content("user", [common.Part_Text("hi")]))
    assert outcome.content == common.Content("model", [common.Part_Text("hi")])
    assert (outcome.escalate, outcome.transfer_to, outcome.extra) == (False, "b", "[1]")


def test_a_failure_of_the_agent_is_the_contracts() -> None:
    def fails(cx: rak.Context, input: str) -> None:
        raise rak.Failure.not_found("nothing here")

    assert refusal(component(fails)).kind == common.FailureKind.NOT_FOUND
    assert refusal(component(taking_a_number)).kind == common.FailureKind.INVALID_ARGUMENT


def taking_a_number(cx: rak.Context, input: int) -> int:
    return input


def test_what_nothing_caught_has_a_type_a_text_and_a_stack() -> None:
    def thrower(cx: rak.Context, input: str) -> None:
        raise KeyError(input)

    failure = refusal(component(thrower), "lost")
    assert (failure.kind, failure.code, failure.message) == (common.FailureKind.FAILED, "exception", "KeyError: 'lost'")
    stack = document.loads(failure.details or "")["stack"]
    assert "in thrower\n    raise KeyError(input)" in stack
    assert "rak/agent.py" not in stack


@pytest.mark.parametrize("thrown", [SystemExit(3), KeyboardInterrupt(), MemoryError(), RecursionError("deep")])
def test_nothing_that_python_raises_is_a_trap(thrown: BaseException) -> None:
    def throws(cx: rak.Context, input: str) -> None:
        raise thrown

    assert refusal(component(throws)).message.startswith(type(thrown).__name__)


def test_endless_recursion_has_a_short_stack() -> None:
    def even(depth: int) -> int:
        return odd(depth + 1)

    def odd(depth: int) -> int:
        return even(depth + 1)

    failure = refusal(component(lambda cx, input: even(0)))
    assert "RecursionError" in failure.message
    assert len(document.loads(failure.details or "")["stack"]) < 10_000


def test_a_failure_that_cannot_be_sent_is_one_that_can() -> None:
    def fails(cx: rak.Context, input: str) -> None:
        raise rak.Failure("failed", "why", details={1, 2})

    failure = refusal(component(fails))
    assert failure.message == "TypeError: a set is not JSON"
    assert "why" in document.loads(failure.details or "")["stack"]


def test_an_exception_that_cannot_be_read_is_named() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert failure_of(Mute()).message.endswith("Mute: (an exception without a readable text)")
    assert failure_of(ValueError()).message == "ValueError"
