//! Copies of what an agent passes to the host, as the real one makes them: the agent's memory may be used again at
//! once.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentCall = @import("Agents.zig").AgentCall;
const AgentSummary = @import("../agents.zig").AgentSummary;
const Blob = @import("../content.zig").Blob;
const Content = @import("../content.zig").Content;
const Custom = @import("../content.zig").Custom;
const Decision = @import("../people.zig").Decision;
const EmbedCall = @import("Models.zig").EmbedCall;
const Ending = @import("../invoke.zig").Ending;
const Event = @import("../events.zig").Event;
const Field = @import("../log.zig").Field;
const HttpAnswer = @import("Http.zig").HttpAnswer;
const HttpCall = @import("Http.zig").HttpCall;
const ModelAnswer = @import("Models.zig").ModelAnswer;
const ModelCall = @import("Models.zig").ModelCall;
const ModelSummary = @import("../models.zig").ModelSummary;
const Question = @import("People.zig").Question;
const Tool = @import("../tools.zig").Tool;
const ToolCall = @import("Tools.zig").ToolCall;

/// A copy of anything that is made of texts, lists, options and cases. Numbers and the like are their own copies.
fn deep(allocator: Allocator, value: anytype) Allocator.Error!@TypeOf(value) {
    const T = @TypeOf(value);
    switch (@typeInfo(T)) {
        .pointer => |pointer| {
            const list = try allocator.alloc(pointer.child, value.len);
            for (value, list) |item, *place| place.* = try deep(allocator, item);
            return list;
        },
        .optional => return if (value) |some| try deep(allocator, some) else null,
        .@"struct" => |info| {
            var copy = value;
            inline for (info.field_names) |name| @field(copy, name) = try deep(allocator, @field(value, name));
            return copy;
        },
        .@"union" => switch (value) {
            inline else => |held, tag| return @unionInit(T, @tagName(tag), try deep(allocator, held)),
        },
        else => return value,
    }
}

pub fn event(allocator: Allocator, value: Event) Allocator.Error!Event {
    return deep(allocator, value);
}

pub fn content(allocator: Allocator, value: Content) Allocator.Error!Content {
    return deep(allocator, value);
}

pub fn decision(allocator: Allocator, value: Decision) Allocator.Error!Decision {
    return deep(allocator, value);
}

pub fn question(allocator: Allocator, value: Question) Allocator.Error!Question {
    return deep(allocator, value);
}

pub fn agentSummary(allocator: Allocator, value: AgentSummary) Allocator.Error!AgentSummary {
    return deep(allocator, value);
}

pub fn agentCall(allocator: Allocator, value: AgentCall) Allocator.Error!AgentCall {
    return deep(allocator, value);
}

pub fn tool(allocator: Allocator, value: Tool) Allocator.Error!Tool {
    return deep(allocator, value);
}

pub fn toolCall(allocator: Allocator, value: ToolCall) Allocator.Error!ToolCall {
    return deep(allocator, value);
}

pub fn modelSummary(allocator: Allocator, value: ModelSummary) Allocator.Error!ModelSummary {
    return deep(allocator, value);
}

pub fn modelAnswer(allocator: Allocator, value: ModelAnswer) Allocator.Error!ModelAnswer {
    return deep(allocator, value);
}

pub fn modelAnswers(allocator: Allocator, value: []const ModelAnswer) Allocator.Error![]const ModelAnswer {
    return deep(allocator, value);
}

pub fn modelCall(allocator: Allocator, value: ModelCall) Allocator.Error!ModelCall {
    return deep(allocator, value);
}

pub fn embedCall(allocator: Allocator, value: EmbedCall) Allocator.Error!EmbedCall {
    return deep(allocator, value);
}

pub fn httpAnswer(allocator: Allocator, value: HttpAnswer) Allocator.Error!HttpAnswer {
    return deep(allocator, value);
}

pub fn httpCall(allocator: Allocator, value: HttpCall) Allocator.Error!HttpCall {
    return deep(allocator, value);
}

pub fn blob(allocator: Allocator, value: Blob) Allocator.Error!Blob {
    return deep(allocator, value);
}

pub fn ending(allocator: Allocator, value: Ending) Allocator.Error!Ending {
    return deep(allocator, value);
}

pub fn fields(allocator: Allocator, value: []const Field) Allocator.Error![]const Field {
    return deep(allocator, value);
}

/// The first document of an event that is not JSON.
pub fn firstBadJson(allocator: Allocator, value: Event) Allocator.Error!?[]const u8 {
    return switch (value) {
        .other => |custom| badCustom(allocator, custom),
        .content => |said| badContent(allocator, said),
        else => null,
    };
}

fn badContent(allocator: Allocator, said: Content) Allocator.Error!?[]const u8 {
    for (said.parts) |part| {
        const json = switch (part) {
            .function_call => |call| call.args.text,
            .function_response => |answer| answer.response.text,
            .other => |custom| custom.value.text,
            else => continue,
        };
        if (!try std.json.Scanner.validate(allocator, json)) return json;
    }
    return null;
}

fn badCustom(allocator: Allocator, custom: Custom) Allocator.Error!?[]const u8 {
    return if (try std.json.Scanner.validate(allocator, custom.value.text)) null else custom.value.text;
}
