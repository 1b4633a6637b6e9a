"""Using tools, and the tools of the fake host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import rak
from rak import Decision, Failure, FailureKind, FunctionCall, FunctionResponse, ToolHints
from rak.testing import Approval, Failed, FakeHost, FakeTool, Reply, ToolCall

DAY = 86_400.0
CAREFUL = ToolHints(destructive=True, needs_approval=True)


def add(args: dict[str, int]) -> int:
    return args["a"] + args["b"]


SLOW = FakeTool(add, takes=9)
SUM = {"a": 1, "b": 2}


def call(cx: rak.Context, input: str) -> Any:
    return cx.tools.call("add", SUM).response


def start(cx: rak.Context, input: str) -> Any:
    return cx.tools.start("add", SUM).finish().response


@pytest.mark.parametrize("run", [call, start])
def test_a_tool_answers(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(tools={"add": add}).run(run)
    assert run_.answer == "3"
    assert run_.tool_calls == [ToolCall("add", SUM)]
    assert FakeHost(tools={"add": SLOW}).run(run).slept == 9


@dataclass
class Sum:
    a: int
    b: int


def test_arguments_are_what_json_can_say() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        return [cx.tools.call("echo", args).response for args in (Sum(1, 2), (1, [2]), "x", 0)] + [
            cx.tools.call("echo").response
        ]

    assert FakeHost(tools={"echo": lambda args: args}).run(run).answer == '[{"a":1,"b":2},[1,[2]],"x",0,{}]'
    with pytest.raises(TypeError, match="a set is not JSON"):
        FakeHost(tools={"echo": lambda args: args}).run(lambda cx, _: cx.tools.call("echo", {1}))


def test_a_call_keeps_its_id_and_gets_one_where_it_has_none() -> None:
    def run(cx: rak.Context, input: str) -> list[str]:
        tools = cx.tools
        asked = FunctionCall("from-the-model", "add", SUM)
        answers = [tools.call("add", SUM), tools.call(asked), tools.start("add", SUM).finish(), tools.start(asked).finish()]
        every = [*answers, *tools.call_all([asked, ("add", SUM)])]
        return [one.id for one in every if isinstance(one, FunctionResponse) and one.name == "add"]

    run_ = FakeHost(tools={"add": add}).run(run)
    assert run_.answer == '["call-1","from-the-model","call-2","from-the-model","from-the-model","call-3"]'
    assert [made.id for made in run_.tool_calls][:2] == ["call-1", "from-the-model"]


def test_a_function_call_has_its_arguments_in_it() -> None:
    asked: Any = FunctionCall("1", "add", SUM)
    with pytest.raises(TypeError, match="a FunctionCall has its arguments in it"):
        FakeHost(tools={"add": add}).run(lambda cx, _: cx.tools.call(asked, SUM))


def test_what_is_said_with_a_call_is_kept() -> None:
    def run(cx: rak.Context, input: str) -> None:
        args = dict(SUM)
        cx.tools.call("add", args, timeout=0.0001, idempotency_key="k", relay=True, extra=(1,))
        args.clear()
        cx.tools.start("add", SUM)

    assert FakeHost(tools={"add": add}).run(run).tool_calls == [
        ToolCall("add", SUM, timeout=0.001, idempotency_key="k", relay=True, extra=[1]),
        ToolCall("add", SUM),
    ]


def test_the_tools_that_may_be_called_are_listed_by_name() -> None:
    listed: list[rak.Tool] = []
    hints = ToolHints(read_only=True, idempotent=True)
    described = FakeTool(add, "Adds.", {"type": "object", "required": ("a",)}, hints, extra=(1,))
    FakeHost(tools={"b": described, "a": add}).run(lambda cx, _: listed.extend(cx.tools.available()))
    assert listed == [
        rak.Tool("a", "", {"type": "object"}),
        rak.Tool("b", "Adds.", {"type": "object", "required": ["a"]}, hints, [1]),
    ]


def test_what_is_not_there_cannot_be_called() -> None:
    for run in (call, start):
        failure = FakeHost(tools={"sub": add, "mul": add}).run(run).failure
        assert (failure.kind, failure.message) == (FailureKind.NOT_FOUND, "no tool is called 'add'; the test has mul, sub")
    assert FakeHost().run(call).failure.message.endswith("the test has none")


def test_a_tool_that_says_that_it_failed_answers() -> None:
    def run(cx: rak.Context, input: str) -> None:
        response = cx.tools.call("add", SUM)
        assert response == FunctionResponse("call-1", "add", {"error": ["overflow"]}, failed=True)

    FakeHost(tools={"add": lambda args: Failed({"error": ("overflow",)})}).run(run)


@pytest.mark.parametrize("run", [call, start])
def test_a_call_that_fails_is_its_failure(run: Callable[[rak.Context, str], Any]) -> None:
    def down(args: Any) -> Any:
        raise Failure.unavailable("no server")

    for tool in (down, lambda args: Failure.unavailable("no server")):
        failure = FakeHost(tools={"add": tool}).run(run).failure
        assert (failure.kind, failure.message) == (FailureKind.UNAVAILABLE, "no server")


def test_a_tool_that_takes_too_long_is_too_late() -> None:
    def run(cx: rak.Context, timeout: float) -> Any:
        return cx.tools.call("add", SUM, timeout=timeout).response

    late = FakeHost(tools={"add": SLOW}).run(run, "2")
    assert (late.failure.kind, late.failure.code, late.slept) == (FailureKind.DEADLINE_EXCEEDED, None, 2)
    assert FakeHost(tools={"add": SLOW}).run(run, "9").answer == "3"


def test_tools_children_and_timers_are_waited_for_together() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        with cx.tools.start("add", SUM) as sum, cx.agents.start("a", "hi") as child, cx.timer(5) as timer:
            assert cx.wait_any([sum, child, timer]) == [1]
            assert cx.wait_any([sum, timer]) == [1]
            sum.block()
            assert sum.ready()
            return [sum.finish().response, child.finish().text]

    run_ = FakeHost(tools={"add": SLOW}, agents={"a": lambda input: input.text}).run(run)
    assert (run_.answer, run_.slept) == ('[3,"hi"]', 9)


def test_all_are_called_at_once_and_a_failure_is_in_its_place() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        calls: list[FunctionCall | tuple[str, Any]] = [("add", SUM), ("sub", SUM), FunctionCall("7", "add", {"a": 2, "b": 2})]
        ends = cx.tools.call_all(calls, timeout=DAY, idempotency_key="k", relay=True, extra=1)
        return [str(end.kind) if isinstance(end, Failure) else [end.id, end.response] for end in ends]

    run_ = FakeHost(tools={"add": SLOW}).run(run)
    assert (run_.answer, run_.slept) == ('[["call-1",3],"not-found",["7",4]]', 9)
    assert run_.tool_calls[0] == ToolCall("add", SUM, timeout=DAY, idempotency_key="k", relay=True, extra=1)


def test_a_call_that_was_given_up_says_so_each_time() -> None:
    def run(cx: rak.Context, input: str) -> None:
        running = cx.tools.start("add", SUM)
        running.cancel()
        assert running.ready()
        for _ in range(2):
            with pytest.raises(Failure) as caught:
                running.finish()
            assert (caught.value.kind, caught.value.code) == (FailureKind.FAILED, "cancelled")

    run_ = FakeHost(tools={"add": SLOW}).run(run)
    assert (run_.tool_calls[0].cancelled, run_.slept) == (True, 0)


def test_a_call_that_is_over_cannot_be_given_up() -> None:
    def run(cx: rak.Context, input: str) -> Any:
        running = cx.tools.start("add", SUM)
        running.cancel()
        assert running.finish() == running.finish()
        return running.finish().response

    run_ = FakeHost(tools={"add": add}).run(run)
    assert (run_.answer, run_.tool_calls[0].cancelled) == ("3", False)


def leaves(cx: rak.Context, input: str) -> None:
    with cx.tools.start("add", SUM) as running:
        assert not running.ready()
    with pytest.raises(ValueError, match="the Running was closed"):
        running.finish()
    cx.sleep(DAY)


def forgets(cx: rak.Context, input: str) -> None:
    cx.tools.start("add", SUM)
    cx.sleep(DAY)


def ends(cx: rak.Context, input: str) -> bool:
    return cx.tools.start("add", SUM).ready()


@pytest.mark.parametrize("run", [leaves, forgets, ends])
def test_a_call_ends_with_its_block_its_name_or_its_run(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(tools={"add": SLOW}).run(run)
    assert run_.outcome
    assert run_.tool_calls[0].cancelled


@pytest.mark.parametrize("run", [call, start])
def test_a_person_decides_on_a_tool_that_needs_it(run: Callable[[rak.Context, str], Any]) -> None:
    tools = {"add": FakeTool(add, hints=CAREFUL)}
    approved = FakeHost(tools=tools, people=[Decision(True)]).run(run)
    assert (approved.answer, approved.asked) == ("3", [Approval("Call add?", SUM, expires=DAY)])
    edited = FakeHost(tools=tools, people=[Decision(True, edited={"a": 2, "b": 2})]).run(run)
    assert (edited.answer, edited.tool_calls) == ("4", [ToolCall("add", SUM)])
    rejected = FakeHost(tools=tools, people=[Decision(False, reason="too much")]).run(run).failure
    assert (rejected.kind, rejected.code) == (FailureKind.DENIED, "rejected")
    assert rejected.message == "a person did not approve the call of add: too much"


@pytest.mark.parametrize("run", [call, start])
def test_a_call_that_nobody_approves_expires(run: Callable[[rak.Context, str], Any]) -> None:
    for people in ([None], []):
        run_ = FakeHost(tools={"add": FakeTool(add, hints=CAREFUL)}, people=people).run(run)
        assert (run_.failure.is_expired(), run_.slept) == (True, DAY)


def test_an_answer_to_a_question_approves_nothing() -> None:
    host = FakeHost(tools={"add": FakeTool(add, hints=CAREFUL)}, people=[Reply(4)])
    with pytest.raises(AssertionError, match=r"'Call add\?' is to be approved, where `people` has Reply\(answer=4\)"):
        host.run(call)


@pytest.mark.parametrize("run", [call, start])
def test_a_run_ends_while_it_waits_for_a_tool_and_the_call_with_it(run: Callable[[rak.Context, str], Any]) -> None:
    cancelled = FakeHost(tools={"add": SLOW}, cancel_after=5).run(run)
    assert (cancelled.failure.kind, cancelled.failure.code, cancelled.slept) == (FailureKind.CANCELLED, None, 5)
    late = FakeHost(tools={"add": SLOW}, deadline=7).run(run)
    assert (late.failure.kind, late.slept) == (FailureKind.DEADLINE_EXCEEDED, 7)
    assert cancelled.tool_calls[0].cancelled and late.tool_calls[0].cancelled


def test_nothing_is_called_once_the_run_is_being_cancelled() -> None:
    def all_at_once(cx: rak.Context, input: str) -> None:
        first, _ = cx.tools.call_all([("add", SUM), ("add", SUM)])
        assert isinstance(first, Failure)
        raise first

    runs: list[Callable[[rak.Context, str], Any]] = [call, start, all_at_once, lambda cx, _: cx.tools.available()]
    for run in runs:
        run_ = FakeHost(tools={"add": add}, cancel_after_calls=0).run(run)
        assert (run_.failure.kind, run_.tool_calls) == (FailureKind.CANCELLED, [])


def test_what_a_test_does_wrong_is_not_a_failure_of_the_tool() -> None:
    with pytest.raises(KeyError):
        FakeHost(tools={"add": add}).run(lambda cx, _: cx.tools.call("add", {}))
