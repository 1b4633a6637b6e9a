"""Asking by HTTP, and the web of the fake host."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import rak
from rak import Failure, FailureKind, Headers, HttpRequest, HttpResponse
from rak.testing import FakeHost, FakeResponse, HttpCall

URL = "https://example.com/a"
SLOW = FakeResponse(pieces=["one", "two", "three"], takes=9)
DOWN = Failure.unavailable("nobody is there")


def fetch(cx: rak.Context, input: str) -> str:
    return cx.http.get(URL).text


def streams(cx: rak.Context, input: str) -> rak.Stream:
    with cx.http.open(URL) as exchange:
        texts = []
        for text in exchange.texts():
            yield text
            texts.append(text)
        return "".join(texts)


ASKS = [fetch, streams]


def response(answer: Any, method: str = "GET") -> HttpResponse:
    """What an agent gets of an answer."""
    got: list[HttpResponse] = []
    FakeHost(http={URL: answer}).run(lambda cx, _: got.append(cx.http.fetch(URL, method)))
    return got[0]


@pytest.mark.parametrize("run", ASKS)
def test_the_web_answers(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(http={URL: "one two"}).run(run)
    assert run_.answer == "one two"
    assert run_.http_calls == [HttpCall(HttpRequest(URL))]
    assert FakeHost(http={URL: SLOW}).run(run).slept == 9


def test_everything_is_said_by_name() -> None:
    options: Any = {
        "headers": {"X-Sent": "1"},
        "credential": "c",
        "timeout": 1.5,
        "follow_redirects": False,
        "extra": (1,),
    }

    def run(cx: rak.Context, input: str) -> None:
        cx.http.fetch(URL, "OPTIONS", body=b"\0", **options)
        with cx.http.open(URL, "PUT", body="ä", **options):
            pass

    first, second = [call.request for call in FakeHost(http={URL: ""}).run(run).http_calls]
    assert first == HttpRequest(URL, method="OPTIONS", body=b"\0", **{**options, "extra": [1]})
    assert (second.method, second.body, second.text) == ("PUT", "ä".encode(), "ä")
    assert second.headers == {"x-sent": "1"}
    assert (second.credential, second.timeout) == ("c", 1.5)


def test_each_method_has_its_name() -> None:
    def run(cx: rak.Context, input: str) -> None:
        for ask in (cx.http.get, cx.http.head, cx.http.post, cx.http.put, cx.http.patch, cx.http.delete):
            ask(URL)

    run_ = FakeHost(http={URL: ""}).run(run)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    assert [call.request.method for call in run_.http_calls] == methods


@dataclass
class Point:
    x: int
    y: int = 0


def test_json_is_sent_as_such() -> None:
    sent: list[HttpRequest] = []

    def answer(request: HttpRequest) -> Any:
        sent.append(request)
        return request.json()

    def run(cx: rak.Context, input: str) -> Any:
        assert cx.http.post(URL, json=Point(1)).json(Point) == Point(1)
        return cx.http.post(URL, json=["ä"], headers=[("Content-Type", "application/x-list")]).json()

    assert FakeHost(http={f"POST {URL}": answer}).run(run).answer == '["ä"]'
    assert [request.headers["content-type"] for request in sent] == ["application/json", "application/x-list"]
    assert sent[1].body == '["ä"]'.encode()
    with pytest.raises(TypeError, match="a body or json, not both"):
        HttpRequest(URL, json=[], body="[]")


def test_an_answer_is_what_the_test_says() -> None:
    for answer, body, mime_type in [
        ("ä", "ä".encode(), "text/plain; charset=utf-8"),
        (b"\0", b"\0", "application/octet-stream"),
        ({"a": (1,)}, b'{"a":[1]}', "application/json"),
        (FakeResponse("<p>", headers={"Content-Type": "text/html"}), b"<p>", "text/html"),
        (FakeResponse(pieces=[b"a", "", "b"]), b"ab", "application/octet-stream"),
    ]:
        got = response(answer)
        assert (got.status, got.ok, got.url, got.body) == (200, True, URL, body)
        assert got.headers["CONTENT-TYPE"] == mime_type
        assert response(lambda request, answer=answer: answer) == got
    assert response(FakeResponse(status=204)) == HttpResponse(204, URL)
    moved = response(FakeResponse("no", 404, [("a", "1"), ("A", "2")], url="https://example.com/b"))
    assert (moved.ok, moved.url) == (False, "https://example.com/b")
    assert (moved.headers["a"], moved.headers.all("A")) == ("1, 2", ["1", "2"])
    assert response("text", "HEAD").body == b""


def test_the_first_place_that_fits_answers() -> None:
    answers = {
        f"POST {URL}": "posted",
        URL: "here",
        "https://example.com/*?q=*": "found",
        "GET https://example.org/*": "other",
    }
    host = FakeHost(http=answers)

    def run(cx: rak.Context, input: str) -> str:
        asked = [("POST", URL), ("GET", URL), ("GET", "https://example.com/s?q=a+b"), ("GET", "https://example.org/x/y")]
        return " ".join(cx.http.fetch(url, method).text for method, url in asked)

    assert host.run(run).answer == "posted here found other"
    denied = host.run(lambda cx, _: cx.http.get("https://example.com/as?p=a"))
    assert denied.failure.kind == FailureKind.DENIED
    assert denied.failure.message == (
        "GET https://example.com/as?p=a is not allowed; the test has POST https://example.com/a, https://example.com/a, "
        "https://example.com/*?q=*, GET https://example.org/*"
    )
    assert [call.request.url for call in denied.http_calls] == ["https://example.com/as?p=a"]
    assert "the test has none" in FakeHost().run(lambda cx, _: cx.http.open(URL)).failure.message


def test_text_is_in_the_encoding_of_its_type() -> None:
    said = "ä€"
    for charset, there in [
        ("", "utf-8"),
        ("; charset=windows-1252", "cp1252"),
        ('; Charset="UTF-8"', "utf-8"),
        ("; charset=hex", "utf-8"),
    ]:
        headers = {"content-type": f"text/plain{charset}"}
        assert response(FakeResponse(said.encode(there), headers=headers)).text == said
        pieces = [bytes([byte]) for byte in said.encode(there)]
        run = FakeHost(http={URL: FakeResponse(pieces=pieces, headers=headers)}).run(streams)
        assert run.text_deltas == ["ä", "€"]
    assert response(b"a\xff").text == "a\ufffd"
    assert FakeHost(http={URL: FakeResponse(pieces=[b"a\xe2", b"\x82"])}).run(streams).answer == "a\ufffd"


def test_lines_come_without_their_ends() -> None:
    def run(cx: rak.Context, input: str) -> list[str]:
        with cx.http.open(URL) as exchange:
            return list(exchange.lines())

    answer = FakeResponse(pieces=["data: ", "1\r", "\n\ndata", ": 2\nrest"])
    assert FakeHost(http={URL: answer}).run(run).answer == '["data: 1","","data: 2","rest"]'
    assert FakeHost(http={URL: ""}).run(run).answer == "[]"


def test_an_answer_of_another_shape_says_so() -> None:
    for body in ("oops", '{"y":1}'):
        with pytest.raises(Failure, match="the answer of https://example.com/a has another shape") as caught:
            response(body).json(Point)
        assert caught.value.code == "invalid_response"


def test_an_answer_comes_in_pieces() -> None:
    def run(cx: rak.Context, input: str) -> None:
        exchange = cx.http.open(URL)
        assert cx.wait_any([exchange, cx.timer(1)]) == [1] and not exchange.ready()
        exchange.block()
        assert cx.remaining() == 97
        assert exchange.head().status == exchange.head().status == 200
        assert not exchange.ready() or exchange.read(2) == b"on"
        assert exchange.ready()
        assert (exchange.read(), exchange.ready()) == (b"e", False)
        assert list(exchange) == [b"two", b"three"]
        assert (cx.remaining(), exchange.read(), exchange.ready()) == (91, b"", True)

    FakeHost(http={URL: SLOW}, deadline=100).run(run).outcome


@pytest.mark.parametrize("run", ASKS)
def test_a_request_that_fails_is_its_failure(run: Callable[[rak.Context, str], Any]) -> None:
    def raises(request: HttpRequest) -> str:
        raise DOWN

    for answer in (DOWN, raises, lambda request: DOWN):
        assert FakeHost(http={URL: answer}).run(run).failure is DOWN


def test_an_answer_that_is_cut_off_says_so_after_what_there_was() -> None:
    interrupted = Failure(FailureKind.UNAVAILABLE, "the host ended", code="interrupted")
    host = FakeHost(http={URL: FakeResponse(pieces=["one", interrupted])})
    run = host.run(streams)
    assert (run.text_deltas, run.failure.is_interrupted()) == (["one"], True)
    assert host.run(fetch).failure is interrupted


def test_an_answer_that_takes_too_long_is_too_late() -> None:
    def run(cx: rak.Context, input: str) -> rak.Stream:
        with cx.http.open(URL, timeout=4) as exchange:
            yield from exchange.texts()

    late = FakeHost(http={URL: SLOW}).run(run)
    assert (late.text_deltas, late.slept, late.failure.kind) == (["one"], 4, FailureKind.DEADLINE_EXCEEDED)
    none = FakeHost(http={URL: FakeResponse("a", takes=9)}).run(lambda cx, _: cx.http.open(URL, timeout=4).head())
    assert (none.slept, none.failure.kind) == (4, FailureKind.DEADLINE_EXCEEDED)
    assert FakeHost(http={URL: SLOW}).run(lambda cx, _: cx.http.get(URL, timeout=9).text).answer == "onetwothree"


def test_an_answer_that_was_given_up_says_so_each_time() -> None:
    def run(cx: rak.Context, input: str) -> None:
        exchange = cx.http.open(URL)
        assert exchange.read() == b"one"
        exchange.cancel()
        assert exchange.ready() and exchange.head().ok
        for _ in range(2):
            with pytest.raises(Failure) as caught:
                exchange.read()
            assert caught.value.code == "cancelled"

    run_ = FakeHost(http={URL: SLOW}).run(run)
    assert (run_.outcome, run_.slept, run_.http_calls[0].cancelled) == (rak.Outcome(), 3, True)


def closes(cx: rak.Context, input: str) -> None:
    with cx.http.open(URL) as exchange:
        pass
    with pytest.raises(ValueError, match="the Exchange was closed"):
        exchange.read()


def forgets(cx: rak.Context, input: str) -> None:
    cx.http.open(URL)


KEPT: list[rak.Exchange] = []


@pytest.mark.parametrize("run", [closes, forgets, lambda cx, _: KEPT.append(cx.http.open(URL))])
def test_an_answer_ends_with_its_block_its_name_or_its_run(run: Callable[[rak.Context, str], Any]) -> None:
    [call] = FakeHost(http={URL: SLOW}).run(run).http_calls
    assert call.cancelled
    KEPT.clear()


@pytest.mark.parametrize("run", ASKS)
def test_a_run_ends_while_it_waits_for_an_answer(run: Callable[[rak.Context, str], Any]) -> None:
    cancelled = FakeHost(http={URL: SLOW}, cancel_after=2).run(run)
    assert (cancelled.failure.kind, cancelled.slept) == (FailureKind.CANCELLED, 2)
    assert cancelled.http_calls[0].cancelled
    late = FakeHost(http={URL: SLOW}, deadline=2).run(run)
    assert (late.failure.kind, late.slept) == (FailureKind.DEADLINE_EXCEEDED, 2)


@pytest.mark.parametrize("run", ASKS)
def test_nothing_is_asked_once_the_run_is_being_cancelled(run: Callable[[rak.Context, str], Any]) -> None:
    run_ = FakeHost(http={URL: "a"}, cancel_after_calls=0).run(run)
    assert (run_.failure.kind, run_.http_calls) == (FailureKind.CANCELLED, [])


def test_what_was_asked_is_kept_as_it_was() -> None:
    def answer(request: HttpRequest) -> str:
        request.headers.pairs.clear()
        return "a"

    [call] = FakeHost(http={URL: answer}).run(lambda cx, _: cx.http.get(URL, headers={"a": "1"}).text).http_calls
    assert call.request.headers == {"a": "1"}
    assert (len(call.request.headers), repr(call.request.headers)) == (1, "Headers([('a', '1')])")
    assert Headers(call.request.headers) == call.request.headers
