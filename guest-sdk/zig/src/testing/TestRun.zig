//! What a run under test left behind.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentCall = @import("Agents.zig").AgentCall;
const Artifacts = @import("Artifacts.zig");
const Blob = @import("../content.zig").Blob;
const Content = @import("../content.zig").Content;
const EmbedCall = @import("Models.zig").EmbedCall;
const Ending = @import("../invoke.zig").Ending;
const Event = @import("../events.zig").Event;
const Failure = @import("../failure.zig").Failure;
const Field = @import("../log.zig").Field;
const HttpCall = @import("Http.zig").HttpCall;
const Json = @import("../Json.zig");
const Level = @import("../log.zig").Level;
const ModelCall = @import("Models.zig").ModelCall;
const Outcome = @import("../outcome.zig").Outcome;
const Progress = @import("../events.zig").Progress;
const Question = @import("People.zig").Question;
const State = @import("State.zig");
const ToolCall = @import("Tools.zig").ToolCall;

const TestRun = @This();

/// How it ended.
ending: Ending,
/// What it emitted, in order.
events: []const Event,
/// The state that the next invocation would find, as JSON.
state: State.Values,
/// What of it this run changed: the new value, or `null` where it removed one. What a failed run changed after its last
/// stored event is not in it, nor is anything under `temp:`.
changes: std.array_hash_map.String(State.Change),
/// What it asked people, in order.
questions: []const Question,
/// What it told other agents, in order.
agent_calls: []const AgentCall,
/// What it called tools with, in order.
tool_calls: []const ToolCall,
/// What it asked models, in order.
model_calls: []const ModelCall,
/// The texts that it wanted vectors of, in order.
embed_calls: []const EmbedCall,
/// What it asked of the web, in order.
http_calls: []const HttpCall,
/// The artifacts that the next invocation would find. What was saved stays where a run fails.
artifacts: Artifacts.Files,
/// The lines that it logged.
logs: []const LogLine,
/// What it wrote to standard output and standard error.
printed: []const u8,
/// How long it waited, on the fake clock.
slept: std.Io.Duration,
arena: Allocator,

/// A line of the log.
pub const LogLine = struct { level: Level, message: []const u8, fields: []const Field };

/// How it ended well. Where it did not, the test fails with the reason.
pub fn outcome(run: TestRun) error{AgentFailed}!Outcome {
    switch (run.ending) {
        .outcome => |ended| return ended,
        .failure => |reason| {
            run.report(reason);
            return error.AgentFailed;
        },
    }
}

fn report(run: TestRun, reason: Failure) void {
    std.debug.print("the agent failed: {f}\n", .{reason});
    const details = reason.details orelse return;
    if (details.parse(struct { stack: []const u8 }, run.arena)) |known| {
        std.debug.print("{s}", .{known.stack});
    } else |_| {
        std.debug.print("{f}\n", .{details});
    }
}

/// The text of the outcome's content; empty where it has none.
pub fn answer(run: TestRun) error{ AgentFailed, OutOfMemory }![]const u8 {
    const content = (try run.outcome()).content orelse return "";
    return content.text(run.arena);
}

/// How it ended badly. Where it did not, the test fails.
pub fn failure(run: TestRun) error{AgentDidNotFail}!Failure {
    return switch (run.ending) {
        .outcome => error.AgentDidNotFail,
        .failure => |reason| reason,
    };
}

/// All the text deltas that it emitted, joined.
pub fn streamed(run: TestRun) Allocator.Error![]const u8 {
    return std.mem.concat(run.arena, u8, try run.textDeltas());
}

/// The text deltas that it emitted.
pub fn textDeltas(run: TestRun) Allocator.Error![]const []const u8 {
    return run.held([]const u8, .text_delta);
}

/// The contents that it emitted.
pub fn contents(run: TestRun) Allocator.Error![]const Content {
    return run.held(Content, .content);
}

/// The progress that it reported.
pub fn progress(run: TestRun) Allocator.Error![]const Progress {
    return run.held(Progress, .progress);
}

fn held(run: TestRun, comptime T: type, comptime case: std.meta.Tag(Event)) Allocator.Error![]const T {
    var found: std.ArrayList(T) = .empty;
    for (run.events) |event| {
        if (event == case) try found.append(run.arena, @field(event, @tagName(case)));
    }
    return found.toOwnedSlice(run.arena);
}

/// A value of the state that the next invocation would find; `null` where there is none.
pub fn stateOf(run: TestRun, comptime T: type, key: []const u8) Json.ParseError!?T {
    const json = run.state.get(key) orelse return null;
    return try Json.raw(json).parse(T, run.arena);
}

/// The newest version of an artifact that the next invocation would find; `null` where there is none.
pub fn artifact(run: TestRun, name: []const u8) ?Blob {
    return (Artifacts.versionIn(run.artifacts, name, null) orelse return null).content;
}
