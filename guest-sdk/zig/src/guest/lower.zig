//! From the SDK's types to the contract's. Nothing is copied but the lists that lie otherwise, and text that is no
//! UTF-8.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Custom = @import("../content.zig").Custom;
const Content = @import("../content.zig").Content;
const Descriptor = @import("../descriptor.zig").Descriptor;
const Event = @import("../events.zig").Event;
const Failure = @import("../failure.zig").Failure;
const Field = @import("../log.zig").Field;
const FunctionCall = @import("../content.zig").FunctionCall;
const HttpOptions = @import("../http.zig").HttpOptions;
const Json = @import("../Json.zig");
const ModelOptions = @import("../models.zig").ModelOptions;
const ModelTool = @import("../models.zig").ModelTool;
const Outcome = @import("../outcome.zig").Outcome;
const Part = @import("../content.zig").Part;
const Skill = @import("../descriptor.zig").Skill;
const ToolChoice = @import("../models.zig").ToolChoice;
const abi = @import("abi.zig");
const millis = @import("../wait.zig").millis;

/// A text. The contract's strings are UTF-8, and anything else is a trap; here its bad bytes are replaced instead.
pub fn string(allocator: Allocator, text: []const u8) Allocator.Error!abi.String {
    if (std.unicode.utf8ValidateSlice(text)) return .of(text);
    return .of(try std.fmt.allocPrint(allocator, "{f}", .{std.unicode.fmtUtf8(text)}));
}

pub fn optionalString(allocator: Allocator, text: ?[]const u8) Allocator.Error!abi.Option(abi.String) {
    return if (text) |some| .some(try string(allocator, some)) else .none;
}

pub fn optionalJson(allocator: Allocator, json: ?Json) Allocator.Error!abi.Option(abi.String) {
    return if (json) |some| .some(try string(allocator, some.text)) else .none;
}

fn optionalNumber(comptime T: type, number: ?T) abi.Option(T) {
    return if (number) |some| .some(some) else .none;
}

pub fn strings(allocator: Allocator, ours: []const []const u8) Allocator.Error!abi.List(abi.String) {
    return list(abi.String, string, allocator, ours);
}

fn list(
    comptime T: type,
    comptime one: anytype,
    allocator: Allocator,
    items: anytype,
) Allocator.Error!abi.List(T) {
    const lowered = try allocator.alloc(T, items.len);
    for (items, lowered) |item, *place| place.* = try one(allocator, item);
    return .of(lowered);
}

pub fn content(allocator: Allocator, ours: Content) Allocator.Error!abi.Content {
    return .{
        .role = try string(allocator, ours.role),
        .parts = try list(abi.Part, part, allocator, ours.parts),
    };
}

fn part(allocator: Allocator, ours: Part) Allocator.Error!abi.Part {
    return switch (ours) {
        .text => |text| .{ .tag = .text, .value = .{ .text = try string(allocator, text) } },
        .thought => |text| .{ .tag = .thought, .value = .{ .thought = try string(allocator, text) } },
        .inline_data => |blob| .{ .tag = .inline_data, .value = .{ .inline_data = .{
            .mime_type = try string(allocator, blob.mime_type),
            .data = .of(blob.data),
        } } },
        .file_data => |file| .{ .tag = .file_data, .value = .{ .file_data = .{
            .mime_type = try optionalString(allocator, file.mime_type),
            .uri = try string(allocator, file.uri),
        } } },
        .function_call => |call| .{
            .tag = .function_call,
            .value = .{ .function_call = try functionCall(allocator, call) },
        },
        .function_response => |answer| .{ .tag = .function_response, .value = .{ .function_response = .{
            .id = try string(allocator, answer.id),
            .name = try string(allocator, answer.name),
            .response = try string(allocator, answer.response.text),
            .failed = answer.failed,
        } } },
        .other => |other| .{ .tag = .other, .value = .{ .other = try custom(allocator, other) } },
    };
}

pub fn functionCalls(allocator: Allocator, ours: []const FunctionCall) Allocator.Error!abi.List(abi.FunctionCall) {
    return list(abi.FunctionCall, functionCall, allocator, ours);
}

pub fn functionCall(allocator: Allocator, ours: FunctionCall) Allocator.Error!abi.FunctionCall {
    return .{
        .id = try string(allocator, ours.id),
        .name = try string(allocator, ours.name),
        .args = try string(allocator, ours.args.text),
    };
}

