"""The only mapping between the generated types and the SDK's own.

The generated code traps on a value of another type than the contract's, so everything that an author made is looked at
here first: `TypeError` and `ValueError` say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from componentize_py_types import Ok, Result
from wit_world.exports import entry
from wit_world.imports import agents, artifacts, common, context, events, http, log, models, people, session, tools

from .. import document
from ..agents import AgentOptions, AgentReply, AgentSummary
from ..artifacts import ArtifactInfo
from ..content import Blob, Content, Custom, FileRef, FunctionCall, FunctionResponse, Part, Text, Thought
from ..context import Info
from ..descriptor import Descriptor, Skill
from ..events import Event, Progress, TextDelta, ThoughtDelta
from ..failure import Failure, FailureKind
from ..http import Headers, HttpHead, HttpRequest, HttpResponse
from ..log import Level
from ..models import (
    Delta,
    Embeddings,
    Finish,
    ModelRequest,
    ModelResponse,
    ModelSummary,
    NamedTool,
    OtherDelta,
    ToolChoice,
    Usage,
)
from ..outcome import Outcome
from ..people import Decision
from ..session import Entry, Page
from ..tools import Tool, ToolHints, ToolOptions
from ..wait import maybe_millis, millis

T = TypeVar("T")
R = TypeVar("R")

_KINDS = {kind: common.FailureKind[kind.name] for kind in FailureKind}
_KINDS_IN = {theirs: ours for ours, theirs in _KINDS.items()}
LEVELS = {level: log.Level[level.name] for level in Level}
"""The contract's levels."""

_RELAYS = {"off": models.Relay.OFF, "text": models.Relay.TEXT, "all": models.Relay.ALL}
_CHOICES: dict[str, models.ToolChoice] = {
    "auto": models.ToolChoice_Auto(),
    "none": models.ToolChoice_None_(),
    "required": models.ToolChoice_Required(),
}

_U32_MAX, _U64_MAX = (1 << 32) - 1, (1 << 64) - 1
# The last day that a `datetime` can name, in seconds since 1970.
_LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


def text(value: str) -> str:
    """A text that the contract can carry: half a surrogate pair, which no UTF-8 has, becomes U+FFFD."""
    if not isinstance(value, str):
        raise TypeError(f"a text is needed, not a {type(value).__name__}")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # A subclass, such as a member of an enum, is what it says.
    return value


