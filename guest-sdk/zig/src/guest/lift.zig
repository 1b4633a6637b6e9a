//! From the contract's types to the SDK's. Texts stay where the host put them.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentReply = @import("../agents.zig").Reply;
const AgentSummary = @import("../agents.zig").AgentSummary;
const ArtifactInfo = @import("../artifacts.zig").ArtifactInfo;
const Blob = @import("../content.zig").Blob;
const Content = @import("../content.zig").Content;
const Custom = @import("../content.zig").Custom;
const Decision = @import("../people.zig").Decision;
const Delta = @import("../models.zig").Delta;
const Embeddings = @import("../models.zig").Embeddings;
const Entry = @import("../session.zig").Entry;
const Failure = @import("../failure.zig").Failure;
const FailureKind = @import("../failure.zig").FailureKind;
const FinishReason = @import("../models.zig").FinishReason;
const FunctionCall = @import("../content.zig").FunctionCall;
const FunctionResponse = @import("../content.zig").FunctionResponse;
const Hints = @import("../tools.zig").Hints;
const HttpHead = @import("../http.zig").HttpHead;
const Info = @import("../context.zig").Info;
const Json = @import("../Json.zig");
const ModelResponse = @import("../models.zig").ModelResponse;
const ModelSummary = @import("../models.zig").ModelSummary;
const Page = @import("../session.zig").Page;
const Part = @import("../content.zig").Part;
const Tool = @import("../tools.zig").Tool;
const Usage = @import("../models.zig").Usage;
const abi = @import("abi.zig");
const duration = @import("../wait.zig").duration;

fn optionalString(theirs: abi.Option(abi.String)) ?[]const u8 {
    return if (theirs.get()) |some| some.slice() else null;
}

fn optionalJson(theirs: abi.Option(abi.String)) ?Json {
    return if (theirs.get()) |some| .raw(some.slice()) else null;
}

pub fn strings(allocator: Allocator, theirs: abi.List(abi.String)) Allocator.Error![]const []const u8 {
    const ours = try allocator.alloc([]const u8, theirs.len);
    for (theirs.slice(), ours) |item, *place| place.* = item.slice();
    return ours;
}

pub fn content(allocator: Allocator, theirs: abi.Content) Allocator.Error!Content {
    const parts = try allocator.alloc(Part, theirs.parts.len);
    for (theirs.parts.slice(), parts) |item, *place| place.* = part(item);
    return .{ .role = theirs.role.slice(), .parts = parts };
}

fn part(theirs: abi.Part) Part {
    const value = theirs.value;
    return switch (theirs.tag) {
        .text => .{ .text = value.text.slice() },
        .thought => .{ .thought = value.thought.slice() },
        .inline_data => .{ .inline_data = blob(value.inline_data) },
        .file_data => .{ .file_data = .{
            .mime_type = optionalString(value.file_data.mime_type),
            .uri = value.file_data.uri.slice(),
        } },
        .function_call => .{ .function_call = functionCall(value.function_call) },
        .function_response => .{ .function_response = functionResponse(value.function_response) },
        .other => .{ .other = custom(value.other) },
    };
}

pub fn blob(theirs: abi.Blob) Blob {
    return .{ .mime_type = theirs.mime_type.slice(), .data = theirs.data.slice() };
}

fn functionCall(theirs: abi.FunctionCall) FunctionCall {
    return .{ .id = theirs.id.slice(), .name = theirs.name.slice(), .args = .raw(theirs.args.slice()) };
}

pub fn functionResponse(theirs: abi.FunctionResponse) FunctionResponse {
    return .{
        .id = theirs.id.slice(),
        .name = theirs.name.slice(),
        .response = .raw(theirs.response.slice()),
        .failed = theirs.failed,
    };
}

fn custom(theirs: abi.Custom) Custom {
    return .{ .name = theirs.name.slice(), .value = .raw(theirs.value.slice()) };
}

pub fn failure(theirs: abi.Failure) Failure {
    return .{
        .kind = @fromBackingInt(theirs.kind),
        .code = optionalString(theirs.code),
        .message = theirs.message.slice(),
        .retry_after = if (theirs.retry_after_ms.get()) |ms| duration(ms) else null,
        .details = optionalJson(theirs.details),
    };
}

pub fn decision(theirs: abi.Decision) Decision {
    return .{
        .approved = theirs.approved,
        .by = optionalString(theirs.by),
        .reason = optionalString(theirs.reason),
        .edited = optionalJson(theirs.edited),
    };
}

pub fn summaries(allocator: Allocator, theirs: abi.List(abi.Summary)) Allocator.Error![]const AgentSummary {
    const ours = try allocator.alloc(AgentSummary, theirs.len);
    for (theirs.slice(), ours) |item, *place| place.* = .{
        .name = item.name.slice(),
        .description = item.description.slice(),
        .version = item.version.slice(),
        .input_schema = optionalJson(item.input_schema),
        .extra = optionalJson(item.extra),
    };
    return ours;
}

pub fn agentReply(allocator: Allocator, theirs: abi.AgentReply) Allocator.Error!AgentReply {
    return .{
        .invocation_id = theirs.invocation_id.slice(),
        .content = if (theirs.content.get()) |said| try content(allocator, said) else null,
        .escalate = theirs.escalate,
        .transfer_to = optionalString(theirs.transfer_to),
        .extra = optionalJson(theirs.extra),
    };
}

