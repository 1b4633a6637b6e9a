"""The web of a test: what it answers, and what it was asked."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from .. import document
from ..failure import Failure, FailureKind
from ..http import Headers, HttpHead, HttpRequest, HttpResponse, SomeHeaders
from ..wait import millis
from .calls import HttpCall
from .clock import Clock
from .state import as_json
from .timer import FakeTimer
from .work import FakeWork, attempt


@dataclass(frozen=True)
class FakeResponse:
    """An answer of a test, where there is more to say of it than its body."""

    body: Any = b""
    """A text, bytes, or what JSON can say. Where the headers say no type, this does."""
    status: int = 200
    """For example 404."""
    headers: SomeHeaders = field(default_factory=dict)
    """What is sent along."""
    pieces: Sequence[str | bytes | Failure] | None = None
    """The body as it comes, in place of `body`: texts or bytes. Where the last is a `Failure` the answer is cut off."""
    takes: float = 0
    """How many seconds of the fake clock it takes: the pieces come at equal intervals, the last one at the end, and the head
    with the first."""
    url: str | None = None
    """Where it came from, if that is not where it was asked for: after redirects, which the fake host does not follow."""


class FakeHttp:
    """A web that answers what the test says, and notes down what it was asked."""

    def __init__(self, answers: Mapping[str, Any], clock: Clock) -> None:
        self._answers = answers
        self._clock = clock
        self._opened: list[FakeExchange] = []
        self.calls: list[HttpCall] = []
        """What it was asked, in order."""

    def open(self, request: HttpRequest) -> FakeExchange:
        """Asks. Raises a `Failure` where the test has no answer: that is where the agent may not go."""
        call = HttpCall(_recorded(request))
        self.calls.append(call)
        exchange = FakeExchange(self._clock, self._answer(_recorded(request)), call)
        self._opened.append(exchange)
        return exchange

    def finish(self) -> None:
        """The run is over, and with it what still comes."""
        for exchange in self._opened:
            exchange.close()

    def _answer(self, request: HttpRequest) -> FakeResponse | Failure:
        asked = f"{request.method} {request.url}"
        for place, answer in self._answers.items():
            if _is_at(place, request.url) or _is_at(place, asked):
                said = attempt(lambda: answer(request)) if callable(answer) else answer
                return said if isinstance(said, FakeResponse | Failure) else FakeResponse(said)
        there = ", ".join(self._answers) or "none"
        raise Failure.denied(f"{asked} is not allowed; the test has {there}")


class FakeExchange(FakeWork[HttpResponse]):
    """An answer that comes."""

    def __init__(self, clock: Clock, answer: FakeResponse | Failure, call: HttpCall) -> None:
        request = call.request
        response = FakeResponse() if isinstance(answer, Failure) else answer
        pieces, cut = _pieces(response, request)
        takes_ms = millis(response.takes)
        at = [clock.now_ms + takes_ms * number // len(pieces) for number in range(1, len(pieces) + 1)]
        head = HttpHead(response.status, response.url or request.url, _headers(response))
        whole = HttpResponse(head.status, head.url, head.headers, b"".join(pieces))
        stopped = Failure(FailureKind.FAILED, f"the answer of {request.url} was given up", code="cancelled")
        super().__init__(clock, FakeTimer(clock, clock.now_ms + takes_ms), cut or whole, stopped, call)
        self._pieces = deque(zip(at, pieces, strict=True))
        self._head: HttpHead | None = head
        self._head_at = at[0] if at else self._over.at_ms
        if isinstance(answer, Failure):
            self._head, self._end = None, answer
        elif request.timeout is not None and millis(request.timeout) < takes_ms:
            late = Failure(FailureKind.DEADLINE_EXCEEDED, f"the answer of {request.url} took too long")
            self._cut_off(clock.now_ms + millis(request.timeout), late)
        self._news = FakeTimer(clock, self._head_at)

    def head(self) -> HttpHead:
        self._clock.gate()
        self._clock.wait_until(self._head_at)
        self._clock.check()
        self._news.at_ms = self._next_at()
        if self._head is None:
            assert isinstance(self._end, Failure)
            raise self._end
        return deepcopy(self._head)

    def read(self, max: int) -> bytes:
        self._clock.gate()
        self._clock.wait_until(self._next_at())
        self._clock.check()
        piece = b""
        if self._pieces:
            at_ms, came = self._pieces.popleft()
            piece, rest = came[:max], came[max:]
            if rest:
                self._pieces.appendleft((at_ms, rest))
        elif isinstance(self._end, Failure):
            raise self._end
        self._news.at_ms = self._next_at()
        return piece

    def subscribe(self) -> FakeTimer:
        self._clock.count_call()
        return self._news

    def stop(self) -> None:
        super().stop()
        self._cut_off(self._over.at_ms, self._end)
        self._news.at_ms = min(self._news.at_ms, self._over.at_ms)

    def _cut_off(self, at_ms: int, end: HttpResponse | Failure) -> None:
        """It ends then, and what comes later does not come."""
        self._over.at_ms, self._end = at_ms, end
        self._pieces = deque(piece for piece in self._pieces if piece[0] <= at_ms)
        if self._head_at > at_ms:
            self._head, self._head_at = None, at_ms

    def _next_at(self) -> int:
        """When there is something to read, or the end."""
        return self._pieces[0][0] if self._pieces else self._over.at_ms


def _is_at(place: str, asked: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, place.split("*"))), asked, re.DOTALL) is not None


def _pieces(response: FakeResponse, request: HttpRequest) -> tuple[list[bytes], Failure | None]:
    """The body in pieces, and what cuts it off."""
    said: Sequence[Any] = [response.body] if response.pieces is None else response.pieces
    cut: Failure | None = None
    match said:
        case [*said, Failure() as cut]:
            pass
    pieces = [] if request.method == "HEAD" else [_bytes(piece) for piece in said]
    # An empty piece would be the end.
    return [piece for piece in pieces if piece], cut


def _bytes(said: Any) -> bytes:
    match said:
        case bytes():
            return said
        case str():
            return said.encode()
        case _:
            return document.dumps(said).encode()


def _headers(response: FakeResponse) -> Headers:
    headers = Headers(response.headers)
    said = [response.body] if response.pieces is None else response.pieces
    if "content-type" not in headers and any(piece != b"" for piece in said):
        headers.pairs.append(("content-type", _type_of(said[0])))
    return headers


def _type_of(said: Any) -> str:
    match said:
        case bytes() | Failure():
            return "application/octet-stream"
        case str():
            return "text/plain; charset=utf-8"
        case _:
            return "application/json"


def _recorded(request: HttpRequest) -> HttpRequest:
    """The request as it comes to a host, so that nothing of it is shared."""
    return replace(request, extra=as_json(request.extra))
