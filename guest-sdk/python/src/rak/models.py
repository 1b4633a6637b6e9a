"""Models that the host asks for the agent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypedDict, TypeVar, Unpack, overload

from . import document
from .content import Content, FunctionCall
from .events import TextDelta, ThoughtDelta
from .failure import Failure, FailureKind
from .reader import json_reader
from .started import Started
from .tools import Tool

if TYPE_CHECKING:
    from .host import CompletionWork, Host

T = TypeVar("T")


class Finish(StrEnum):
    """Why an answer of a model ends. The value is its name in the contract."""

    STOP = "stop"
    """It is complete."""
    LENGTH = "length"
    """The model had no more tokens."""
    FUNCTION_CALLS = "function-calls"
    """Functions are to be called."""
    FILTERED = "filtered"
    """The provider held it back."""


@dataclass(frozen=True, slots=True)
class NamedTool:
    """The tool that a model has to call: a choice of a `ModelRequest`."""

    name: str


ToolChoice: TypeAlias = Literal["auto", "none", "required"] | NamedTool
"""Which tool a model is to call: as it sees fit, none, at least one, or this one."""

Relay: TypeAlias = Literal["off", "text", "all"]
"""What the host sends on to the client while a model writes: nothing, its text, or its thoughts too. They are deltas, so the
agent still gives the answer as a whole."""


@dataclass(slots=True)
class ModelSummary:
    """A model that may be asked."""

    name: str
    """The alias to ask it by."""
    description: str
    """What it is good for, as the operator says."""
    extra: Any = None
    """JSON: anything else there is to say of it."""


@dataclass(slots=True)
class ModelRequest:
    """What a model is asked."""

    contents: list[Content]
    """The conversation, oldest first."""
    model: str | None = None
    """An alias; the agent's default where it is left out."""
    system: str | None = None
    """The instruction."""
    tools: Sequence[Tool] = ()
    """The functions that it may call. The agent calls them, and tells the model what came of it."""
    tool_choice: ToolChoice = "auto"
    """Which of them it is to call."""
    max_output_tokens: int | None = None
    """The longest answer, in tokens."""
    temperature: float | None = None
    """How freely it chooses its words."""
    stop: Sequence[str] = ()
    """Texts that end the answer."""
    response_schema: Any = None
    """JSON Schema that the answer has to satisfy; it is JSON then."""
    relay: Relay = "off"
    """What the client sees while the model writes."""
    extra: Any = None
    """Members of the provider's own request that have no field here: a JSON object."""


class ModelOptions(TypedDict, total=False):
    """What the methods of `Models` take by name: the fields of a `ModelRequest`."""

    model: str | None
    system: str | None
    tools: Sequence[Tool]
    tool_choice: ToolChoice
    max_output_tokens: int | None
    temperature: float | None
    stop: Sequence[str]
    response_schema: Any
    relay: Relay
    extra: Any


Asked: TypeAlias = str | Content | Iterable[Content] | ModelRequest
"""What a model may be asked: a text or a content, a whole conversation, or a request, of which the options replace fields."""


@dataclass(slots=True)
class Usage:
    """What it took, in tokens."""

    input_tokens: int = 0
    """Read, the cached ones among them."""
    output_tokens: int = 0
    """Written, thoughts among them."""
    cached_tokens: int = 0
    """Of the input, what the provider had cached."""
    thought_tokens: int = 0
    """Of the output, what was thoughts."""
    extra: Any = None
    """JSON: anything else that was counted."""


@dataclass(slots=True)
class ModelResponse:
    """What a model answered."""

    model: str
    """The provider's name of the model."""
    content: Content
    """The answer, with the role `model`. It belongs into the conversation as it is."""
    finish: str = Finish.STOP
    """Why it ends: a `Finish`, or a word of the provider."""
    usage: Usage = field(default_factory=Usage)
    """What it took."""
    extra: Any = None
    """JSON: anything else the provider says."""

    @property
    def text(self) -> str:
        """The texts of the answer as one string."""
        return self.content.text

    @property
    def function_calls(self) -> list[FunctionCall]:
        """The functions that the model wants called."""
        return [part for part in self.content.parts if isinstance(part, FunctionCall)]

    @overload
    def json(self) -> Any: ...

    @overload
    def json(self, into: type[T]) -> T: ...

    @overload
    def json(self, into: Any) -> Any: ...

    def json(self, into: Any = Any) -> Any:
        """The answer to a request with a `response_schema`.

        `into` says what becomes of it, as the annotation of an agent's input does: a dataclass, for example. An answer of
        another shape raises a `Failure` with the code `invalid_response`.
        """
        read = json_reader(into)
        try:
            return read(document.loads(self.text))
        except (ValueError, RecursionError) as error:
            problem = f"the answer of the model has another shape: {error}"
            raise Failure(FailureKind.FAILED, problem, code="invalid_response") from None


