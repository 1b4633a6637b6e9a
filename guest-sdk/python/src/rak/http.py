"""HTTP to where the agent's manifest allows it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypedDict, TypeVar, Unpack, overload

from . import document
from .content import charset_of
from .failure import Failure, FailureKind
from .reader import json_reader
from .started import Started

if TYPE_CHECKING:
    from .host import ExchangeWork, Host

T = TypeVar("T")

# How much of an answer is read at once where nobody says.
_PIECE = 64 << 10
_JSON = "application/json"


class Headers(Mapping[str, str]):
    """Headers, by their names in any case.

    >>> headers = Headers([("Content-Type", "text/plain"), ("set-cookie", "a=1"), ("set-cookie", "b=2")])
    >>> headers["content-type"], headers.get("etag"), headers.all("Set-Cookie")
    ('text/plain', None, ['a=1', 'b=2'])
    """

    __slots__ = ("pairs",)

    pairs: list[tuple[str, str]]
    """All of them in order, with names in lower case."""

    def __init__(self, headers: SomeHeaders = ()) -> None:
        pairs = headers.pairs if isinstance(headers, Headers) else _pairs(headers)
        self.pairs = [(name.lower(), value) for name, value in pairs]

    def all(self, name: str) -> list[str]:
        """The values of each header of this name."""
        return [value for known, value in self.pairs if known == name.lower()]

    def __getitem__(self, name: str) -> str:
        """The value; several are joined by commas."""
        values = self.all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def __repr__(self) -> str:
        return f"Headers({self.pairs})"


SomeHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Names and values: a `dict`, or pairs where a name comes more than once."""


@dataclass(init=False, slots=True)
class HttpRequest:
    """What is asked."""

    url: str
    """Where: `https://…`, or `http://…` where that is allowed."""
    method: str
    """`GET`, `POST` and so on."""
    headers: Headers
    """What is sent along. The host sets `Host`, `Content-Length` and what belongs to the connection."""
    body: bytes
    """What is sent."""
    credential: str | None
    """The name of a credential of the host's, which adds it on the way: the agent never sees it."""
    timeout: float | None
    """How many seconds the answer may take until its end; the host's own limit where it is left out."""
    follow_redirects: bool
    """Whether the host goes where an answer leads."""
    extra: Any
    """JSON, for what a host may want to know."""

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: SomeHeaders = (),
        body: bytes | str = b"",
        json: Any = None,
        credential: str | None = None,
        timeout: float | None = None,
        follow_redirects: bool = True,
        extra: Any = None,
    ) -> None:
        if json is not None and body:
            raise TypeError("a request has a body or json, not both")
        self.url = url
        self.method = method
        self.headers = Headers(headers)
        self.body = body.encode(errors="replace") if isinstance(body, str) else bytes(memoryview(body))
        self.credential = credential
        self.timeout = timeout
        self.follow_redirects = follow_redirects
        self.extra = extra
        if json is not None:
            self.body = document.dumps(json).encode(errors="replace")
            if "content-type" not in self.headers:
                self.headers.pairs.append(("content-type", _JSON))

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """What the body says as JSON. Raises `ValueError` where it is none."""
        return document.loads(self.text)


class HttpOptions(TypedDict, total=False):
    """What the methods of `Http` take by name."""

    headers: SomeHeaders
    body: bytes | str
    json: Any
    credential: str | None
    timeout: float | None
    follow_redirects: bool
    extra: Any


@dataclass(slots=True)
class HttpHead:
    """The beginning of an answer."""

    status: int
    """For example 200."""
    url: str = ""
    """Where it came from, after redirects."""
    headers: Headers = field(default_factory=Headers)
    """What was sent along."""
    extra: Any = field(default=None, kw_only=True)
    """JSON: anything else the host says."""

    @property
    def ok(self) -> bool:
        """Whether the status says that it went well: 200 to 299."""
        return 200 <= self.status <= 299