pub fn modelRequest(
    allocator: Allocator,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!abi.ModelRequest {
    return .{
        .model = try optionalString(allocator, options.model),
        .system = try optionalString(allocator, options.system),
        .contents = try list(abi.Content, content, allocator, contents),
        .tools = try list(abi.ModelTool, modelTool, allocator, options.tools),
        .tool_choice = try toolChoice(allocator, options.tool_choice),
        .max_output_tokens = optionalNumber(u32, options.max_output_tokens),
        .temperature = optionalNumber(f32, options.temperature),
        .stop = try strings(allocator, options.stop),
        .response_schema = try optionalJson(allocator, options.response_schema),
        .relay = @backingInt(options.relay),
        .extra = try optionalJson(allocator, options.extra),
    };
}

/// A request, whose JSON is its body already.
pub fn httpRequest(allocator: Allocator, url: []const u8, options: HttpOptions) Allocator.Error!abi.HttpRequest {
    return .{
        .method = try string(allocator, options.method),
        .url = try string(allocator, url),
        .headers = try list(abi.Field, header, allocator, options.headers),
        .body = .of(options.body),
        .credential = try optionalString(allocator, options.credential),
        .timeout_ms = optionalNumber(u64, if (options.timeout) |time| millis(time) else null),
        .follow_redirects = options.follow_redirects,
        .extra = try optionalJson(allocator, options.extra),
    };
}

fn header(allocator: Allocator, ours: std.http.Header) Allocator.Error!abi.Field {
    return .{ .name = try string(allocator, ours.name), .value = try string(allocator, ours.value) };
}

fn modelTool(allocator: Allocator, ours: ModelTool) Allocator.Error!abi.ModelTool {
    return .{
        .name = try string(allocator, ours.name),
        .description = try string(allocator, ours.description),
        .parameters = try string(allocator, ours.parameters.text),
    };
}

fn toolChoice(allocator: Allocator, ours: ToolChoice) Allocator.Error!abi.ToolChoice {
    return switch (ours) {
        .auto => .{ .tag = .auto, .value = undefined },
        .none => .{ .tag = .none, .value = undefined },
        .required => .{ .tag = .required, .value = undefined },
        .named => |name| .{ .tag = .named, .value = .{ .named = try string(allocator, name) } },
    };
}

fn custom(allocator: Allocator, ours: Custom) Allocator.Error!abi.Custom {
    return .{ .name = try string(allocator, ours.name), .value = try string(allocator, ours.value.text) };
}

pub fn events(allocator: Allocator, ours: []const Event) Allocator.Error!abi.List(abi.Event) {
    return list(abi.Event, event, allocator, ours);
}

fn event(allocator: Allocator, ours: Event) Allocator.Error!abi.Event {
    return switch (ours) {
        .content => |said| .{ .tag = .content, .value = .{ .content = try content(allocator, said) } },
        .text_delta => |text| .{ .tag = .text_delta, .value = .{ .text_delta = try string(allocator, text) } },
        .thought_delta => |text| .{ .tag = .thought_delta, .value = .{ .thought_delta = try string(allocator, text) } },
        .progress => |progress| .{ .tag = .progress, .value = .{ .progress = .{
            .message = try string(allocator, progress.message),
            .done = optionalNumber(u64, progress.done),
            .total = optionalNumber(u64, progress.total),
        } } },
        .other => |other| .{ .tag = .other, .value = .{ .other = try custom(allocator, other) } },
    };
}

pub fn fields(allocator: Allocator, ours: []const Field) Allocator.Error!abi.List(abi.Field) {
    return list(abi.Field, field, allocator, ours);
}

fn field(allocator: Allocator, ours: Field) Allocator.Error!abi.Field {
    return .{ .name = try string(allocator, ours.name), .value = try string(allocator, ours.value) };
}

pub fn failure(allocator: Allocator, ours: Failure) Allocator.Error!abi.Failure {
    return .{
        .kind = @backingInt(ours.kind),
        .code = try optionalString(allocator, ours.code),
        .message = try string(allocator, ours.message),
        .retry_after_ms = optionalNumber(u64, if (ours.retry_after) |time| millis(time) else null),
        .details = try optionalJson(allocator, ours.details),
    };
}

pub fn outcome(allocator: Allocator, ours: Outcome) Allocator.Error!abi.Outcome {
    return .{
        .content = if (ours.content) |said| .some(try content(allocator, said)) else .none,
        .escalate = ours.escalate,
        .transfer_to = try optionalString(allocator, ours.transfer_to),
        .extra = try optionalJson(allocator, ours.extra),
    };
}

pub fn descriptor(allocator: Allocator, ours: Descriptor) Allocator.Error!abi.Descriptor {
    return .{
        .name = try string(allocator, ours.name),
        .description = try string(allocator, ours.description),
        .version = try string(allocator, ours.version),
        .skills = try list(abi.Skill, skill, allocator, ours.skills),
        .input_schema = try optionalJson(allocator, ours.input_schema),
        .extra = try optionalJson(allocator, ours.extra),
    };
}

fn skill(allocator: Allocator, ours: Skill) Allocator.Error!abi.Skill {
    return .{
        .id = try string(allocator, ours.id),
        .name = try string(allocator, ours.name),
        .description = try string(allocator, ours.description),
        .tags = try strings(allocator, ours.tags),
        .examples = try strings(allocator, ours.examples),
    };
}