@dataclass(slots=True)
class OtherDelta:
    """What a provider sends while a model writes that is none of the other deltas."""

    value: Any
    """JSON, in the provider's own shape."""


Delta: TypeAlias = TextDelta | ThoughtDelta | FunctionCall | OtherDelta
"""What a model wrote since the last time. A call of a function is a whole one. Texts and thoughts are events, too, and can be
sent to the client as they are."""


@dataclass(slots=True)
class Embeddings:
    """Texts as vectors."""

    model: str
    """The provider's name of the model."""
    vectors: list[list[float]]
    """One for each text, in their order."""
    usage: Usage = field(default_factory=Usage)
    """What it took."""
    extra: Any = None
    """JSON: anything else the provider says."""


class Completion(Started["CompletionWork"]):
    """An answer that a model is writing: `cx.models.open` makes it. Iterating over it gives its deltas as they come:

        with cx.models.open("Tell me a story.") as completion:
            for delta in completion:
                if isinstance(delta, rak.TextDelta):
                    yield delta
            return completion.finish().content

    It is a `Waitable`, which is ready when there is a next delta, or no more: `cx.wait_any([completion, timer])`. Leaving a
    `with` block around it, or forgetting it, gives it up where it is not over.
    """

    __slots__ = ("_unread",)

    def __init__(self, work: CompletionWork) -> None:
        super().__init__(work)
        self._unread: deque[Delta] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        if not self._unread:
            self._unread.extend(self.work.next())
        if not self._unread:
            raise StopIteration
        return self._unread.popleft()

    def read(self) -> list[Delta]:
        """What was written since the last time, waiting for it where there is nothing new. Empty at the end."""
        deltas = list(self._unread) or self.work.next()
        self._unread.clear()
        return deltas

    def finish(self) -> ModelResponse:
        """Waits for the whole answer, as `Models.complete` does. Who asks again gets the same again."""
        return self.work.finish()


class Models:
    """Asks models: `cx.models`. The host has their keys, counts the tokens, and asks again where a model cannot be reached.

    A model is asked a text or a `Content`, which are what the user says, or a whole conversation of contents. What can be
    said by name are the fields of a `ModelRequest`, which can be given as a whole, too.

    Every call can raise a `Failure`: `not-found` for an alias that is not there; `denied` where it is not granted;
    `invalid-argument` where the provider refused the request; `rate-limited`; `unavailable`, which `is_interrupted()` where the
    host ended while the model wrote; `deadline-exceeded`; `limit-exceeded` where a budget of tokens is used up; and `failed`
    with the code `invalid_response` where the answer is not what was asked for.
    """

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def available(self) -> list[ModelSummary]:
        """The models that may be asked, by alias, the agent's default first."""
        return self._host.models()

    def complete(self, asked: Asked, **options: Unpack[ModelOptions]) -> ModelResponse:
        """Asks a model and waits for the whole answer."""
        return self._host.complete(_request(asked, options))

    def open(self, asked: Asked, **options: Unpack[ModelOptions]) -> Completion:
        """Asks a model, and gives what it writes as it comes."""
        return Completion(self._host.open_completion(_request(asked, options)))

    def embed(self, texts: Iterable[str], *, model: str | None = None) -> Embeddings:
        """Turns texts into vectors. `model` is an alias; the agent's default where it is left out."""
        if isinstance(texts, str):
            raise TypeError("a list of texts is embedded, not a text")
        return self._host.embed(list(texts), model)


def _request(asked: Asked, options: ModelOptions) -> ModelRequest:
    match asked:
        case ModelRequest():
            return replace(asked, **options)
        case str():
            return ModelRequest([Content.user(asked)], **options)
        case Content():
            return ModelRequest([asked], **options)
        case _:
            return ModelRequest(list(asked), **options)
