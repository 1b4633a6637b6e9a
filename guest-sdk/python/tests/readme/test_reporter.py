from rak import HttpRequest
from rak.testing import FakeHost, FakeResponse

from reporter import API, run

ISSUES = [{"title": "slow", "votes": 2}, {"title": "crash", "votes": 9, "open": True}]


def test_reports_the_worst() -> None:
    votes: list[HttpRequest] = []
    log = FakeResponse(pieces=["all well\ncra", "sh at noon\n"], takes=60)
    host = FakeHost(http={f"{API}/x/issues": ISSUES, f"POST {API}/x/votes": votes.append, f"{API}/x/log": log})
    run_ = host.run(run, "x")
    assert (run_.answer, run_.text_deltas) == ("crash", ["crash at noon\n"])
    assert votes[0].json() == {"title": "crash", "votes": 9}
    assert run_.http_calls[0].request == HttpRequest(f"{API}/x/issues", credential="tracker", timeout=10)


def test_says_that_there_is_no_such_project() -> None:
    run_ = FakeHost(http={f"{API}/*": FakeResponse("try x", status=404)}).run(run, "y")
    assert run_.failure.message == "there is no project y: try x"