def u64(value: int) -> int:
    """A whole number that the contract can carry."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number is needed, not a {type(value).__name__}")
    if not 0 <= value <= _U64_MAX:
        raise ValueError(f"{value} is not between 0 and {_U64_MAX}")
    return value


def u32(value: int) -> int:
    """A number of tokens or bytes: more than the contract can carry is as much as it can."""
    return min(u64(value), _U32_MAX)


def limit(value: int) -> int:
    """How many entries a page may have: what lies outside of the contract is taken as the nearest number of it."""
    if not isinstance(value, int):
        raise TypeError(f"a whole number of entries is needed, not a {type(value).__name__}")
    return min(max(value, 0), _U32_MAX)


def maybe(convert: Callable[[T], R], value: T | None) -> R | None:
    return None if value is None else convert(value)


def json_in(value: str | None) -> Any:
    """What a JSON document of the host says. The host sends only valid ones; should it ever not, its text is the value,
    so that nothing is lost."""
    if value is None:
        return None
    try:
        return document.loads(value)
    except ValueError:
        return value


def json_out(value: Any) -> str:
    return text(document.dumps(value))


def texts(values: Iterable[str]) -> list[str]:
    if isinstance(values, str):
        raise TypeError(f"a list of texts is needed, not the text {values!r}")
    return [text(value) for value in values]


def failure_in(failure: common.Failure) -> Failure:
    return Failure(
        _KINDS_IN[failure.kind],
        failure.message,
        code=failure.code,
        retry_after=maybe(lambda ms: ms / 1000, failure.retry_after_ms),
        details=json_in(failure.details),
    )


def failure_out(failure: Failure) -> common.Failure:
    return common.Failure(
        _KINDS[failure.kind],
        maybe(text, failure.code),
        text(failure.message),
        maybe(millis, failure.retry_after),
        maybe(json_out, failure.details),
    )


def content_in(content: common.Content) -> Content:
    return Content(content.role, [_part_in(part) for part in content.parts])


def content_out(content: Content) -> common.Content:
    return common.Content(text(content.role), [_part_out(part) for part in content.parts])


def _part_in(part: common.Part) -> Part:
    match part:
        case common.Part_Text(value):
            return Text(value)
        case common.Part_Thought(value):
            return Thought(value)
        case common.Part_InlineData(blob):
            return blob_in(blob)
        case common.Part_FileData(file):
            return FileRef(file.uri, file.mime_type)
        case common.Part_FunctionCall(call):
            return _call_in(call)
        case common.Part_FunctionResponse(response):
            return response_in(response)
        case common.Part_Other(custom):
            return Custom(custom.name, json_in(custom.value))


def _part_out(part: Part) -> common.Part:
    match part:
        case Text(value):
            return common.Part_Text(text(value))
        case Thought(value):
            return common.Part_Thought(text(value))
        case Blob():
            return common.Part_InlineData(blob_out(part))
        case FileRef(uri, mime_type):
            return common.Part_FileData(common.FileRef(maybe(text, mime_type), text(uri)))
        case FunctionCall():
            return common.Part_FunctionCall(call_out(part))
        case FunctionResponse(id, name, response, failed):
            answer = common.FunctionResponse(text(id), text(name), json_out(response), bool(failed))
            return common.Part_FunctionResponse(answer)
        case Custom():
            return common.Part_Other(_custom_out(part))
    raise TypeError(f"a {type(part).__name__} is not a part of a content")


def blob_in(blob: common.Blob) -> Blob:
    return Blob(blob.mime_type, blob.data)


def blob_out(blob: Blob) -> common.Blob:
    return common.Blob(text(blob.mime_type), bytes(memoryview(blob.data)))


def _call_in(call: common.FunctionCall) -> FunctionCall:
    return FunctionCall(call.id, call.name, json_in(call.args))


def call_out(call: FunctionCall) -> common.FunctionCall:
    return common.FunctionCall(text(call.id), text(call.name), json_out(call.args))


def response_in(response: common.FunctionResponse) -> FunctionResponse:
    return FunctionResponse(response.id, response.name, json_in(response.response), response.failed)


def _custom_out(custom: Custom) -> common.Custom:
    return common.Custom(text(custom.name), json_out(custom.value))


def event_out(event: Event) -> events.Event:
    match event:
        case TextDelta(delta):
            return events.Event_TextDelta(text(delta))
        case Content():
            return events.Event_Content(content_out(event))
        case Progress(message, done, total):
            return events.Event_Progress(events.Progress(text(message), maybe(u64, done), maybe(u64, total)))
        case ThoughtDelta(delta):
            return events.Event_ThoughtDelta(text(delta))
        case Custom():
            return events.Event_Other(_custom_out(event))
    raise TypeError(f"a {type(event).__name__} is not an event")


def info_in(info: context.Info) -> Info:
    return Info(
        info.invocation_id,
        info.session_id,
        info.user_id,
        info.agent,
        info.agent_version,
        info.attempt,
        info.parent_id,
        info.traceparent,
        json_in(info.extra),
    )


def page_in(page: session.Page) -> Page:
    return Page([_entry_in(entry) for entry in page.entries], page.next)


def _entry_in(entry: session.Entry) -> Entry:
    return Entry(entry.seq, entry.author, content_in(entry.content), _time_in(entry.at_ms))


def _time_in(ms: int) -> datetime:
    return datetime.fromtimestamp(min(ms / 1000, _LAST_DAY), UTC)


def decision_in(decision: people.Decision) -> Decision:
    return Decision(decision.approved, decision.by, decision.reason, json_in(decision.edited))


def summary_in(summary: agents.Summary) -> AgentSummary:
    return AgentSummary(
        summary.name,
        summary.description,
        summary.version,
        json_in(summary.input_schema),
        json_in(summary.extra),
    )


def agent_options_out(options: AgentOptions) -> agents.Options:
    return agents.Options(
        maybe(text, options.session),
        options.timeout_ms,
        bool(options.relay),
        bool(options.detached),
        maybe(json_out, options.extra),
    )


def reply_in(reply: agents.Reply) -> AgentReply:
    return AgentReply(
        reply.invocation_id,
        maybe(content_in, reply.content),
        reply.escalate,
        reply.transfer_to,
        json_in(reply.extra),
    )


def tool_in(tool: tools.Tool) -> Tool:
    hints = ToolHints(
        read_only=tools.Hints.READ_ONLY in tool.hints,
        destructive=tools.Hints.DESTRUCTIVE in tool.hints,
        idempotent=tools.Hints.IDEMPOTENT in tool.hints,
        open_world=tools.Hints.OPEN_WORLD in tool.hints,
        needs_approval=tools.Hints.NEEDS_APPROVAL in tool.hints,
    )
    return Tool(tool.name, tool.description, json_in(tool.parameters), hints, json_in(tool.extra))


def tool_options_out(options: ToolOptions) -> tools.CallOptions:
    return tools.CallOptions(
        options.timeout_ms,
        maybe(text, options.idempotency_key),
        bool(options.relay),
        maybe(json_out, options.extra),
    )


def result_in(result: Result[common.FunctionResponse, common.Failure]) -> FunctionResponse | Failure:
    return response_in(result.value) if isinstance(result, Ok) else failure_in(result.value)


def model_in(summary: models.Summary) -> ModelSummary:
    return ModelSummary(summary.name, summary.description, json_in(summary.extra))


def request_out(request: ModelRequest) -> models.Request:
    return models.Request(
        maybe(text, request.model),
        maybe(text, request.system),
        [content_out(content) for content in request.contents],
        [models.ToolSpec(text(tool.name), text(tool.description), json_out(tool.parameters)) for tool in request.tools],
        _choice_out(request.tool_choice),
        maybe(u32, request.max_output_tokens),
        maybe(float, request.temperature),
        texts(request.stop),
        maybe(json_out, request.response_schema),
        _one_of("relay", request.relay, _RELAYS),
        maybe(json_out, request.extra),
    )


def _choice_out(choice: ToolChoice) -> models.ToolChoice:
    if isinstance(choice, NamedTool):
        return models.ToolChoice_Named(text(choice.name))
    return _one_of("tool_choice", choice, _CHOICES)


def _one_of(what: str, value: str, known: Mapping[str, T]) -> T:
    if value not in known:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {value!r}")
    return known[value]


def model_response_in(response: models.Response) -> ModelResponse:
    return ModelResponse(
        response.model,
        content_in(response.content),
        _finish_in(response.finish),
        _usage_in(response.usage),
        json_in(response.extra),
    )


def _finish_in(finish: models.FinishReason) -> str:
    match finish:
        case models.FinishReason_Stop():
            return Finish.STOP
        case models.FinishReason_Length():
            return Finish.LENGTH
        case models.FinishReason_FunctionCalls():
            return Finish.FUNCTION_CALLS
        case models.FinishReason_Filtered():
            return Finish.FILTERED
        case models.FinishReason_Other(word):
            return word


def _usage_in(usage: common.Usage) -> Usage:
    return Usage(
        usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.thought_tokens, json_in(usage.extra)
    )


def delta_in(delta: models.Delta) -> Delta:
    match delta:
        case models.Delta_Text(value):
            return TextDelta(value)
        case models.Delta_Thought(value):
            return ThoughtDelta(value)
        case models.Delta_FunctionCall(call):
            return _call_in(call)
        case models.Delta_Other(value):
            return OtherDelta(json_in(value))


def embeddings_in(embeddings: models.Embeddings) -> Embeddings:
    return Embeddings(
        embeddings.model, embeddings.vectors, _usage_in(embeddings.usage), json_in(embeddings.extra)
    )


def http_request_out(request: HttpRequest) -> http.Request:
    return http.Request(
        text(request.method),
        text(request.url),
        [(text(name), text(value)) for name, value in request.headers.pairs],
        request.body,
        maybe(text, request.credential),
        maybe_millis(request.timeout),
        bool(request.follow_redirects),
        maybe(json_out, request.extra),
    )


def head_in(head: http.Head) -> HttpHead:
    return HttpHead(head.status, head.url, Headers(head.headers), extra=json_in(head.extra))


def http_response_in(response: http.Response) -> HttpResponse:
    head = response.head
    return HttpResponse(head.status, head.url, Headers(head.headers), response.body, extra=json_in(head.extra))


def artifact_in(info: artifacts.Info) -> ArtifactInfo:
    return ArtifactInfo(
        info.name, info.version, info.mime_type, info.size, _time_in(info.created_at_ms), json_in(info.extra)
    )


def outcome_out(outcome: Outcome) -> entry.Outcome:
    return entry.Outcome(
        maybe(content_out, outcome.content),
        bool(outcome.escalate),
        maybe(text, outcome.transfer_to),
        maybe(json_out, outcome.extra),
    )


def descriptor_out(descriptor: Descriptor) -> entry.Descriptor:
    return entry.Descriptor(
        text(descriptor.name or ""),
        text(descriptor.description or ""),
        text(descriptor.version or ""),
        [_skill_out(skill) for skill in descriptor.skills],
        maybe(json_out, descriptor.input_schema),
        maybe(json_out, descriptor.extra),
    )


def _skill_out(skill: Skill) -> entry.Skill:
    return entry.Skill(
        text(skill.id), text(skill.name), text(skill.description), texts(skill.tags), texts(skill.examples)
    )
