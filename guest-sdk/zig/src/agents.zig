//! Other agents of the host.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Content = @import("content.zig").Content;
const Current = @import("host.zig").Current;
const Error = @import("failure.zig").Error;
const Failure = @import("failure.zig").Failure;
const HostReply = @import("host.zig").Reply;
const Json = @import("Json.zig");
const Part = @import("content.zig").Part;
const Run = @import("Run.zig");
const Waitable = @import("wait.zig").Waitable;
const role = @import("content.zig").role;

/// Other agents of this host: `cx.agents`.
///
/// Each call is an invocation of its own: a child of this one, with a session of its own agent, for the same user. A
/// child recovers with its parent after a crash of the host, and ends with it, unless it is detached.
///
/// A call fails with what the child failed with. Where the child was stopped, the failure's code says why: `cancelled`,
/// or `timed_out`, which `Context.isTimedOut` knows. The details name the child's invocation.
pub const Agents = struct {
    run: *Run,
    allocator: Allocator,

    /// The agents that may be called, by name.
    pub fn available(agents: Agents) Error![]const AgentSummary {
        return agents.run.check([]const AgentSummary, try agents.run.host.agents(agents.allocator));
    }

    /// Starts a child with a text and waits for its end.
    pub fn call(agents: Agents, agent: []const u8, text: []const u8, options: AgentOptions) Error!Reply {
        return agents.callContent(agent, saying(&.{.{ .text = text }}), options);
    }

    /// The same with any content.
    pub fn callContent(agents: Agents, agent: []const u8, input: Content, options: AgentOptions) Error!Reply {
        return agents.run.check(Reply, try agents.run.host.callAgent(agents.allocator, agent, input, options));
    }

    /// Starts a child for each of them, which then work side by side, and waits for all of their ends. The results are
    /// in the order of the calls.
    pub fn callAll(agents: Agents, calls: []const AgentTask, options: AgentOptions) Error![]const AgentResult {
        const host = agents.run.host;
        const children = try agents.allocator.alloc(HostReply(Current.Child), calls.len);
        // All of them have to be started before the first is waited for.
        for (calls, children) |task, *child| {
            const input = saying(&.{.{ .text = task.text }});
            child.* = try host.startAgent(agents.allocator, task.agent, input, options);
        }
        const results = try agents.allocator.alloc(AgentResult, calls.len);
        for (children, results) |started, *result| result.* = switch (started) {
            .refused => |failure| .{ .failure = failure },
            .ok => |handle| ended: {
                defer host.dropChild(handle);
                break :ended switch (try host.finishChild(agents.allocator, handle)) {
                    .ok => |reply| .{ .reply = reply },
                    .refused => |failure| .{ .failure = failure },
                };
            },
        };
        return results;
    }

    /// Starts a child with a text, which goes on beside this invocation.
    pub fn start(agents: Agents, agent: []const u8, text: []const u8, options: AgentOptions) Error!Child {
        return agents.startContent(agent, saying(&.{.{ .text = text }}), options);
    }

    /// The same with any content.
    pub fn startContent(agents: Agents, agent: []const u8, input: Content, options: AgentOptions) Error!Child {
        const reply = try agents.run.host.startAgent(agents.allocator, agent, input, options);
        return .{
            .run = agents.run,
            .allocator = agents.allocator,
            .handle = try agents.run.check(Current.Child, reply),
        };
    }
};

fn saying(parts: []const Part) Content {
    return .{ .role = role.user, .parts = parts };
}

/// An agent that may be called.
pub const AgentSummary = struct {
    /// The name to call it by.
    name: []const u8,
    /// What it does, in a sentence or two.
    description: []const u8 = "",
    /// Its version.
    version: []const u8 = "",
    /// JSON Schema of a structured input, where it wants one.
    input_schema: ?Json = null,
    /// Anything else the host says of it.
    extra: ?Json = null,
};

/// How a child is to run.
pub const AgentOptions = struct {
    /// Its session among those of its agent and this user; a new one where it is `null`. Children in the same session
    /// run one after the other.
    session: ?[]const u8 = null,
    /// How long it may take.
    timeout: ?Duration = null,
    /// Whether this invocation's client sees what the child emits.
    relay: bool = false,
    /// Whether it goes on when this invocation ends.
    detached: bool = false,
    /// Anything else the host understands.
    extra: ?Json = null,
};

/// One of several agents that are called at once.
pub const AgentTask = struct { agent: []const u8, text: []const u8 };

/// What came of a call among several.
pub const AgentResult = union(enum) { reply: Reply, failure: Failure };

/// What an agent answered.
pub const Reply = struct {
    /// The child's invocation.
    invocation_id: []const u8,
    /// What it answered: the content of its outcome, or the last content that it emitted where that has none.
    content: ?Content = null,
    /// Whether it tells a workflow above to stop.
    escalate: bool = false,
    /// The agent that it wants to hand the conversation to.
    transfer_to: ?[]const u8 = null,
    /// As in its outcome.
    extra: ?Json = null,

    /// The text of the content; empty where there is none.
    pub fn text(reply: Reply, allocator: Allocator) Allocator.Error![]const u8 {
        const content = reply.content orelse return "";
        return content.text(allocator);
    }
};

/// An agent that works beside this invocation.
pub const Child = struct {
    run: *Run,
    allocator: Allocator,
    handle: Current.Child,

    /// Which invocation it is.
    pub fn invocationId(child: Child) Error![]const u8 {
        return child.run.host.childId(child.allocator, child.handle);
    }

    /// Waits for its end, as `Agents.call` does. The same again for who asks again.
    pub fn finish(child: Child) Error!Reply {
        return child.run.check(Reply, try child.run.host.finishChild(child.allocator, child.handle));
    }

    /// Stops it, a detached one too; nothing where it is over.
    pub fn cancel(child: Child) void {
        child.run.host.cancelChild(child.handle);
    }

    /// Something that is ready when it is over, for `Context.waitAny`. It is given up before the child is.
    pub fn waitable(child: Child) Waitable {
        return .{ .run = child.run, .timer = child.run.host.childTimer(child.handle) };
    }

    /// Stops it, unless it is over or detached. What is left when the run is over is stopped then.
    pub fn deinit(child: Child) void {
        child.run.host.dropChild(child.handle);
    }
};
