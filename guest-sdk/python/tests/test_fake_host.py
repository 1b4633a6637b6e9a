"""The fake host behaves like the contract says a host does."""

from typing import Any

import pytest

import rak
from rak.testing import FakeHost, LogLine


def test_info_and_config_are_what_was_given() -> None:
    def run(cx: rak.Context, input: str) -> list[Any]:
        info = cx.info
        return [cx.config("greeting"), cx.config("absent", 5), cx.config_keys(), info.user_id, info.session_id]

    host = FakeHost(user="ada", session="s1", config={"n": (1, 2), "greeting": "hi"})
    assert host.run(run).answer == '["hi",5,["greeting","n"],"ada","s1"]'
    info = rak.Info("i", "s", "u", "a", "v", attempt=2)
    assert FakeHost(info=info).run(lambda cx, input: str(cx.info.attempt)).answer == "2"


def test_emit_answers_with_the_newest_stored_event() -> None:
    def run(cx: rak.Context, input: str) -> None:
        events = cx.events
        events.text_delta("a")
        events.thought_delta("b")
        events.progress("c", 1, 2)
        assert events.emit([]) == 0
        assert events.content("d") == 1
        assert events.other("e", 1) == 2
        assert events.emit([rak.TextDelta("f")]) == 2

    run_ = FakeHost().run(run)
    assert run_.outcome == rak.Outcome()
    assert (run_.answer, len(run_.events), run_.text_deltas) == ("", 6, ["a", "f"])
    assert (run_.contents, run_.progress) == ([rak.Content.model("d")], [rak.Progress("c", 1, 2)])


def test_history_pages_go_back_in_time() -> None:
    def run(cx: rak.Context, input: str) -> str:
        assert len(cx.session.history(9, before=3).entries) == 2
        pages = cx.session.pages(2)
        return " ".join("".join(entry.content.text for entry in page.entries) for page in pages)

    assert FakeHost(history=[("user", str(n)) for n in range(1, 6)]).run(run).answer == "45 23 1"
    assert FakeHost().run(lambda cx, input: [len(page.entries) for page in cx.session.pages()]).answer == "[0]"


def test_history_has_roles_and_times() -> None:
    host = FakeHost(history=[("user", "a"), ("bot", "b"), ("bot", rak.Content("system", []))])
    run = host.run(
        lambda cx, input: [
            [entry.seq, entry.author, entry.content.role, entry.at.timestamp()]
            for entry in cx.session.history(0).entries + cx.session.history(5000).entries
        ]
    )
    assert run.answer == '[[3,"bot","system",3.0],[1,"user","user",1.0],[2,"bot","model",2.0],[3,"bot","system",3.0]]'


def test_changes_are_seen_at_once_and_stored_at_the_end() -> None:
    def run(cx: rak.Context, input: str) -> None:
        session = cx.session
        session.set("user:n", 2)
        session.set("gone", None)
        session.set("temp:scratch", True)
        session.remove("never-there")
        assert (session.get("user:n"), session.get("gone"), session.get("gone", 0)) == (2, None, 0)
        assert session.get("temp:scratch") is True
        assert session.keys() == ["kept", "temp:scratch", "user:n"]
        assert session.keys("user:") == ["user:n"]
        session.get("kept").append("not at the host")
        assert session.get("kept") == ["x"]

    run_ = FakeHost(state={"gone": 1, "user:n": 1, "kept": ("x",), "never": None}).run(run)
    assert run_.state == {"kept": ["x"], "user:n": 2}
    assert run_.changes == {"user:n": 2, "gone": None, "never-there": None}


def test_a_failed_run_keeps_what_its_last_stored_event_stored() -> None:
    def run(cx: rak.Context, input: str) -> None:
        cx.session.set("before", 1)
        cx.events.text_delta("not stored")
        cx.events.content("stored")
        cx.session.set("after", 1)
        raise rak.Failure.failed("oh")

    run_ = FakeHost().run(run)
    assert (run_.changes, run_.failure.message) == ({"before": 1}, "oh")
    with pytest.raises(AssertionError, match="the agent failed: failed: oh"):
        run_.answer