@dataclass(slots=True)
class HttpResponse(HttpHead):
    """A whole answer."""

    body: bytes = b""
    """What was sent."""

    @property
    def text(self) -> str:
        """The body as text, in the encoding that its type says, which is UTF-8 where it says none."""
        return self.body.decode(charset_of(self.headers.get("content-type", "")), "replace")

    @overload
    def json(self) -> Any: ...

    @overload
    def json(self, into: type[T]) -> T: ...

    @overload
    def json(self, into: Any) -> Any: ...

    def json(self, into: Any = Any) -> Any:
        """What the body says as JSON.

        `into` says what becomes of it, as the annotation of an agent's input does: a dataclass, for example. A body of
        another shape raises a `Failure` with the code `invalid_response`.
        """
        read = json_reader(into)
        try:
            return read(document.loads(self.text))
        except (ValueError, RecursionError) as error:
            problem = f"the answer of {self.url} has another shape: {error}"
            raise Failure(FailureKind.FAILED, problem, code="invalid_response") from None


class Exchange(Started["ExchangeWork"]):
    """An answer that comes: `cx.http.open` makes it. Iterating over it gives the bytes of its body as they come, `texts` its
    text, and `lines` its lines:

        with cx.http.open("https://example.com/feed") as exchange:
            if not exchange.head().ok:
                raise rak.Failure.unavailable("there is no feed today")
            for line in exchange.lines():
                yield line

    It is a `Waitable`, which is ready when there is more of the answer than was read: its head, bytes, or the end. Leaving
    a `with` block around it, or forgetting it, gives it up where it is not over.
    """

    __slots__ = ()

    def head(self) -> HttpHead:
        """Waits for the beginning of the answer. Who asks again gets the same again."""
        return self.work.head()

    def read(self, max: int = _PIECE) -> bytes:
        """The next bytes, `max` at most, waiting for them. Empty at the end."""
        return self.work.read(max)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        piece = self.read()
        if not piece:
            raise StopIteration
        return piece

    def texts(self) -> Iterator[str]:
        """The body as text, as it comes: no character is cut in two."""
        decoder = codecs.getincrementaldecoder(charset_of(self.head().headers.get("content-type", "")))("replace")
        for piece in self:
            if text := decoder.decode(piece):
                yield text
        if text := decoder.decode(b"", final=True):
            yield text

    def lines(self) -> Iterator[str]:
        """The body as lines of text, as they come, without what ends them: `\\n` or `\\r\\n`."""
        rest = ""
        for text in self.texts():
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield line.removesuffix("\r")
        if rest:
            yield rest


class Http:
    """HTTP: `cx.http`. The agent's manifest says where it may go, and which of the host's credentials it may use.

    What can be said by name:

    - `headers`: a `dict` of names and values, or pairs of them.
    - `body`: bytes or a text; or `json`: what JSON can say, which is sent as such.
    - `credential`: one of the host's, by name. The host adds it on the way, and the agent never sees it.
    - `timeout`: how many seconds the answer may take until its end.
    - `follow_redirects`: whether the host goes where an answer leads, as it does where it is left out.
    - `extra`: JSON, for what a host may want to know.

    An answer with a status of 400 and more is an answer. Every call can raise a `Failure`, among others `denied` where the
    place or the credential is not allowed; `unavailable` where nobody is there or the connection was cut off, which
    `is_interrupted()` where the host ended during the answer; `deadline-exceeded`; `limit-exceeded` where the answer is too
    large; and `conflict` with the code `unknown_outcome` where nobody knows whether a request arrived that may not be made
    twice: a `POST`, for example, without a header `Idempotency-Key`.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def fetch(self, url: str, method: str = "GET", **options: Unpack[HttpOptions]) -> HttpResponse:
        """Asks, and waits for the whole answer."""
        return self._host.fetch(HttpRequest(url, method=method, **options))

    def open(self, url: str, method: str = "GET", **options: Unpack[HttpOptions]) -> Exchange:
        """Asks, and gives the answer as it comes. Does not wait."""
        return Exchange(self._host.open_exchange(HttpRequest(url, method=method, **options)))

    def get(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `GET`."""
        return self.fetch(url, "GET", **options)

    def head(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `HEAD`."""
        return self.fetch(url, "HEAD", **options)

    def post(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `POST`."""
        return self.fetch(url, "POST", **options)

    def put(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `PUT`."""
        return self.fetch(url, "PUT", **options)

    def patch(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `PATCH`."""
        return self.fetch(url, "PATCH", **options)

    def delete(self, url: str, **options: Unpack[HttpOptions]) -> HttpResponse:
        """`fetch` with the method `DELETE`."""
        return self.fetch(url, "DELETE", **options)


def _pairs(headers: SomeHeaders) -> Iterable[tuple[str, str]]:
    return headers.items() if isinstance(headers, Mapping) else headers
