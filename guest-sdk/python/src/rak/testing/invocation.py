"""The `Host` that a test has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..agents import AgentOptions, AgentReply, AgentSummary
from ..artifacts import ArtifactInfo
from ..content import Blob, Content, FunctionCall, FunctionResponse
from ..context import Info
from ..events import Event, is_stored
from ..failure import Failure
from ..host import Timer
from ..http import HttpRequest, HttpResponse
from ..log import Level
from ..models import Embeddings, ModelRequest, ModelResponse, ModelSummary
from ..outcome import Outcome
from ..people import Decision
from ..session import Entry, Page
from ..tools import Tool, ToolOptions
from .agents import FakeAgents, FakeChild
from .artifacts import FakeArtifacts
from .clock import Clock
from .fake_run import FakeRun, LogLine
from .http import FakeExchange, FakeHttp
from .models import FakeCompletion, FakeModels
from .people import Approval, FakePeople, Question
from .state import State, as_json
from .timer import FakeTimer
from .tools import FakeRunning, FakeTools

# The most entries that one page of history has.
_MAX_PAGE = 1000


class Invocation:
    """One run under test."""

    def __init__(
        self,
        info: Info,
        config: Mapping[str, Any],
        entries: Sequence[Entry],
        state: Mapping[str, Any],
        people: FakePeople,
        agents: FakeAgents,
        tools: FakeTools,
        models: FakeModels,
        http: FakeHttp,
        artifacts: FakeArtifacts,
        clock: Clock,
        events: list[Event],
    ) -> None:
        self._info = info
        self._config = {key: as_json(value) for key, value in config.items()}
        self._entries = entries
        self._state = State(state)
        self._people = people
        self._agents = agents
        self._tools = tools
        self._models = models
        self._http = http
        self._artifacts = artifacts
        self._clock = clock
        self._events = events
        self._logs: list[LogLine] = []

    def finish(self, outcome: Outcome | Failure) -> FakeRun:
        """What the run left behind. A good end stores what was changed; a bad one forgets it. What still goes on is
        stopped."""
        self._agents.finish()
        self._tools.finish()
        self._models.finish()
        self._http.finish()
        if isinstance(outcome, Outcome):
            self._state.store()
        return FakeRun(
            result=outcome,
            events=self._events,
            state=self._state.stored,
            changes=self._state.changes,
            asked=self._people.asked,
            agent_calls=self._agents.calls,
            tool_calls=self._tools.calls,
            model_calls=self._models.calls,
            embed_calls=self._models.embedded,
            http_calls=self._http.calls,
            artifact_versions=self._artifacts.versions,
            logs=self._logs,
            slept=self._clock.now_ms / 1000,
        )

    def info(self) -> Info:
        self._clock.count_call()
        return self._info

    def config(self, key: str) -> Any:
        self._clock.count_call()
        return as_json(self._config.get(key))

    def config_keys(self) -> list[str]:
        self._clock.count_call()
        return sorted(self._config)

    def is_cancelled(self) -> bool:
        self._clock.count_call()
        return self._clock.is_cancelled()

    def remaining_ms(self) -> int | None:
        self._clock.count_call()
        return self._clock.remaining_ms()

    def emit(self, events: list[Event]) -> int:
        self._clock.gate()
        if any(is_stored(event) for event in events):
            self._state.store()
        self._events.extend(events)
        return sum(is_stored(event) for event in self._events)

    def history(self, before: int | None, limit: int) -> Page:
        self._clock.gate()
        older = [entry for entry in self._entries if before is None or entry.seq < before]
        entries = older[-min(max(limit, 1), _MAX_PAGE) :]
        return Page(entries, entries[0].seq if len(entries) < len(older) else None)

    def get(self, key: str) -> Any:
        self._clock.gate()
        return self._state.get(key)

    def set(self, key: str, value: Any) -> None:
        self._clock.gate()
        self._state.put(key, value)

    def remove(self, key: str) -> None:
        self._clock.gate()
        self._state.put(key, None)

    def keys(self, prefix: str) -> list[str]:
        self._clock.gate()
        return self._state.keys(prefix)

    def approve(self, action: str, details: Any, expires_in_ms: int | None) -> Decision:
        self._clock.gate()
        return self._people.decide(Approval(action, as_json(details), _seconds(expires_in_ms)), expires_in_ms)

    def ask(self, question: str, schema: Any, expires_in_ms: int | None) -> Any:
        self._clock.gate()
        return self._people.answer(Question(question, as_json(schema), _seconds(expires_in_ms)), expires_in_ms)

    def next_message(self, timeout_ms: int | None) -> Content | None:
        self._clock.gate()
        return self._people.next_message(timeout_ms)

    def agents(self) -> list[AgentSummary]:
        self._clock.gate()
        return self._agents.available()

    def call_agent(self, agent: str, input: Content, options: AgentOptions) -> AgentReply:
        self._clock.gate()
        return self._agents.start(agent, input, options).wait()

    def start_agent(self, agent: str, input: Content, options: AgentOptions) -> FakeChild:
        self._clock.gate()
        return self._agents.start(agent, input, options)

    def tools(self) -> list[Tool]:
        self._clock.gate()
        return self._tools.available()

    def call_tool(self, call: FunctionCall, options: ToolOptions) -> FunctionResponse:
        self._clock.count_call()
        return self._tools.start(call, options).wait()

    def call_tools(self, calls: list[FunctionCall], options: ToolOptions) -> list[FunctionResponse | Failure]:
        self._clock.count_call()
        return self._tools.call_all(calls, options)

    def start_tool(self, call: FunctionCall, options: ToolOptions) -> FakeRunning:
        self._clock.count_call()
        return self._tools.start(call, options)

    def models(self) -> list[ModelSummary]:
        self._clock.gate()
        return self._models.available()

    def complete(self, request: ModelRequest) -> ModelResponse:
        self._clock.gate()
        return self._models.open(request).wait()

    def open_completion(self, request: ModelRequest) -> FakeCompletion:
        self._clock.gate()
        return self._models.open(request)

    def embed(self, texts: list[str], model: str | None) -> Embeddings:
        self._clock.gate()
        return self._models.embed(texts, model)

    def fetch(self, request: HttpRequest) -> HttpResponse:
        self._clock.gate()
        return self._http.open(request).wait()

    def open_exchange(self, request: HttpRequest) -> FakeExchange:
        self._clock.gate()
        return self._http.open(request)

    def save_artifact(self, name: str, blob: Blob) -> int:
        self._clock.gate()
        return self._artifacts.save(name, blob)

    def load_artifact(self, name: str, version: int | None) -> Blob | None:
        self._clock.gate()
        return self._artifacts.load(name, version)

    def read_artifact(self, name: str, version: int, offset: int, max: int) -> bytes:
        self._clock.gate()
        return self._artifacts.read(name, version, offset, max)

    def artifacts(self, prefix: str) -> list[ArtifactInfo]:
        self._clock.gate()
        return self._artifacts.available(prefix)

    def artifact_versions(self, name: str) -> list[ArtifactInfo]:
        self._clock.gate()
        return self._artifacts.infos(name)

    def remove_artifact(self, name: str, version: int | None) -> bool:
        self._clock.gate()
        return self._artifacts.remove(name, version)

    def sleep(self, ms: int) -> None:
        self._clock.count_call()
        self._clock.wait_until(self._clock.now_ms + ms)

    def timer(self, ms: int) -> FakeTimer:
        self._clock.count_call()
        return FakeTimer(self._clock, self._clock.now_ms + ms)

    def any(self, of: Sequence[Timer], timeout_ms: int | None) -> list[int]:
        self._clock.count_call()
        timers = [timer for timer in of if isinstance(timer, FakeTimer)]
        ends = [timer.at_ms for timer in timers]
        if timeout_ms is not None:
            ends.append(self._clock.now_ms + timeout_ms)
        if ends:
            self._clock.wait_until(min(ends))
        if self._clock.is_cancelled():
            return []
        return [index for index, timer in enumerate(timers) if timer.is_due()]

    def log(self, level: Level, message: str, fields: list[tuple[str, str]]) -> None:
        self._clock.count_call()
        self._logs.append(LogLine(level, message, dict(fields)))


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
