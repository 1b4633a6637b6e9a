//! From the contract's types to the SDK's. Texts stay where the host put them.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentReply = @import("../agents.zig").Reply;
const AgentSummary = @import("../agents.zig").AgentSummary;
const Content = @import("../content.zig").Content;
const Custom = @import("../content.zig").Custom;
const Decision = @import("../people.zig").Decision;
const Entry = @import("../session.zig").Entry;
const Failure = @import("../failure.zig").Failure;
const FailureKind = @import("../failure.zig").FailureKind;
const FunctionResponse = @import("../content.zig").FunctionResponse;
const Hints = @import("../tools.zig").Hints;
const Info = @import("../context.zig").Info;
const Json = @import("../Json.zig");
const Page = @import("../session.zig").Page;
const Part = @import("../content.zig").Part;
const Tool = @import("../tools.zig").Tool;
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
        .inline_data => .{ .inline_data = .{
            .mime_type = value.inline_data.mime_type.slice(),
            .data = value.inline_data.data.slice(),
        } },
        .file_data => .{ .file_data = .{
            .mime_type = optionalString(value.file_data.mime_type),
            .uri = value.file_data.uri.slice(),
        } },
        .function_call => .{ .function_call = .{
            .id = value.function_call.id.slice(),
            .name = value.function_call.name.slice(),
            .args = .raw(value.function_call.args.slice()),
        } },
        .function_response => .{ .function_response = functionResponse(value.function_response) },
        .other => .{ .other = custom(value.other) },
    };
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
        .at = .{ .nanoseconds = duration(item.at_ms).nanoseconds },
    };
    return .{ .entries = entries, .next = theirs.next.get() };
}
