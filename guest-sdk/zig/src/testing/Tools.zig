//! The tools of one run under test: functions of the test.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Context = @import("../context.zig").Context;
const Decision = @import("../people.zig").Decision;
const Failure = @import("../failure.zig").Failure;
const FunctionCall = @import("../content.zig").FunctionCall;
const FunctionResponse = @import("../content.zig").FunctionResponse;
const Invocation = @import("Invocation.zig");
const Json = @import("../Json.zig");
const Reply = @import("../host.zig").Reply;
const Tool = @import("../tools.zig").Tool;
const ToolOptions = @import("../tools.zig").ToolOptions;
const Work = @import("work.zig").Work;
const copies = @import("copies.zig");
const millis = @import("../wait.zig").millis;
const notFound = @import("work.zig").notFound;

const Tools = @This();

/// Outlives the run.
arena: Allocator,
/// By name.
known: []const Known,
started: std.ArrayList(*Running) = .empty,

/// A tool of the test.
pub const Known = struct {
    tool: Tool,
    function: *const fn (cx: *Context, args: Json) Reply(ToolAnswer),

    pub fn isBefore(_: void, a: Known, b: Known) bool {
        return std.mem.lessThan(u8, a.tool.name, b.tool.name);
    }
};

/// What a tool answers, where it may say that it failed.
pub const ToolAnswer = struct {
    response: Json,
    /// Whether the tool says that it failed: a response too, for a model to read.
    failed: bool = false,
};

/// What a tool was called with. Calls that did not come to a tool, because there is none of the name or a person said
/// no, are not among them.
pub const ToolCall = struct {
    /// The call, with the arguments that the tool got.
    call: FunctionCall,
    /// How it was called.
    options: ToolOptions,
    /// Whether it was given up before its end, by the agent or because its run was over. A timeout is an end.
    cancelled: bool = false,
};

/// A call of the run.
pub const Running = struct {
    call: ToolCall,
    work: Work(FunctionResponse),

    /// What the agent gets of what the tool answered.
    fn ended(
        running: *const Running,
        arena: Allocator,
        answer: Reply(ToolAnswer),
    ) Allocator.Error!Reply(FunctionResponse) {
        return switch (answer) {
            .ok => |given| .{ .ok = .{
                .id = running.call.call.id,
                .name = running.call.call.name,
                .response = .raw(try arena.dupe(u8, given.response.text)),
                .failed = given.failed,
            } },
            .refused => |failure| .{ .refused = try failure.dupe(arena) },
        };
    }
};

/// Makes one function of any: it takes the context and the arguments, as a `Json` or any type that they are read into,
/// and returns a `ToolAnswer`, any value that `std.json` writes, nothing, or an error.
pub fn erase(comptime function: anytype) *const fn (cx: *Context, args: Json) Reply(ToolAnswer) {
    return &struct {
        fn answer(cx: *Context, args: Json) Reply(ToolAnswer) {
            const given = attempt(function, cx, args) catch |err| return .{
                .refused = cx.failure(err) orelse .{ .code = "exception", .message = @errorName(err) },
            };
            return .{ .ok = given };
        }
    }.answer;
}

fn attempt(comptime function: anytype, cx: *Context, args: Json) anyerror!ToolAnswer {
    const Args = @typeInfo(@TypeOf(function)).@"fn".param_types[1].?;
    const read = args.parse(Args, cx.allocator) catch |err| {
        return cx.failPrint(.invalid_argument, "the arguments are not those that the tool takes: {t}", .{err});
    };
    const answer = function(cx, read);
    const given = if (@typeInfo(@TypeOf(answer)) == .error_union) try answer else answer;
    return switch (@TypeOf(given)) {
        ToolAnswer => given,
        void => .{ .response = .null },
        else => .{ .response = try cx.json(given) },
    };
}

pub fn available(tools: *const Tools, allocator: Allocator) Allocator.Error![]const Tool {
    const all = try allocator.alloc(Tool, tools.known.len);
    for (tools.known, all) |known, *tool| tool.* = known.tool;
    return all;
}

/// What they were called with, in order.
pub fn calls(tools: *const Tools) Allocator.Error![]const ToolCall {
    const all = try tools.arena.alloc(ToolCall, tools.started.items.len);
    for (tools.started.items, all) |running, *call| {
        call.* = running.call;
        call.cancelled = running.work.cancelled;
    }
    return all;
}

/// Starts a call of `run`, whose tools these are. The tool does all of its work now, on a clock of its own.
pub fn start(
    tools: *Tools,
    run: *Invocation,
    function: FunctionCall,
    options: ToolOptions,
) Allocator.Error!Reply(*Running) {
    const arena = tools.arena;
    const known = for (tools.known) |known| {
        if (std.mem.eql(u8, known.tool.name, function.name)) break known;
    } else return .{ .refused = try notFound(arena, "tool", function.name, try tools.names()) };
    if (!try std.json.Scanner.validate(arena, function.args.text)) {
        return .{ .refused = .{ .kind = .invalid_argument, .message = "the arguments are not JSON" } };
    }

    const running = try arena.create(Running);
    running.call = try copies.toolCall(arena, .{ .call = function, .options = options });
    if (known.tool.hints.needs_approval) switch (try askFor(run, running.call.call)) {
        .ok => |args| running.call.call.args = args,
        // The call is started all the same; it is its end that says so.
        .refused => |failure| {
            running.work = .{ .over_at_ms = 0, .end = .{ .refused = failure }, .when_cancelled = failure };
            return .{ .ok = running };
        },
    };
    try tools.started.append(arena, running);

    const inner = try run.beside(function.name, run.setup.info.invocation_id, run.setup.info.session_id);
    var shared = inner.shared();
    var cx: Context = .init(&shared);
    const answer = known.function(&cx, running.call.call.args);
    run.people.mistake = run.people.mistake orelse inner.people.mistake;
    const timeout_ms = if (options.timeout) |time| millis(time) else std.math.maxInt(u64);
    const in_time = inner.clock.now_ms <= timeout_ms;
    running.work = .{
        .over_at_ms = run.clock.now_ms +| @min(inner.clock.now_ms, timeout_ms),
        .end = if (in_time) try running.ended(arena, answer) else .{ .refused = too_late },
        .when_cancelled = stopped,
    };
    return .{ .ok = running };
}

const too_late: Failure = .{ .kind = .deadline_exceeded, .message = "the tool took too long" };
const stopped: Failure = .{ .code = "cancelled", .message = "the call was cancelled" };

/// The arguments that a person lets the tool have.
fn askFor(run: *Invocation, function: FunctionCall) Allocator.Error!Reply(Json) {
    const prompt = try std.fmt.allocPrint(run.arena, "Call the tool `{s}`", .{function.name});
    const asked = try run.people.approve(&run.clock, .{ .kind = .approve, .prompt = prompt, .details = function.args });
    const decision: Decision = switch (asked) {
        .ok => |decision| decision,
        .refused => |failure| return .{ .refused = failure },
    };
    if (decision.approved) return .{ .ok = decision.edited orelse function.args };
    const message = try std.fmt.allocPrint(
        run.arena,
        "a person said no to the tool `{s}`: {s}",
        .{ function.name, decision.reason orelse "no reason" },
    );
    return .{ .refused = .{ .kind = .denied, .code = "rejected", .message = message } };
}

fn names(tools: *const Tools) Allocator.Error![]const []const u8 {
    const all = try tools.arena.alloc([]const u8, tools.known.len);
    for (tools.known, all) |known, *name| name.* = known.tool.name;
    return all;
}
