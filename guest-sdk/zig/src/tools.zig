//! Tools: what the host lends an agent to act with.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Current = @import("host.zig").Current;
const Error = @import("failure.zig").Error;
const Failure = @import("failure.zig").Failure;
const FunctionCall = @import("content.zig").FunctionCall;
const FunctionResponse = @import("content.zig").FunctionResponse;
const Json = @import("Json.zig");
const Run = @import("Run.zig");
const Waitable = @import("wait.zig").Waitable;

/// What the agent may use, in one namespace: `cx.tools`. There are the host's own tools, those of MCP servers
/// (`mcp.SERVER.TOOL`), and other agents (`agent.NAME`).
///
/// A tool that says itself that it failed has answered all the same, with `FunctionResponse.failed`, for a model to
/// read. A call fails where there was no answer: with `error.NotFound`, `error.Denied` (where a person said no,
/// `Context.isRejected` says so), `error.InvalidArgument`, `error.DeadlineExceeded` (where nobody approved it in time,
/// `Context.isExpired` says so), `error.LimitExceeded` and `error.Unavailable`. Where the host ended during a call, and
/// the tool may not be called twice, nobody knows what came of it: that is `error.Conflict` with the code
/// `unknown_outcome`.
///
/// A `FunctionCall` is passed on as a model made it. One without an id gets one of this run, `call-1` for the first.
pub const Tools = struct {
    run: *Run,
    allocator: Allocator,

    /// The tools that may be called, by name.
    pub fn available(tools: Tools) Error![]const Tool {
        return tools.run.check([]const Tool, try tools.run.host.tools(tools.allocator));
    }

    /// Calls a tool and waits for its answer.
    pub fn call(tools: Tools, function: FunctionCall, options: ToolOptions) Error!FunctionResponse {
        const known = try tools.identify(function);
        return tools.run.check(FunctionResponse, try tools.run.host.callTool(tools.allocator, known, options));
    }

    /// Calls the tool of this name, with any arguments that `std.json` writes: `.{ .city = "Rome" }`.
    pub fn callNamed(tools: Tools, name: []const u8, args: anytype, options: ToolOptions) Error!FunctionResponse {
        return tools.call(.{ .name = name, .args = try .from(tools.allocator, args) }, options);
    }

    /// Calls tools all at once, and waits for all of them. The results are in the order of the calls.
    pub fn callAll(tools: Tools, functions: []const FunctionCall, options: ToolOptions) Error![]const ToolResult {
        const known = try tools.allocator.dupe(FunctionCall, functions);
        for (known) |*function| function.* = try tools.identify(function.*);
        return tools.run.host.callTools(tools.allocator, known, options);
    }

    /// Starts a call, which goes on beside this invocation.
    pub fn start(tools: Tools, function: FunctionCall, options: ToolOptions) Error!RunningTool {
        const known = try tools.identify(function);
        const reply = try tools.run.host.startTool(tools.allocator, known, options);
        return .{
            .run = tools.run,
            .allocator = tools.allocator,
            .handle = try tools.run.check(Current.Running, reply),
        };
    }

    /// The ids are counted, so that a run that is resumed makes the same ones again.
    fn identify(tools: Tools, function: FunctionCall) Allocator.Error!FunctionCall {
        if (function.id.len > 0) return function;
        tools.run.calls_named += 1;
        var known = function;
        known.id = try std.fmt.allocPrint(tools.allocator, "call-{d}", .{tools.run.calls_named});
        return known;
    }
};

/// A tool that may be called.
pub const Tool = struct {
    /// The name to call it by.
    name: []const u8,
    /// What it does, for a model to read.
    description: []const u8 = "",
    /// JSON Schema of the arguments.
    parameters: Json = .literal(.{ .type = "object" }),
    /// What its makers say of it.
    hints: Hints = .{},
    /// Anything else the host says of it.
    extra: ?Json = null,
};

/// What is said of a tool. None of it is enforced, but that a person is asked.
pub const Hints = struct {
    /// It changes nothing.
    read_only: bool = false,
    /// What it changes may be lost.
    destructive: bool = false,
    /// A second call with the same arguments changes nothing more.
    idempotent: bool = false,
    /// It deals with a world outside this host.
    open_world: bool = false,
    /// The host asks a person before each call.
    needs_approval: bool = false,

    /// Those that hold, by their names in the contract, for example `read-only`.
    pub fn names(hints: Hints, allocator: Allocator) Allocator.Error![]const []const u8 {
        var found: std.ArrayList([]const u8) = .empty;
        if (hints.read_only) try found.append(allocator, "read-only");
        if (hints.destructive) try found.append(allocator, "destructive");
        if (hints.idempotent) try found.append(allocator, "idempotent");
        if (hints.open_world) try found.append(allocator, "open-world");
        if (hints.needs_approval) try found.append(allocator, "needs-approval");
        return found.toOwnedSlice(allocator);
    }
};

/// How a tool is to be called.
pub const ToolOptions = struct {
    /// How long it may take; not counted while a person is asked.
    timeout: ?Duration = null,
    /// A tool that takes keys does once what is asked for several times with the same one. Where it is `null`, the host
    /// makes one for each call.
    idempotency_key: ?[]const u8 = null,
    /// Of another agent: whether this invocation's client sees what it emits.
    relay: bool = false,
    /// Anything else the host understands.
    extra: ?Json = null,
};

/// What came of a call among several.
pub const ToolResult = union(enum) { response: FunctionResponse, failure: Failure };

/// A tool that works beside this invocation.
pub const RunningTool = struct {
    run: *Run,
    allocator: Allocator,
    handle: Current.Running,

    /// Waits for its answer, as `Tools.call` does. The same again for who asks again.
    pub fn finish(running: RunningTool) Error!FunctionResponse {
        return running.run.check(FunctionResponse, try running.run.host.finishTool(running.allocator, running.handle));
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(running: RunningTool) void {
        running.run.host.cancelTool(running.handle);
    }

    /// Something that is ready when it is over, for `Context.waitAny`. It is given up before the call is.
    pub fn waitable(running: RunningTool) Waitable {
        return .{ .run = running.run, .timer = running.run.host.toolTimer(running.handle) };
    }

    /// Gives it up, unless it is over. What is left when the run is over is given up then.
    pub fn deinit(running: RunningTool) void {
        running.run.host.dropTool(running.handle);
    }
};