pub fn tools(allocator: Allocator, theirs: abi.List(abi.Tool)) Allocator.Error![]const Tool {
    const ours = try allocator.alloc(Tool, theirs.len);
    for (theirs.slice(), ours) |item, *place| place.* = .{
        .name = item.name.slice(),
        .description = item.description.slice(),
        .parameters = .raw(item.parameters.slice()),
        .hints = hints(item.hints),
        .extra = optionalJson(item.extra),
    };
    return ours;
}

fn hints(theirs: abi.Hints) Hints {
    return .{
        .read_only = theirs.read_only,
        .destructive = theirs.destructive,
        .idempotent = theirs.idempotent,
        .open_world = theirs.open_world,
        .needs_approval = theirs.needs_approval,
    };
}

pub fn modelSummaries(
    allocator: Allocator,
    theirs: abi.List(abi.ModelSummary),
) Allocator.Error![]const ModelSummary {
    const ours = try allocator.alloc(ModelSummary, theirs.len);
    for (theirs.slice(), ours) |item, *place| place.* = .{
        .name = item.name.slice(),
        .description = item.description.slice(),
        .extra = optionalJson(item.extra),
    };
    return ours;
}

pub fn modelResponse(allocator: Allocator, theirs: abi.ModelResponse) Allocator.Error!ModelResponse {
    return .{
        .model = theirs.model.slice(),
        .content = try content(allocator, theirs.content),
        .finish = finishReason(theirs.finish),
        .usage = usage(theirs.usage),
        .extra = optionalJson(theirs.extra),
    };
}

fn finishReason(theirs: abi.FinishReason) FinishReason {
    return switch (theirs.tag) {
        .stop => .stop,
        .length => .length,
        .function_calls => .function_calls,
        .filtered => .filtered,
        .other => .{ .other = theirs.value.other.slice() },
    };
}

fn usage(theirs: abi.Usage) Usage {
    return .{
        .input_tokens = theirs.input_tokens,
        .output_tokens = theirs.output_tokens,
        .cached_tokens = theirs.cached_tokens,
        .thought_tokens = theirs.thought_tokens,
        .extra = optionalJson(theirs.extra),
    };
}

pub fn deltas(allocator: Allocator, theirs: abi.List(abi.Delta)) Allocator.Error![]const Delta {
    const ours = try allocator.alloc(Delta, theirs.len);
    for (theirs.slice(), ours) |item, *place| place.* = switch (item.tag) {
        .text => .{ .text = item.value.text.slice() },
        .thought => .{ .thought = item.value.thought.slice() },
        .function_call => .{ .function_call = functionCall(item.value.function_call) },
        .other => .{ .other = .raw(item.value.other.slice()) },
    };
    return ours;
}

pub fn embeddings(allocator: Allocator, theirs: abi.Embeddings) Allocator.Error!Embeddings {
    const vectors = try allocator.alloc([]const f32, theirs.vectors.len);
    for (theirs.vectors.slice(), vectors) |item, *place| place.* = item.slice();
    return .{
        .model = theirs.model.slice(),
        .vectors = vectors,
        .usage = usage(theirs.usage),
        .extra = optionalJson(theirs.extra),
    };
}

pub fn info(theirs: abi.Info) Info {
    return .{
        .invocation_id = theirs.invocation_id.slice(),
        .session_id = theirs.session_id.slice(),
        .user_id = theirs.user_id.slice(),
        .agent = theirs.agent.slice(),
        .agent_version = theirs.agent_version.slice(),
        .attempt = theirs.attempt,
        .parent_id = optionalString(theirs.parent_id),
        .traceparent = optionalString(theirs.traceparent),
        .extra = optionalJson(theirs.extra),
    };
}

pub fn page(allocator: Allocator, theirs: abi.Page) Allocator.Error!Page {
    const entries = try allocator.alloc(Entry, theirs.entries.len);
    for (theirs.entries.slice(), entries) |item, *place| place.* = .{
        .seq = item.seq,
        .author = item.author.slice(),
        .content = try content(allocator, item.content),
        .at = timestamp(item.at_ms),
    };
    return .{ .entries = entries, .next = theirs.next.get() };
}

pub fn httpHead(allocator: Allocator, theirs: abi.HttpHead) Allocator.Error!HttpHead {
    const headers = try allocator.alloc(std.http.Header, theirs.headers.len);
    for (theirs.headers.slice(), headers) |item, *place| {
        place.* = .{ .name = item.name.slice(), .value = item.value.slice() };
    }
    return .{
        .status = theirs.status,
        .url = theirs.url.slice(),
        .headers = headers,
        .extra = optionalJson(theirs.extra),
    };
}

pub fn artifactInfos(
    allocator: Allocator,
    theirs: abi.List(abi.ArtifactInfo),
) Allocator.Error![]const ArtifactInfo {
    const infos = try allocator.alloc(ArtifactInfo, theirs.len);
    for (theirs.slice(), infos) |item, *place| place.* = .{
        .name = item.name.slice(),
        .version = item.version,
        .mime_type = item.mime_type.slice(),
        .size = item.size,
        .created_at = timestamp(item.created_at_ms),
        .extra = optionalJson(item.extra),
    };
    return infos;
}

fn timestamp(ms: u64) std.Io.Timestamp {
    return .{ .nanoseconds = duration(ms).nanoseconds };
}
