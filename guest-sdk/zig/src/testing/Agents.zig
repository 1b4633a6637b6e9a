//! The other agents of one run under test: functions of the test.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentOptions = @import("../agents.zig").AgentOptions;
const AgentReply = @import("../agents.zig").Reply;
const AgentSummary = @import("../agents.zig").AgentSummary;
const Content = @import("../content.zig").Content;
const Context = @import("../context.zig").Context;
const Ending = @import("../invoke.zig").Ending;
const Failure = @import("../failure.zig").Failure;
const Invocation = @import("Invocation.zig");
const Reply = @import("../host.zig").Reply;
const Work = @import("work.zig").Work;
const copies = @import("copies.zig");
const millis = @import("../wait.zig").millis;
const notFound = @import("work.zig").notFound;

const Agents = @This();

/// Outlives the run.
arena: Allocator,
/// By name.
known: []const Known,
started: std.ArrayList(*Child) = .empty,

/// An agent of the test.
pub const Known = struct {
    summary: AgentSummary,
    function: *const fn (cx: *Context, input: Content) Ending,

    pub fn isBefore(_: void, a: Known, b: Known) bool {
        return std.mem.lessThan(u8, a.summary.name, b.summary.name);
    }
};

/// What another agent was told.
pub const AgentCall = struct {
    /// The child's invocation: `child-1` for the first.
    invocation_id: []const u8,
    /// Which agent it was.
    agent: []const u8,
    /// What it was told.
    input: Content,
    /// How it was to run.
    options: AgentOptions,
    /// Whether it was stopped before its end, by the agent or because its run was over. A timeout is an end.
    cancelled: bool = false,
};

/// A child of the run.
pub const Child = struct {
    call: AgentCall,
    work: Work(AgentReply),

    /// What the parent gets of how the child ended.
    fn ended(child: *const Child, inner: *const Invocation, ending: Ending) Allocator.Error!Reply(AgentReply) {
        const outcome = switch (ending) {
            .outcome => |outcome| outcome,
            .failure => |failure| return .{ .refused = try child.failed(inner.arena, failure) },
        };
        return .{ .ok = .{
            .invocation_id = child.call.invocation_id,
            .content = outcome.content orelse inner.lastContent(),
            .escalate = outcome.escalate,
            .transfer_to = outcome.transfer_to,
            .extra = outcome.extra,
        } };
    }

    /// What the parent sees of a failure: which agent it was, and in which invocation.
    fn failed(child: *const Child, arena: Allocator, failure: Failure) Allocator.Error!Failure {
        var seen = failure;
        // This kind tells a run that it is being cancelled itself.
        if (failure.kind == .cancelled) seen.kind = .failed;
        const agent = child.call.agent;
        seen.message = try std.fmt.allocPrint(arena, "the agent `{s}` failed: {s}", .{ agent, failure.message });
        const named = .{ .agent = agent, .invocationId = child.call.invocation_id };
        seen.details = if (failure.details) |details|
            try .from(arena, .{ .agent = named.agent, .invocationId = named.invocationId, .details = details })
        else
            try .from(arena, named);
        return seen;
    }
};

pub fn available(agents: *const Agents, allocator: Allocator) Allocator.Error![]const AgentSummary {
    const summaries = try allocator.alloc(AgentSummary, agents.known.len);
    for (agents.known, summaries) |known, *summary| summary.* = known.summary;
    return summaries;
}

/// What they were told, in order.
pub fn calls(agents: *const Agents) Allocator.Error![]const AgentCall {
    const all = try agents.arena.alloc(AgentCall, agents.started.items.len);
    for (agents.started.items, all) |child, *call| {
        call.* = child.call;
        call.cancelled = child.work.cancelled;
    }
    return all;
}

/// Starts a child of `run`, whose agents these are. It does all of its work now, on a clock of its own.
pub fn start(
    agents: *Agents,
    run: *Invocation,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!Reply(*Child) {
    const arena = agents.arena;
    const known = for (agents.known) |known| {
        if (std.mem.eql(u8, known.summary.name, agent)) break known;
    } else return .{ .refused = try notFound(arena, "agent", agent, try agents.names()) };

    const id = try std.fmt.allocPrint(arena, "child-{d}", .{agents.started.items.len + 1});
    const child = try arena.create(Child);
    child.call = try copies.agentCall(arena, .{
        .invocation_id = id,
        .agent = agent,
        .input = input,
        .options = options,
    });
    try agents.started.append(arena, child);

    const inner = try run.beside(known.summary.name, id, options.session orelse id);
    var shared = inner.shared();
    var cx: Context = .init(&shared);
    const ending = try copies.ending(arena, known.function(&cx, child.call.input));
    run.people.mistake = run.people.mistake orelse inner.people.mistake;
    const timeout_ms = if (options.timeout) |time| millis(time) else std.math.maxInt(u64);
    const in_time = inner.clock.now_ms <= timeout_ms;
    child.work = .{
        .over_at_ms = run.clock.now_ms +| @min(inner.clock.now_ms, timeout_ms),
        .end = if (in_time) try child.ended(inner, ending) else .{ .refused = try child.failed(arena, timed_out) },
        .when_cancelled = try child.failed(arena, stopped),
        .detached = options.detached,
    };
    return .{ .ok = child };
}

const timed_out: Failure = .{ .kind = .deadline_exceeded, .code = "timed_out", .message = "it took too long" };
const stopped: Failure = .{ .code = "cancelled", .message = "it was cancelled" };

fn names(agents: *const Agents) Allocator.Error![]const []const u8 {
    const all = try agents.arena.alloc([]const u8, agents.known.len);
    for (agents.known, all) |known, *name| name.* = known.summary.name;
    return all;
}
