"""The models of a test: what they answer, and what they were asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from .. import document
from ..content import Blob, Content, Custom, FileRef, FunctionCall, FunctionResponse, Part, Text, Thought
from ..events import Event, TextDelta, ThoughtDelta
from ..failure import Failure, FailureKind
from ..models import Delta, Embeddings, Finish, ModelRequest, ModelResponse, ModelSummary
from ..wait import millis
from .calls import EmbedCall, ModelCall
from .clock import Clock
from .state import as_json
from .timer import FakeTimer
from .work import FakeWork, attempt, not_found


def words(text: str) -> list[str]:
    """The text in pieces, each ending after a space."""
    return re.findall("[^ ]* |[^ ]+", text)


@dataclass(frozen=True)
class FakeModel:
    """A model of a test."""

    run: Callable[[ModelRequest], Any] | Sequence[Any] = ()
    """What it answers: a function of what it is asked, or the answers in order, one for each time it is asked. A text alone
    is the answer to everything.

    An answer is a text; a part, such as a `FunctionCall`; a list of these; a `Content`; a whole `ModelResponse`; or a
    `Failure`, as one that the function raises is. A list that ends with a `Failure` is an answer that is cut off. Any other
    value is an answer that is its JSON."""
    description: str = ""
    """What it is good for."""
    extra: Any = None
    """JSON: what else there is to say of it."""
    takes: float = 0
    """How many seconds of the fake clock it writes: its deltas come at equal intervals, the last one at the end."""
    split: Callable[[str], Iterable[str]] = words
    """The pieces in which a text or a thought is written."""
    embed: Callable[[str], Sequence[float]] | None = None
    """The vector of a text; embedding fails where it is left out."""


class FakeModels:
    """Models that answer what the test says, and note down what they were asked."""

    def __init__(
        self,
        models: Mapping[str, FakeModel | Callable[[ModelRequest], Any] | Sequence[Any]],
        clock: Clock,
        events: list[Event],
    ) -> None:
        self._models = {name: _model(model) for name, model in models.items()}
        self._answers = {name: _answers(name, model) for name, model in self._models.items()}
        self._clock = clock
        self._events = events
        self._opened: list[FakeCompletion] = []
        self.calls: list[ModelCall] = []
        """What they were asked, in order."""
        self.embedded: list[EmbedCall] = []
        """What they were to embed, in order."""

    def available(self) -> list[ModelSummary]:
        return [ModelSummary(name, model.description, as_json(model.extra)) for name, model in self._models.items()]

    def open(self, request: ModelRequest) -> FakeCompletion:
        """Asks a model. Raises a `Failure` where there is none of this alias."""
        name = self._alias(request.model)
        model = self._models[name]
        call = ModelCall(name, _recorded(request))
        self.calls.append(call)
        parts, end = _end(name, attempt(lambda: self._answers[name](_recorded(request))))
        completion = FakeCompletion(
            self._clock,
            [delta for part in parts for delta in _deltas(part, model.split)],
            millis(model.takes),
            end,
            call,
            self._events,
        )
        self._opened.append(completion)
        return completion

    def embed(self, texts: list[str], alias: str | None) -> Embeddings:
        name = self._alias(alias)
        self.embedded.append(EmbedCall(name, texts))
        embed = self._models[name].embed
        if embed is None:
            raise Failure(FailureKind.UNSUPPORTED, f"the test does not say what {name} embeds")
        return Embeddings(name, [[float(number) for number in embed(text)] for text in texts])

    def finish(self) -> None:
        """The run is over, and with it what models still write."""
        for completion in self._opened:
            completion.close()

    def _alias(self, asked: str | None) -> str:
        name = next(iter(self._models), "default") if asked is None else asked
        if name not in self._models:
            raise not_found("model", name, self._models)
        return name


class FakeCompletion(FakeWork[ModelResponse]):
    """An answer that a model is writing."""

    def __init__(
        self,
        clock: Clock,
        deltas: Sequence[Delta],
        takes_ms: int,
        end: ModelResponse | Failure,
        call: ModelCall,
        events: list[Event],
    ) -> None:
        stopped = Failure(FailureKind.FAILED, f"the answer of {call.model} was given up", code="cancelled")
        super().__init__(clock, FakeTimer(clock, clock.now_ms + takes_ms), end, stopped, call)
        self._deltas = [
            (clock.now_ms + takes_ms * number // len(deltas), delta) for number, delta in enumerate(deltas, start=1)
        ]
        self._relayed = (TextDelta, ThoughtDelta)[: ("off", "text", "all").index(call.request.relay)]
        self._events = events
        self._sent = self._read = 0
        self._news = FakeTimer(clock, self._next_at())

    def next(self) -> list[Delta]:
        self._clock.gate()
        self._clock.wait_until(self._news.at_ms)
        self._relay()
        self._clock.check()
        unread = [delta for _, delta in self._deltas[self._read : self._sent]]
        self._read = self._sent
        self._news.at_ms = self._next_at()
        if not unread and isinstance(self._end, Failure):
            raise self._end
        return unread

    def wait(self) -> ModelResponse:
        self._clock.wait_until(self._over.at_ms)
        self._relay()
        return super().wait()

    def subscribe(self) -> FakeTimer:
        self._clock.count_call()
        return self._news

    def stop(self) -> None:
        super().stop()
        self._deltas = [(at_ms, delta) for at_ms, delta in self._deltas if at_ms <= self._over.at_ms]
        self._news.at_ms = min(self._news.at_ms, self._over.at_ms)

    def _next_at(self) -> int:
        """When there is something to read, or the end."""
        return self._deltas[self._read][0] if self._read < len(self._deltas) else self._over.at_ms

    def _relay(self) -> None:
        """Shows the client what was written since the last time."""
        while self._sent < len(self._deltas) and self._deltas[self._sent][0] <= self._clock.now_ms:
            delta = self._deltas[self._sent][1]
            if isinstance(delta, self._relayed):
                self._events.append(deepcopy(delta))
            self._sent += 1


def _model(model: FakeModel | Callable[[ModelRequest], Any] | Sequence[Any]) -> FakeModel:
    return model if isinstance(model, FakeModel) else FakeModel(model)


def _answers(name: str, model: FakeModel) -> Callable[[ModelRequest], Any]:
    """What a model answers to one request after the other."""
    said = model.run
    if callable(said):
        return said
    if isinstance(said, str):
        return lambda request: said
    left = iter(said)

    def next_answer(request: ModelRequest) -> Any:
        for answer in left:
            return answer
        raise AssertionError(f"{name} is asked more often than the test has answers, which are {len(said)}")

    return next_answer


def _end(name: str, answer: Any) -> tuple[list[Part], ModelResponse | Failure]:
    """What a model writes, and how it ends."""
    match answer:
        case Failure():
            return [], answer
        case ModelResponse():
            return answer.content.parts, answer
        case Content(_, parts):
            return parts, _response(name, parts)
        case [*said, Failure() as failure]:
            return [_part(one) for one in said], failure
        case [*said]:
            parts = [_part(one) for one in said]
            return parts, _response(name, parts)
        case _:
            part = _part(answer)
            return [part], _response(name, [part])


def _part(said: Any) -> Part:
    match said:
        case str():
            return Text(said)
        case Text() | Thought() | Blob() | FileRef() | FunctionCall() | FunctionResponse() | Custom():
            return said
        case _:
            return Text(document.dumps(said))


def _response(name: str, parts: list[Part]) -> ModelResponse:
    calls = any(isinstance(part, FunctionCall) for part in parts)
    return ModelResponse(name, Content.model(*parts), Finish.FUNCTION_CALLS if calls else Finish.STOP)


def _deltas(part: Part, split: Callable[[str], Iterable[str]]) -> list[Delta]:
    match part:
        case Text(text):
            return [TextDelta(piece) for piece in split(text)]
        case Thought(text):
            return [ThoughtDelta(piece) for piece in split(text)]
        case FunctionCall():
            return [deepcopy(part)]
        case _:
            return []


def _recorded(request: ModelRequest) -> ModelRequest:
    """The request as it comes to a host: through JSON, so that nothing of it is shared."""
    return replace(
        request,
        contents=deepcopy(request.contents),
        tools=[replace(tool, parameters=as_json(tool.parameters)) for tool in request.tools],
        stop=list(request.stop),
        response_schema=as_json(request.response_schema),
        extra=as_json(request.extra),
    )
