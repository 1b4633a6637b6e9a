from rak import FailureKind
from rak.testing import FakeHost

from agent import run


def test_greets_and_counts() -> None:
    run_ = FakeHost(state={"user:greetings": 2}).run(run, "Ada")
    assert run_.answer == "Hello, Ada! That makes 3."
    assert run_.state["user:greetings"] == 3
    assert run_.slept == 1


def test_says_what_to_send() -> None:
    assert FakeHost().run(run, " ").failure.kind == FailureKind.INVALID_ARGUMENT
