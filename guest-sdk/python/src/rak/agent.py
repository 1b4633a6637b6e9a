"""What an agent is to the SDK: a function with a decorator."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Generator, Sequence
from types import GeneratorType
from typing import Any, Generic, TypeAlias, TypeVar, overload

from . import stream
from .content import Content
from .context import Context
from .descriptor import Descriptor, Skill
from .events import Event
from .outcome import Outcome, outcome_of
from .reader import reader

I = TypeVar("I")
O = TypeVar("O")

Answer: TypeAlias = Outcome | Content | str | int | float | list[Any] | dict[str, Any] | None
"""What an agent may return: an outcome, a content, a text, `None` where everything was emitted already, or a value that is
written as JSON (a dataclass is one too)."""

Stream: TypeAlias = Generator[str | Event | Sequence[str | Event], None, Any]
"""What an agent is that streams: it yields texts and events, and returns its `Answer`. A list of them is sent at once, all
or none."""


class Agent(Generic[I, O]):
    """An agent: what it is and what it does. `@rak.agent` makes one; called, it is the function that it was made of."""

    __name__: str
    descriptor: Descriptor
    """What the agent says about itself."""
    parts: tuple[Agent[Any, Any], ...] = ()
    """The agents that it is made of. A module may have names for them beside its own agent."""

    def __init__(self, function: Callable[[Context, I], O], descriptor: Descriptor) -> None:
        functools.update_wrapper(self, function)
        self.descriptor = descriptor
        self._function = function
        self._read = reader(_input_annotation(function))

    def __call__(self, cx: Context, input: I) -> O:
        return self._function(cx, input)

    def run(self, cx: Context, content: Content) -> Outcome:
        """One invocation: reads the input, calls the function, sends what it yields. Raises what the function raises."""
        answer: Any = self._function(cx, self._read(content))
        if isinstance(answer, GeneratorType):
            answer = stream.drain(cx.events, answer)
        return outcome_of(answer)


@overload
def agent(function: Callable[[Context, I], O], /) -> Agent[I, O]: ...


@overload
def agent(
    *,
    name: str | None = None,
    description: str | None = None,
    version: str | None = None,
    skills: Sequence[Skill] = (),
    input_schema: Any = None,
    extra: Any = None,
) -> Callable[[Callable[[Context, I], O]], Agent[I, O]]: ...


def agent(function: Any = None, /, **says: Any) -> Any:
    """Makes an agent of a function that takes a `Context` and an input.

    The input is read as its annotation says: `str` (the text, also where there is no annotation), `rak.Content`, or
    anything that JSON can say, such as `int`, `list[str]` or a dataclass. Input of another shape never reaches the
    function: it fails with `invalid-argument`. What the function returns is the answer (`Answer`); a generator streams
    what it yields (`Stream`).

    The arguments are those of a `Descriptor`.
    """
    descriptor = Descriptor(**says)
    return Agent(function, descriptor) if function else lambda function: Agent(function, descriptor)


def _input_annotation(function: Callable[..., Any]) -> Any:
    """The annotation of the second parameter. Raises `TypeError` where the function cannot be an agent's."""
    name = getattr(function, "__name__", repr(function))
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{name} is async, which an agent is not: calls to the host wait by themselves")
    parameters = list(inspect.signature(function).parameters.values())
    wanted = [parameter for parameter in parameters if parameter.default is parameter.empty]
    if len(parameters) < 2 or len(wanted) > 2 or any(one.kind is one.KEYWORD_ONLY for one in wanted):
        raise TypeError(f"{name} has to take two arguments, the rak.Context and the input")
    hints = typing.get_type_hints(function)
    return hints.get(parameters[1].name, str)
