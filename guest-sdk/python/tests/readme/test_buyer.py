from rak import Decision
from rak.testing import Approval, FakeHost, Reply

from buyer import DAY, run


def test_buys_what_somebody_approves() -> None:
    run_ = FakeHost(people=[Reply("M"), Decision(True)]).run(run, "shirt")
    assert run_.answer == "Bought: shirt in M."
    assert run_.asked[1] == Approval("Buy this?", {"item": "shirt", "size": "M"}, expires=DAY)


def test_buys_nothing_that_is_too_dear() -> None:
    host = FakeHost(people=[Reply("L"), Decision(False, reason="too dear")])
    assert host.run(run, "yacht").answer == "Not bought: too dear."


def test_does_not_wait_for_longer_than_a_day() -> None:
    run_ = FakeHost(people=[Reply("S")]).run(run, "shirt")  # and nobody decides
    assert run_.answer == "Nobody decided within a day."
    assert run_.slept == DAY