def test_the_next_turn_finds_the_state_of_the_last() -> None:
    def run(cx: rak.Context, input: str) -> str:
        turn = cx.session.get("turn", 0) + 1
        cx.session.set("turn", turn)
        return str(turn)

    host = FakeHost()
    first = host.run(run)
    second = host.after(first).run(run)
    assert (first.answer, second.answer) == ("1", "2")
    with pytest.raises(AssertionError, match="did not fail"):
        first.failure


def test_cancelled_after_some_calls() -> None:
    def run(cx: rak.Context, input: str) -> None:
        while True:
            cx.events.content("tick")
            cx.sleep(1)

    run_ = FakeHost(cancel_after_calls=4).run(run)
    assert (run_.failure.kind, len(run_.events), run_.slept) == (rak.FailureKind.CANCELLED, 2, 2)
    at_once = FakeHost(cancel_after_calls=0).run(lambda cx, input: cx.check_cancelled())
    assert at_once.failure.kind == rak.FailureKind.CANCELLED


def test_a_cancelled_wait_returns_at_once() -> None:
    def run(cx: rak.Context, input: str) -> None:
        timer = cx.timer(9)
        timer.block()
        assert cx.is_cancelled() and not timer.ready()
        assert cx.wait_any([timer]) == []
        cx.sleep(1)

    assert FakeHost(cancel_after=3).run(run).slept == 3


def test_a_deadline_ends_waits_and_refuses_calls() -> None:
    def run(cx: rak.Context, input: str) -> None:
        assert cx.remaining() == 2
        cx.sleep(1)
        assert cx.remaining() == 1
        cx.sleep(9)
        cx.events.text_delta("late")

    run_ = FakeHost(deadline=2).run(run)
    assert (run_.failure.kind, run_.slept) == (rak.FailureKind.DEADLINE_EXCEEDED, 2)
    assert FakeHost().run(lambda cx, input: cx.remaining()).outcome.content is None


def test_wait_any_answers_with_all_that_are_ready() -> None:
    def run(cx: rak.Context, input: str) -> None:
        a, b, c = (cx.timer(seconds) for seconds in (3, 1, 3))
        assert cx.wait_any([a, b, c], timeout=0) == []
        assert cx.wait_any([a, b, c]) == [1]
        assert cx.wait_any([a, c], timeout=1) == []
        assert cx.wait_any([a, c], timeout=9) == [0, 2 - 1]
        assert cx.wait_any([]) == []
        assert cx.wait_any([], timeout=1) == []
        with a:
            assert a.ready()
        with pytest.raises(ValueError, match="closed"):
            a.ready()

    assert FakeHost().run(run).slept == 4


def test_waits_are_never_shorter_than_asked_for() -> None:
    def run(cx: rak.Context, input: float) -> None:
        cx.sleep(input)

    for seconds, slept in [("0", 0), ("0.07", 0.07), ("0.0001", 0.001), ("1e300", (2**64 - 1) / 1000)]:
        assert FakeHost().run(run, seconds).slept == slept
    with pytest.raises(ValueError, match="-1.0 is not a number of seconds"):
        FakeHost().run(run, "-1")


def test_log_lines_are_kept() -> None:
    def run(cx: rak.Context, input: str) -> None:
        cx.log.trace("a")
        cx.log.debug("b")
        cx.log.info("c", k=1, message="m")
        cx.log.warning("d")
        cx.log.severe("e")

    logs = FakeHost().run(run).logs
    assert [line.level for line in logs] == list(rak.Level)
    assert logs[2] == LogLine(rak.Level.INFO, "c", {"k": "1", "message": "m"})


def test_what_nothing_catches_is_the_tests_own() -> None:
    with pytest.raises(ZeroDivisionError):
        FakeHost().run(lambda cx, input: 1 // 0)
