"""Asking people, and the people of the fake host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

import rak
from rak import Decision, FailureKind
from rak.testing import Approval, FakeHost, Question, Reply

HOUR = 3600.0


@dataclass
class Size:
    chest: int
    unit: Literal["cm", "in"] = "cm"


def approve(cx: rak.Context, input: str) -> dict[str, Any]:
    decision = cx.people.approve("Buy?", {"price": 4}, expires=HOUR)
    return {"approved": decision.approved, "by": decision.by, "reason": decision.reason, "edited": decision.edited}


def ask(cx: rak.Context, input: str) -> str:
    return str(cx.people.ask("How many?", {"type": "integer"}))


def listen(cx: rak.Context, input: str) -> str:
    said = cx.people.next_message()
    return said.text if said else "none"


@pytest.mark.parametrize(
    ("decision", "answer"),
    [
        (Decision(True), '{"approved":true,"by":null,"reason":null,"edited":null}'),
        (Decision(False, by="ada", reason="too dear"), '{"approved":false,"by":"ada","reason":"too dear","edited":null}'),
        (Decision(True, edited=(Size(3),)), '{"approved":true,"by":null,"reason":null,"edited":[{"chest":3,"unit":"cm"}]}'),
    ],
)
def test_a_decision_is_what_somebody_decided(decision: Decision, answer: str) -> None:
    assert FakeHost(people=[decision]).run(approve).answer == answer


def test_an_answer_is_json_and_a_copy() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        first = cx.people.ask("Which?", True)
        first["sizes"].append(2)
        return [first, cx.people.ask("Which?", True)]

    reply = Reply({"sizes": (1,)})
    assert FakeHost(people=[reply, reply]).run(run).answer == '[{"sizes":[1,2]},{"sizes":[1]}]'


def test_an_answer_becomes_what_the_agent_wants_of_it() -> None:
    def run(cx: rak.Context, input: str) -> str:
        size = cx.people.ask("Which size?", {}, into=Size)
        colours = cx.people.ask("Which colours?", {}, into=list[str])
        many = cx.people.ask("How many?", {}, into=int | None)
        return f"{size.chest} {size.unit} {'/'.join(colours)} {many}"

    host = FakeHost(people=[Reply({"chest": 96}), Reply(["red", "blue"]), Reply(None)])
    assert host.run(run).answer == "96 cm red/blue None"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"chest": "wide"}, "it.chest is not a whole number"),
        ({"chest": 9, "unit": "ft"}, 'it.unit is none of "cm", "in"'),
        (4, "it is not an object"),
    ],
)
def test_an_answer_of_another_shape_is_a_failure(answer: Any, problem: str) -> None:
    failure = FakeHost(people=[Reply(answer)]).run(lambda cx, input: cx.people.ask("Which?", {}, into=Size)).failure
    assert (failure.kind, failure.message) == (FailureKind.FAILED, f"the answer to `Which?` has another shape: {problem}")


def test_what_no_answer_can_become_is_not_asked_for() -> None:
    with pytest.raises(TypeError, match="cannot take <class 'bytes'>"):
        FakeHost().run(lambda cx, input: cx.people.ask("Which?", {}, into=bytes))


def test_what_people_were_asked_is_kept() -> None:
    def run(cx: rak.Context, input: str) -> None:
        details = {"price": 4}
        cx.people.approve("Buy?", details, expires=0.0001)
        details["price"] = 5
        cx.people.ask("How many?", {"type": "integer"})
        cx.people.approve("Go on?")

    assert FakeHost(people=[Decision(True), Reply(None), Decision(True)]).run(run).asked == [
        Approval("Buy?", {"price": 4}, expires=0.001),
        Question("How many?", {"type": "integer"}),
        Approval("Go on?"),
    ]


def test_a_question_that_nobody_answers_expires_and_the_next_may_be_answered() -> None:
    def run(cx: rak.Context, input: str) -> dict[str, Any]:
        try:
            return approve(cx, input)
        except rak.Failure as failure:
            assert failure.is_expired()
            return approve(cx, input)

    run_ = FakeHost(people=[None, Decision(True, by="the boss")]).run(run)
    assert run_.answer == '{"approved":true,"by":"the boss","reason":null,"edited":null}'
    assert run_.slept == HOUR
    failure = FakeHost().run(approve).failure
    assert (failure.kind, failure.code, failure.is_expired()) == (FailureKind.DEADLINE_EXCEEDED, "expired", True)


@pytest.mark.parametrize("run", [approve, ask, listen])
def test_a_run_ends_while_it_waits_for_a_person(run: Callable[[rak.Context, str], Any]) -> None:
    cancelled = FakeHost(cancel_after=5).run(run)
    assert (cancelled.failure.kind, cancelled.slept) == (FailureKind.CANCELLED, 5)
    late = FakeHost(deadline=7).run(run)
    assert (late.failure.kind, late.slept) == (FailureKind.DEADLINE_EXCEEDED, 7)
    assert not late.failure.is_expired()


@pytest.mark.parametrize("run", [approve, ask, listen])
def test_nobody_is_asked_once_the_run_is_being_cancelled(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(people=[Decision(True)], messages=["hi"], cancel_after_calls=0).run(run)
    assert (run_.failure.kind, run_.asked) == (FailureKind.CANCELLED, [])


def test_asking_is_a_call_to_the_host() -> None:
    def run(cx: rak.Context, input: str) -> None:
        approve(cx, input)
        ask(cx, input)

    run_ = FakeHost(people=[Decision(True), Reply(4)], cancel_after_calls=1).run(run)
    assert (run_.failure.kind, len(run_.asked)) == (FailureKind.CANCELLED, 1)


@pytest.mark.parametrize(
    ("people", "run", "problem"),
    [
        ([], ask, r"nobody answers 'How many\?', which does not expire"),
        ([None], ask, r"nobody answers 'How many\?'"),
        ([Decision(True)], ask, r"asks 'How many\?', where `people` has Decision\(approved=True"),
        ([Reply(4)], approve, r"wants 'Buy\?' approved, where `people` has Reply\(answer=4\)"),
        ([], listen, "waits without end for a message"),
    ],
)
def test_a_test_that_does_not_say_who_answers_fails(
    people: list[Decision | Reply | None], run: Callable[[rak.Context, str], Any], problem: str
) -> None:
    with pytest.raises(AssertionError, match=problem):
        FakeHost(people=people).run(run)


def test_messages_come_in_the_order_in_which_they_were_sent() -> None:
    def run(cx: rak.Context, input: str) -> str:
        next_message = cx.people.next_message
        said = [next_message(0), next_message(), next_message(timeout=0), next_message(HOUR)]
        return ", ".join(message.text if message else "none" for message in said)

    run_ = FakeHost(messages=["stop", rak.Content.user("no, ", "go on")]).run(run)
    assert (run_.answer, run_.slept) == ("stop, no, go on, none, none", HOUR)


def test_what_json_cannot_say_is_nothing_to_ask_about() -> None:
    with pytest.raises(TypeError, match="a set is not JSON"):
        FakeHost().run(lambda cx, input: cx.people.approve("Buy?", {1}))
    with pytest.raises(TypeError, match="a set is not JSON"):
        FakeHost().run(lambda cx, input: cx.people.ask("Which?", {1}))
