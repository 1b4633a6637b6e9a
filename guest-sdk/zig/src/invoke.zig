//! One run of an agent's function, from the input to how it ended.

const std = @import("std");
const builtin = @import("builtin");
const Allocator = std.mem.Allocator;

const Content = @import("content.zig").Content;
const Context = @import("context.zig").Context;
const Descriptor = @import("descriptor.zig").Descriptor;
const Error = @import("failure.zig").Error;
const Failure = @import("failure.zig").Failure;
const Json = @import("Json.zig");
const Outcome = @import("outcome.zig").Outcome;
const is_component = @import("host.zig").is_component;

/// How a run ended.
pub const Ending = union(enum) { outcome: Outcome, failure: Failure };

/// Says at compile time what an agent's file lacks.
pub fn check(comptime Agent: type) void {
    if (!@hasDecl(Agent, "agent")) {
        @compileError("an agent's file declares what it is: `pub const agent: rak.Descriptor = .{ .name = … };`");
    }
    if (@TypeOf(Agent.agent) != Descriptor) @compileError("`agent` has the type `rak.Descriptor`");
    if (!@hasDecl(Agent, "run")) @compileError("an agent's file declares what it does: " ++ expected);
    _ = InputOf(Agent.run);
}

const expected = "`pub fn run(cx: *rak.Context, input: rak.Content) !rak.Outcome`";

/// Runs an agent's function. An error that it returns is a failure: the one that it stands for, or else one with the
/// code `exception` and the error's name.
pub fn invoke(comptime function: anytype, cx: *Context, input: Content) Ending {
    const outcome = attempt(function, cx, input) catch |err| {
        return .{ .failure = cx.failure(err) orelse uncaught(cx, err, @errorReturnTrace()) };
    };
    return .{ .outcome = outcome };
}

fn attempt(comptime function: anytype, cx: *Context, input: Content) anyerror!Outcome {
    const answer = function(cx, try read(InputOf(function), cx, input));
    return toOutcome(cx, if (@typeInfo(@TypeOf(answer)) == .error_union) try answer else answer);
}

fn InputOf(comptime function: anytype) type {
    const info = @typeInfo(@TypeOf(function));
    if (info != .@"fn") @compileError("an agent is a function: " ++ expected);
    const params = info.@"fn".param_types;
    if (params.len != 2 or params[0] != *Context) @compileError("an agent's function is " ++ expected);
    return params[1] orelse @compileError("the input of an agent has one type: " ++ expected);
}

fn read(comptime Input: type, cx: *Context, input: Content) Error!Input {
    if (Input == Content) return input;
    const text = try input.text(cx.allocator);
    if (Input == []const u8) return text;
    return Json.raw(text).parse(Input, cx.allocator) catch |err| switch (err) {
        error.OutOfMemory => |e| e,
        else => |e| cx.failPrint(.invalid_argument, "the input is not the JSON that this agent takes: {t}", .{e}),
    };
}

fn toOutcome(cx: *Context, answer: anytype) Error!Outcome {
    return switch (@TypeOf(answer)) {
        Outcome => answer,
        Content => .{ .content = answer },
        Json => cx.answer(answer.text),
        []const u8, []u8 => cx.answer(answer),
        void => .{},
        else => |Answer| @compileError("an agent returns `rak.Outcome`, `rak.Content`, `rak.Json`, `[]const u8` or " ++
            "`void`, or an error union of one of them, and not `" ++ @typeName(Answer) ++ "`"),
    };
}

fn uncaught(cx: *const Context, err: anyerror, trace: ?*const std.builtin.StackTrace) Failure {
    return .{
        .code = "exception",
        .message = @errorName(err),
        .details = if (trace) |returns| stack(cx.run.arena, returns) catch null else null,
    };
}

/// Where the error came from, as `{"stack": "…"}`. A component knows no addresses of its own code.
fn stack(allocator: Allocator, trace: *const std.builtin.StackTrace) !?Json {
    if (is_component or !std.options.allow_stack_tracing) return null;
    var text: std.Io.Writer.Allocating = .init(allocator);
    try std.debug.writeErrorReturnTrace(trace, .{ .writer = &text.writer, .mode = .no_color });
    return try Json.from(allocator, .{ .stack = text.written() });
}
