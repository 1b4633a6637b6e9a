from summary import Message, Summary


def summary_of(*texts: str) -> Summary:
    summary = Summary()
    for text in texts:
        summary.add(Message("user", text))
    return summary


def test_words_of_any_script_are_significant() -> None:
    assert summary_of("Größe größe don’t well-being Москва 2026").topics() == [
        ("größe", 2),
        ("well-being", 1),
        ("москва", 1),
    ]


def test_short_and_common_words_are_not() -> None:
    assert summary_of("It's what the cat would do, THERE and then").topics() == []


def test_the_newest_of_the_longest_is_named() -> None:
    longest = summary_of("newest one", "oldest one", "x").longest
    assert longest is not None and longest.text == "newest one"


def test_words_beyond_counting_forget_the_rarest() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"word{a}{b}{c}{d}" for a in letters for b in letters for c in letters for d in "xyz"]
    summary = summary_of("garden " * 9, " ".join(words[:20_000]), " ".join(words[20_000:]))
    assert summary.topics(1) == [("garden", 9)]
    assert len(summary.topics(100_000)) <= 20_000
