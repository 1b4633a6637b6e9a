from rak import Content, FailureKind, TextDelta, Thought
from rak.testing import FakeHost

from agent import PAGE, run

TALK = [
    ("user", "The garden needs water."),
    ("planner", "Then water the garden every morning, before the sun is on the roses."),
    ("user", "Roses want water too."),
]


def test_says_who_said_how_much_about_what() -> None:
    answer = FakeHost(history=TALK).run(run, "recap").answer
    assert answer == (
        "3 messages by 2 speakers, 21 words in all.\n"
        "- planner: 1 message, 13 words\n"
        "- user: 2 messages, 8 words\n"
        "Mostly about: water (3), garden (2), roses (2), morning (1), needs (1).\n"
        "The longest is by planner, of 13 words: “Then water the garden every morning, before the sun is on the roses.”"
    )


def test_streams_the_report_after_the_progress() -> None:
    run_ = FakeHost(history=TALK).run(run, " Recap ")
    assert [(report.message, report.done, report.total) for report in run_.progress] == [("3 messages read", 3, None)]
    assert isinstance(run_.events[-1], TextDelta)
    assert "".join(run_.text_deltas) == run_.answer


def test_a_number_asks_for_the_newest() -> None:
    run_ = FakeHost(history=TALK).run(run, "recap 1")
    assert run_.answer.startswith("1 message by 1 speaker, 4 words in all.\n- user: 1 message")
    assert [report.total for report in run_.progress] == [1]


def test_reads_page_by_page_and_no_more_than_needed() -> None:
    host = FakeHost(history=[("user", f"message {n}") for n in range(3 * PAGE)])
    everything = host.run(run, "recap")
    assert [report.done for report in everything.progress] == [PAGE, 2 * PAGE, 3 * PAGE]
    some = host.run(run, f"recap {PAGE + 1}")
    assert [report.done for report in some.progress] == [PAGE, PAGE + 1]


def test_neither_its_own_words_nor_what_asks_for_them_count() -> None:
    thought = Content.user(Thought("hm"))
    history: list[tuple[str, str | Content]] = [*TALK, ("test-agent", "a recap"), ("user", "recap 3"), ("user", thought)]
    assert FakeHost(history=history).run(run, "recap").answer.startswith("3 messages")


def test_a_long_message_is_cut_between_words() -> None:
    answer = FakeHost(history=[("user", "one two\n" * 50)]).run(run, "recap").answer
    assert answer.endswith("two one two …”") and answer.count("\n") == 2
    assert FakeHost(history=[("user", "x" * 500)]).run(run, "recap").answer.endswith("x …”")


def test_says_when_there_is_nothing() -> None:
    assert FakeHost().run(run, "recap").answer == "There is nothing to recap yet."


def test_anything_else_is_a_note() -> None:
    for note in ["Recap of the meeting: none.", "one two three four five"]:
        assert FakeHost().run(run, note).answer.startswith("Noted: 5 words.")


def test_says_what_to_send() -> None:
    for bad in ["recap x", "recap 0", "recap -1", "recap 1.5", "recap ²", "recap " + "9" * 5000]:
        failure = FakeHost(history=TALK).run(run, bad).failure
        assert failure.kind == FailureKind.INVALID_ARGUMENT and "recap 20" in failure.message


def test_stops_at_the_next_page_when_cancelled() -> None:
    host = FakeHost(history=[("user", "hi")] * 3 * PAGE, cancel_after_calls=3)
    run_ = host.run(run, "recap")
    assert (run_.failure.kind, len(run_.progress)) == (FailureKind.CANCELLED, 1)
