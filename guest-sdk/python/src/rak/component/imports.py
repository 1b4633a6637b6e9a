"""The `Host` that a component has: its imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from componentize_py_types import Err
from wit_world.imports import agents, artifacts, common, context, http, log, models, people, session, tools, wait
from wit_world.imports import events as sink

from .. import document
from ..agents import AgentOptions, AgentReply, AgentSummary
from ..artifacts import ArtifactInfo
from ..content import Blob, Content, FunctionCall, FunctionResponse
from ..context import Info
from ..events import Event
from ..failure import Failure
from ..host import Timer
from ..http import HttpHead, HttpRequest, HttpResponse
from ..log import Level
from ..models import Delta, Embeddings, ModelRequest, ModelResponse, ModelSummary
from ..people import Decision
from ..session import Page
from ..tools import Tool, ToolOptions
from . import convert

P = ParamSpec("P")
T = TypeVar("T")


class Imports:
    """The imports of the component. It holds nothing: each method is one import."""

    __slots__ = ()

    def info(self) -> Info:
        return convert.info_in(context.get())

    def config(self, key: str) -> Any:
        return convert.json_in(context.config(convert.text(key)))

    def config_keys(self) -> list[str]:
        return context.config_keys()

    def is_cancelled(self) -> bool:
        return context.is_cancelled()

    def remaining_ms(self) -> int | None:
        return context.remaining_ms()

    def emit(self, events: list[Event]) -> int:
        return _call(sink.emit, [convert.event_out(event) for event in events])

    def history(self, before: int | None, limit: int) -> Page:
        return convert.page_in(_call(session.history, convert.maybe(convert.u64, before), convert.limit(limit)))

    def get(self, key: str) -> Any:
        return convert.json_in(_call(session.get, convert.text(key)))

    def set(self, key: str, value: Any) -> None:
        _call(session.set, convert.text(key), convert.text(document.dumps(value)))

    def remove(self, key: str) -> None:
        _call(session.remove, convert.text(key))

    def keys(self, prefix: str) -> list[str]:
        return _call(session.keys, convert.text(prefix))

    def approve(self, action: str, details: Any, expires_in_ms: int | None) -> Decision:
        shown = convert.json_out(details)
        return convert.decision_in(_call(people.approve, convert.text(action), shown, expires_in_ms))

    def ask(self, question: str, schema: Any, expires_in_ms: int | None) -> Any:
        wanted = convert.json_out(schema)
        return convert.json_in(_call(people.ask, convert.text(question), wanted, expires_in_ms))

    def next_message(self, timeout_ms: int | None) -> Content | None:
        return convert.maybe(convert.content_in, _call(people.next_message, timeout_ms))

    def agents(self) -> list[AgentSummary]:
        return [convert.summary_in(summary) for summary in _call(agents.available)]

    def call_agent(self, agent: str, input: Content, options: AgentOptions) -> AgentReply:
        said, how = convert.content_out(input), convert.agent_options_out(options)
        return convert.reply_in(_call(agents.call, convert.text(agent), said, how))

    def start_agent(self, agent: str, input: Content, options: AgentOptions) -> ImportedChild:
        said, how = convert.content_out(input), convert.agent_options_out(options)
        return ImportedChild(_call(agents.start, convert.text(agent), said, how))

    def tools(self) -> list[Tool]:
        return [convert.tool_in(tool) for tool in _call(tools.available)]

    def call_tool(self, call: FunctionCall, options: ToolOptions) -> FunctionResponse:
        how = convert.tool_options_out(options)
        return convert.response_in(_call(tools.call, convert.call_out(call), how))

    def call_tools(self, calls: list[FunctionCall], options: ToolOptions) -> list[FunctionResponse | Failure]:
        made, how = [convert.call_out(call) for call in calls], convert.tool_options_out(options)
        return [convert.result_in(result) for result in tools.call_all(made, how)]

    def start_tool(self, call: FunctionCall, options: ToolOptions) -> ImportedTool:
        how = convert.tool_options_out(options)
        return ImportedTool(_call(tools.start, convert.call_out(call), how))

    def models(self) -> list[ModelSummary]:
        return [convert.model_in(summary) for summary in _call(models.available)]

    def complete(self, request: ModelRequest) -> ModelResponse:
        return convert.model_response_in(_call(models.complete, convert.request_out(request)))

    def open_completion(self, request: ModelRequest) -> ImportedCompletion:
        return ImportedCompletion(_call(models.open, convert.request_out(request)))

    def embed(self, texts: list[str], model: str | None) -> Embeddings:
        return convert.embeddings_in(_call(models.embed, convert.maybe(convert.text, model), convert.texts(texts)))

    def fetch(self, request: HttpRequest) -> HttpResponse:
        return convert.http_response_in(_call(http.fetch, convert.http_request_out(request)))

    def open_exchange(self, request: HttpRequest) -> ImportedExchange:
        return ImportedExchange(_call(http.open, convert.http_request_out(request)))

    def save_artifact(self, name: str, blob: Blob) -> int:
        return _call(artifacts.save, convert.text(name), convert.blob_out(blob))

    def load_artifact(self, name: str, version: int | None) -> Blob | None:
        number = convert.maybe(convert.u32, version)
        return convert.maybe(convert.blob_in, _call(artifacts.load, convert.text(name), number))

    def read_artifact(self, name: str, version: int, offset: int, max: int) -> bytes:
        return _call(
            artifacts.read, convert.text(name), convert.u32(version), convert.u64(offset), convert.u32(max)
        )

    def artifacts(self, prefix: str) -> list[ArtifactInfo]:
        return [convert.artifact_in(info) for info in _call(artifacts.available, convert.text(prefix))]

    def artifact_versions(self, name: str) -> list[ArtifactInfo]:
        return [convert.artifact_in(info) for info in _call(artifacts.versions, convert.text(name))]

    def remove_artifact(self, name: str, version: int | None) -> bool:
        return _call(artifacts.remove, convert.text(name), convert.maybe(convert.u32, version))

    def sleep(self, ms: int) -> None:
        wait.sleep(ms)

    def timer(self, ms: int) -> ImportedTimer:
        return ImportedTimer(wait.timer(ms))

    def any(self, of: Sequence[Timer], timeout_ms: int | None) -> list[int]:
        return wait.any([timer.waitable for timer in of if isinstance(timer, ImportedTimer)], timeout_ms)

    def log(self, level: Level, message: str, fields: list[tuple[str, str]]) -> None:
        pairs = [(convert.text(key), convert.text(value)) for key, value in fields]
        log.write(convert.LEVELS[level], convert.text(message), pairs)


class ImportedTimer:
    """A timer of the host, or the end of what goes on beside the agent."""

    __slots__ = ("waitable",)

    def __init__(self, waitable: wait.Waitable) -> None:
        self.waitable = waitable

    def ready(self) -> bool:
        return self.waitable.ready()

    def block(self) -> None:
        self.waitable.block()

    def close(self) -> None:
        self.waitable.__exit__(None, None, None)


class ImportedChild:
    """Another agent that works."""

    __slots__ = ("_child",)

    def __init__(self, child: agents.Child) -> None:
        self._child = child

    def invocation_id(self) -> str:
        return self._child.invocation_id()

    def finish(self) -> AgentReply:
        return convert.reply_in(_call(self._child.finish))

    def cancel(self) -> None:
        self._child.cancel()

    def subscribe(self) -> ImportedTimer:
        return ImportedTimer(self._child.subscribe())

    def close(self) -> None:
        self._child.__exit__(None, None, None)


class ImportedTool:
    """A tool that works."""

    __slots__ = ("_running",)

    def __init__(self, running: tools.Running) -> None:
        self._running = running

    def finish(self) -> FunctionResponse:
        return convert.response_in(_call(self._running.finish))

    def cancel(self) -> None:
        self._running.cancel()

    def subscribe(self) -> ImportedTimer:
        return ImportedTimer(self._running.subscribe())

    def close(self) -> None:
        self._running.__exit__(None, None, None)


class ImportedCompletion:
    """An answer that a model is writing."""

    __slots__ = ("_completion",)

    def __init__(self, completion: models.Completion) -> None:
        self._completion = completion

    def next(self) -> list[Delta]:
        return [convert.delta_in(delta) for delta in _call(self._completion.next)]

    def finish(self) -> ModelResponse:
        return convert.model_response_in(_call(self._completion.finish))

    def cancel(self) -> None:
        self._completion.cancel()

    def subscribe(self) -> ImportedTimer:
        return ImportedTimer(self._completion.subscribe())

    def close(self) -> None:
        self._completion.__exit__(None, None, None)


class ImportedExchange:
    """An answer that comes."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: http.Exchange) -> None:
        self._exchange = exchange

    def head(self) -> HttpHead:
        return convert.head_in(_call(self._exchange.head))

    def read(self, max: int) -> bytes:
        return _call(self._exchange.read, convert.u32(max))

    def cancel(self) -> None:
        self._exchange.cancel()

    def subscribe(self) -> ImportedTimer:
        return ImportedTimer(self._exchange.subscribe())

    def close(self) -> None:
        self._exchange.__exit__(None, None, None)


def _call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A call that the host may refuse: then it raises the host's failure as the SDK's own."""
    try:
        return function(*args, **kwargs)
    except Err as error:
        refused: common.Failure = error.value
    raise convert.failure_in(refused)
