"""An agent that a model speaks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypedDict, Unpack

from ..agent import Agent
from ..content import Content, Role
from ..context import Context
from ..descriptor import Descriptor, Says
from ..failure import Failure, FailureKind
from ..models import Finish, ModelRequest, ModelResponse, Relay
from ..outcome import Outcome
from ..reader import json_reader
from ..schema import schema_of
from .function import Function
from .history import History
from .instruction import Instruction, instruction_of
from .toolbox import AfterTool, BeforeTool, Kit, Toolbox

BeforeModel: TypeAlias = Callable[[Context, ModelRequest], ModelResponse | Content | str | None]
"""Is told each request before the model is asked, and may change it. What it returns, where that is not `None`, is the
answer in place of the model's."""

AfterModel: TypeAlias = Callable[[Context, ModelResponse], ModelResponse | Content | str | None]
"""Is told each answer of the model. What it returns, where that is not `None`, stands in its place."""


class ModelSettings(TypedDict, total=False):
    """How a model is asked: fields of a `ModelRequest`."""

    max_output_tokens: int | None
    temperature: float | None
    stop: Sequence[str]
    extra: Any


class LlmAgent(Agent[Content, Outcome]):
    """An agent that a model speaks for: it is told an instruction and what was said, calls tools, and answers.

        agent = LlmAgent("You help {user:name?}.", tools=[add, remember])

    What the model calls is part of the conversation: the calls and what came of them are emitted as contents, so that they
    are in the history of the next run. What it writes is shown while it writes, and its last answer is the outcome. A tool
    that fails is a response that says so, for the model to read.
    """

    def __init__(
        self,
        instruction: Instruction = "",
        *,
        model: str | None = None,
        settings: ModelSettings | None = None,
        tools: Iterable[Callable[..., Any]] = (),
        host_tools: Sequence[str] = (),
        hand_over: Sequence[str] | Mapping[str, str] = (),
        output_schema: Any = None,
        output_key: str | None = None,
        history: History = History(),
        max_steps: int = 10,
        relay: Relay = "text",
        before_model: BeforeModel | None = None,
        after_model: AfterModel | None = None,
        before_tool: BeforeTool | None = None,
        after_tool: AfterTool | None = None,
        **says: Unpack[Says],
    ) -> None:
        """What can be said of it, beside what is said of every agent (`name`, `description` and the like):

        - `instruction`: a text, with `{key}` for a value of the state, or a function that makes it when a run begins.
        - `model`: an alias; the agent's default where it is left out. `settings`: its temperature and the like.
        - `tools`: functions of the author's. Their annotations and docstrings are what the model is told; a parameter with
          the annotation `Context` is not told, and is the context. One that returns an `Outcome` ends the run with it.
        - `host_tools`: tools of the host by name or pattern: `calculator`, `mcp.files.*`, `agent.*`.
        - `hand_over`: agents that the model may hand the conversation to, and when, where that is said (a mapping).
        - `output_schema`: what the answer is: an annotation (a dataclass, for example), or a JSON Schema.
        - `output_key`: where in the state the answer is kept: a text, or what it is by `output_schema`.
        - `history`: how much of the conversation the model is told.
        - `max_steps`: how often the model is asked in a run. Where that is too little, the run fails with the code `max_steps`.
        - `relay`: what the client sees while the model writes.
        - `before_model`, `after_model`, `before_tool`, `after_tool`: functions that are told what is asked and answered, and
          may change it.

        Raises `TypeError` or `ValueError` for what cannot be.
        """
        super().__init__(self._converse, Descriptor(**says))
        self._instruction = instruction_of(instruction)
        schema, self._output = _output(output_schema)
        self._request = ModelRequest([], model=model, response_schema=schema, relay=relay, **(settings or {}))
        handed = hand_over if isinstance(hand_over, Mapping) else dict.fromkeys(_names("hand_over", hand_over), "")
        functions = [Function(function) for function in tools]
        self._kit = Kit(functions, _names("host_tools", host_tools), handed, before_tool, after_tool)
        self._output_key = output_key
        self._history = history
        self._max_steps = max_steps
        self._before_model = before_model
        self._after_model = after_model

    def _converse(self, cx: Context, input: Content) -> Outcome:
        toolbox = Toolbox(cx, self._kit)
        system, tools = self._instruction(cx) or None, toolbox.tools
        contents = [*self._history.read(cx, {tool.name for tool in tools}), input]
        for _ in range(self._max_steps):
            request = replace(self._request, contents=list(contents), system=system, tools=tools)
            response = self._ask(cx, request)
            calls = response.function_calls
            if not calls:
                return self._end(cx, response)
            cx.events.content(response.content)
            answers = Content(Role.FUNCTION, list(toolbox.answer(calls)))
            cx.events.content(answers)
            if toolbox.outcome:
                return toolbox.outcome
            contents += [response.content, answers]
        problem = f"the model did not come to an end within {self._max_steps} steps"
        raise Failure(FailureKind.LIMIT_EXCEEDED, problem, code="max_steps")

    def _ask(self, cx: Context, request: ModelRequest) -> ModelResponse:
        said = self._before_model(cx, request) if self._before_model else None
        response = cx.models.complete(request) if said is None else _response(said)
        said = self._after_model(cx, response) if self._after_model else None
        return response if said is None else _response(said)

    def _end(self, cx: Context, response: ModelResponse) -> Outcome:
        if response.finish == Finish.FILTERED:
            raise Failure(FailureKind.FAILED, "the provider of the model held the answer back", code="filtered")
        if response.finish == Finish.LENGTH:
            cx.log.warning("the model had no more tokens for its answer")
        answer = response.text if self._output is None else response.json(self._output)
        if self._output_key is not None:
            cx.session.set(self._output_key, answer)
        return Outcome(response.content if response.content.parts else None)


def _output(said: Any) -> tuple[Any, Any]:
    """The JSON Schema of the answer, and the annotation that it is read by; `None` where it is a text."""
    if said is None or isinstance(said, Mapping):
        return said, None if said is None else Any
    # What cannot be read is a mistake, and shows before a model was asked.
    json_reader(said)
    return schema_of(said), said


def _names(what: str, names: Sequence[str]) -> Sequence[str]:
    if isinstance(names, str):
        raise TypeError(f"{what} is a list of names, not the text {names!r}")
    return tuple(names)


def _response(said: ModelResponse | Content | str) -> ModelResponse:
    match said:
        case ModelResponse():
            return said
        case Content():
            return ModelResponse("", said)
        case str():
            return ModelResponse("", Content.model(said))
