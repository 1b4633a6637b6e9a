"""Calling other agents, and the agents of the fake host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import rak
from rak import AgentReply, Content, Failure, FailureKind, Outcome
from rak.testing import AgentCall, FakeAgent, FakeHost

HOUR = 3600.0


def shout(input: Content) -> str:
    return input.text.upper()


def fails(input: Content) -> str:
    raise Failure.unavailable("asleep", retry_after=2)


SLOW = FakeAgent(shout, takes=9)


def call(cx: rak.Context, input: str) -> str:
    return cx.agents.call("shout", input).text


def start(cx: rak.Context, input: str) -> str:
    return cx.agents.start("shout", input).finish().text


@pytest.mark.parametrize("run", [call, start])
def test_a_child_answers(run: Callable[[rak.Context, str], str]) -> None:
    run_ = FakeHost(agents={"shout": shout}).run(run, "hi")
    assert run_.answer == "HI"
    assert run_.agent_calls == [AgentCall("shout", Content.user("hi"))]
    assert FakeHost(agents={"shout": SLOW}).run(run, "hi").slept == 9


@dataclass
class Sum:
    a: int
    b: int


@pytest.mark.parametrize(
    ("input", "text"),
    [("hi", "hi"), (Content.user("a", "b"), "ab"), (Sum(1, 2), '{"a":1,"b":2}'), ([1], "[1]"), (5, "5"), (None, "null")],
)
def test_an_input_is_a_text_a_content_or_json(input: Any, text: str) -> None:
    host = FakeHost(agents={"echo": lambda said: said.text})
    assert host.run(lambda cx, _: cx.agents.call("echo", input).text).answer == text


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("hi", AgentReply("test-child-1", Content.model("hi"))),
        (Content.model("a"), AgentReply("test-child-1", Content.model("a"))),
        ({"n": (1,)}, AgentReply("test-child-1", Content.model('{"n":[1]}'))),
        (None, AgentReply("test-child-1")),
        (
            Outcome(escalate=True, transfer_to="billing", extra=(1,)),
            AgentReply("test-child-1", None, escalate=True, transfer_to="billing", extra=[1]),
        ),
    ],
)
def test_a_reply_has_everything(answer: Any, reply: AgentReply) -> None:
    replies: list[AgentReply] = []
    FakeHost(agents={"a": lambda _: answer}).run(lambda cx, _: replies.append(cx.agents.call("a", "x")))
    assert replies == [reply]
    assert replies[0].text == (reply.content.text if reply.content else "")


def test_a_child_can_be_an_agent_in_earnest() -> None:
    @rak.agent
    def doubles(cx: rak.Context, number: int) -> int:
        return number * 2

    def sleeps(cx: rak.Context, seconds: float) -> None:
        cx.sleep(seconds)

    host = FakeHost(
        agents={
            "doubles": lambda input: FakeHost().run(doubles, input),
            "sleeps": lambda input: FakeHost().run(sleeps, input),
        }
    )
    assert host.run(lambda cx, _: cx.agents.call("sleeps", 9).text).slept == 9
    assert host.run(lambda cx, _: cx.agents.call("doubles", 4).text).answer == "8"
    assert host.run(lambda cx, _: cx.agents.call("doubles", "x")).failure.kind == FailureKind.INVALID_ARGUMENT


def test_what_a_child_emitted_last_is_its_answer_where_it_has_no_other() -> None:
    def says(cx: rak.Context, input: str) -> None:
        cx.events.content("a")
        cx.events.content("b")

    host = FakeHost(agents={"says": lambda input: FakeHost().run(says, input)})
    assert host.run(lambda cx, _: cx.agents.call("says").text).answer == "b"


def test_what_is_said_with_a_call_is_kept() -> None:
    def run(cx: rak.Context, input: str) -> None:
        said = Content.user("a")
        cx.agents.call("a", said, session="s", timeout=0.0001, relay=True, extra=(1,))
        said.parts.clear()
        cx.agents.start("a", "b", detached=True)

    assert FakeHost(agents={"a": shout}).run(run).agent_calls == [
        AgentCall("a", Content.user("a"), session="s", timeout=0.001, relay=True, extra=[1]),
        AgentCall("a", Content.user("b"), detached=True),
    ]


def test_the_agents_that_may_be_called_are_listed_by_name() -> None:
    listed: list[rak.AgentSummary] = []
    described = FakeAgent(shout, "Shouts.", "2.0.0", input_schema={"type": "string"}, extra=(1,))
    FakeHost(agents={"b": described, "a": shout}).run(lambda cx, _: listed.extend(cx.agents.available()))
    assert listed == [
        rak.AgentSummary("a", "", "1.0.0"),
        rak.AgentSummary("b", "Shouts.", "2.0.0", {"type": "string"}, [1]),
    ]


def test_who_is_not_there_cannot_be_called() -> None:
    for run in (call, start):
        failure = FakeHost(agents={"b": shout, "a": shout}).run(run).failure
        assert (failure.kind, failure.message) == (FailureKind.NOT_FOUND, "no agent is called 'shout'; the test has a, b")
    assert FakeHost().run(call).failure.message.endswith("the test has none")


@pytest.mark.parametrize("run", [call, start])
def test_a_child_that_fails_is_its_failure(run: Callable[[rak.Context, str], str]) -> None:
    failure = FakeHost(agents={"shout": fails}).run(run).failure
    assert (failure.kind, failure.message, failure.retry_after) == (FailureKind.UNAVAILABLE, "asleep", 2)


@pytest.mark.parametrize("how", [rak.Agents.call, lambda *of, **says: rak.Agents.start(*of, **says).finish()])
def test_a_child_that_takes_too_long_has_timed_out(how: Callable[..., AgentReply]) -> None:
    run = FakeHost(agents={"slow": SLOW}).run(lambda cx, _: how(cx.agents, "slow", "x", timeout=2).text)
    assert (run.failure.kind, run.failure.code, run.slept) == (FailureKind.DEADLINE_EXCEEDED, "timed_out", 2)
    assert run.failure.details == {"invocationId": "test-child-1"}
    assert not run.agent_calls[0].cancelled
    in_time = FakeHost(agents={"slow": SLOW}).run(lambda cx, _: how(cx.agents, "slow", "x", timeout=9).text)
    assert in_time.answer == "X"


def test_children_and_timers_are_waited_for_together() -> None:
    def run(cx: rak.Context, input: str) -> str:
        slow, quick, timer = cx.agents.start("slow", "a"), cx.agents.start("quick", "b"), cx.timer(5)
        assert (slow.ready(), quick.ready()) == (False, True)
        assert cx.wait_any([slow, quick, timer]) == [1]
        assert cx.wait_any([slow, timer]) == [1]
        slow.block()
        assert slow.ready()
        return slow.finish().text + quick.finish().text

    run_ = FakeHost(agents={"slow": SLOW, "quick": shout}).run(run)
    assert (run_.answer, run_.slept) == ("AB", 9)


def test_children_work_at_the_same_time() -> None:
    def run(cx: rak.Context, input: str) -> str:
        children = [cx.agents.start("slow", text) for text in "abc"]
        return "".join(child.finish().text for child in children)

    run_ = FakeHost(agents={"slow": SLOW}).run(run)
    assert (run_.answer, run_.slept) == ("ABC", 9)


def test_all_are_called_at_once_and_a_failure_is_in_its_place() -> None:
    def run(cx: rak.Context, input: str) -> list[str]:
        calls = [("slow", "a"), ("fails", "b"), ("nobody", "c"), ("slow", {"d": 1})]
        ends = cx.agents.call_all(calls, timeout=HOUR, relay=True)
        return [str(end.kind) if isinstance(end, Failure) else end.text for end in ends]

    run_ = FakeHost(agents={"slow": SLOW, "fails": fails}).run(run)
    assert (run_.answer, run_.slept) == ('["A","unavailable","not-found","{\\"D\\":1}"]', 9)
    assert [(made.timeout, made.relay) for made in run_.agent_calls] == [(HOUR, True)] * 3


def test_a_cancelled_child_says_so_each_time() -> None:
    def run(cx: rak.Context, input: str) -> None:
        child = cx.agents.start("slow")
        child.cancel()
        assert child.ready()
        child.cancel()
        for _ in range(2):
            with pytest.raises(Failure) as caught:
                child.finish()
            assert (caught.value.kind, caught.value.code) == (FailureKind.FAILED, "cancelled")
            assert caught.value.details == {"invocationId": child.invocation_id}

    run_ = FakeHost(agents={"slow": SLOW}).run(run)
    assert (run_.agent_calls[0].cancelled, run_.slept) == (True, 0)


def test_a_child_that_is_over_cannot_be_cancelled() -> None:
    def run(cx: rak.Context, input: str) -> str:
        child = cx.agents.start("shout", "a")
        child.cancel()
        assert child.finish() == child.finish()
        return child.finish().text

    run_ = FakeHost(agents={"shout": shout}).run(run)
    assert (run_.answer, run_.agent_calls[0].cancelled) == ("A", False)


def leaves(cx: rak.Context, detached: bool) -> None:
    with cx.agents.start("slow", detached=detached) as child:
        assert not child.ready()
    with pytest.raises(ValueError, match="the Child was closed"):
        child.finish()
    with pytest.raises(ValueError, match="the Child was closed"):
        cx.wait_any([child])
    cx.sleep(HOUR)


def forgets(cx: rak.Context, detached: bool) -> None:
    cx.agents.start("slow", detached=detached)
    cx.sleep(HOUR)


def ends(cx: rak.Context, detached: bool) -> str:
    return cx.agents.start("slow", detached=detached).invocation_id


@pytest.mark.parametrize("run", [leaves, forgets, ends])
def test_a_child_ends_with_its_block_its_name_or_its_run_unless_it_is_detached(
    run: Callable[[rak.Context, bool], Any],
) -> None:
    for detached in (False, True):
        run_ = FakeHost(agents={"slow": SLOW}).run(lambda cx, _: run(cx, detached))
        assert run_.outcome
        assert run_.agent_calls[0].cancelled is not detached


@pytest.mark.parametrize("run", [call, start])
def test_a_run_ends_while_it_waits_for_a_child_and_the_child_with_it(run: Callable[[rak.Context, str], str]) -> None:
    agents = {"shout": SLOW}
    cancelled = FakeHost(agents=agents, cancel_after=5).run(run)
    assert (cancelled.failure.kind, cancelled.failure.code, cancelled.slept) == (FailureKind.CANCELLED, None, 5)
    late = FakeHost(agents=agents, deadline=7).run(run)
    assert (late.failure.kind, late.failure.code, late.slept) == (FailureKind.DEADLINE_EXCEEDED, None, 7)
    assert cancelled.agent_calls[0].cancelled and late.agent_calls[0].cancelled


def test_nobody_is_called_once_the_run_is_being_cancelled() -> None:
    runs: list[Callable[[rak.Context, str], Any]] = [call, start, lambda cx, _: cx.agents.available()]
    for run in runs:
        run_ = FakeHost(agents={"shout": shout}, cancel_after_calls=0).run(run)
        assert (run_.failure.kind, run_.agent_calls) == (FailureKind.CANCELLED, [])


def test_what_is_asked_of_a_child_is_a_call_to_the_host() -> None:
    host = FakeHost(agents={"shout": shout}, cancel_after_calls=2)
    assert host.run(start, "hi").answer == "HI"
    again = host.run(lambda cx, _: [child := cx.agents.start("shout"), child.invocation_id, child.finish()])
    assert again.failure.kind == FailureKind.CANCELLED


def test_what_a_test_does_wrong_is_not_a_failure_of_the_child() -> None:
    with pytest.raises(ZeroDivisionError):
        FakeHost(agents={"shout": lambda _: 1 // 0}).run(call)
    with pytest.raises(TypeError, match="a set is not JSON"):
        FakeHost(agents={"shout": shout}).run(lambda cx, _: cx.agents.call("shout", {1}))
