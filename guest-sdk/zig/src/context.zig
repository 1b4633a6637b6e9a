//! What an agent is handed beside its input.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Agents = @import("agents.zig").Agents;
const Artifacts = @import("artifacts.zig").Artifacts;
const Content = @import("content.zig").Content;
const Error = @import("failure.zig").Error;
const Events = @import("events.zig").Events;
const Failure = @import("failure.zig").Failure;
const FailureKind = @import("failure.zig").FailureKind;
const Http = @import("http.zig").Http;
const Json = @import("Json.zig");
const Log = @import("log.zig").Log;
const Models = @import("models.zig").Models;
const Outcome = @import("outcome.zig").Outcome;
const Part = @import("content.zig").Part;
const People = @import("people.zig").People;
const Run = @import("Run.zig");
const Session = @import("session.zig").Session;
const Tools = @import("tools.zig").Tools;
const Waitable = @import("wait.zig").Waitable;
const decode = @import("session.zig").decode;
const host_io = @import("io.zig");
const wait = @import("wait.zig");

/// The invocation, as its agent sees it: who asks, what is left, and everything the host does for it.
pub const Context = struct {
    /// Memory of this run: everything is freed at once when the run is over, and nothing has to be freed before.
    allocator: Allocator,
    /// What the client sees.
    events: Events,
    /// The conversation so far, and the state kept with it.
    session: Session,
    /// The persons in the loop: they decide, answer, and say something while the agent works.
    people: People,
    /// Other agents of the host, and what they answer.
    agents: Agents,
    /// What the host lends the agent to act with.
    tools: Tools,
    /// The models that the host brokers.
    models: Models,
    /// The web, as far as the agent may go there.
    http: Http,
    /// Files that outlive the run.
    artifacts: Artifacts,
    /// What the operator reads.
    log: Log,
    /// Not for authors.
    run: *Run,

    /// Not for authors.
    pub fn init(run: *Run) Context {
        return .{
            .allocator = run.arena,
            .events = .{ .run = run },
            .session = .{ .run = run, .allocator = run.arena },
            .people = .{ .run = run, .allocator = run.arena },
            .agents = .{ .run = run, .allocator = run.arena },
            .tools = .{ .run = run, .allocator = run.arena },
            .models = .{ .run = run, .allocator = run.arena },
            .http = .{ .run = run, .allocator = run.arena },
            .artifacts = .{ .run = run, .allocator = run.arena },
            .log = .{ .run = run },
            .run = run,
        };
    }

    /// The same context with other memory for what its calls return, for example an arena that a long loop resets.
    pub fn with(cx: *const Context, allocator: Allocator) Context {
        var other = cx.*;
        other.allocator = allocator;
        other.session.allocator = allocator;
        other.people.allocator = allocator;
        other.agents.allocator = allocator;
        other.tools.allocator = allocator;
        other.models.allocator = allocator;
        other.http.allocator = allocator;
        other.artifacts.allocator = allocator;
        return other;
    }

    /// Clocks, sleep, randomness and standard output for what takes a `std.Io`. Sleeping with it is waiting with the
    /// host; in a test, the clocks are the fake one. There are no files, processes and sockets.
    pub fn io(cx: *const Context) std.Io {
        return host_io.of(cx.run.host);
    }

    /// Who is asking, and which invocation this is.
    pub fn info(cx: *const Context) Error!Info {
        return cx.run.host.info(cx.allocator);
    }

    /// A value of the agent's manifest; `null` where it has no such key. Strings as `[]const u8`, tables as structs,
    /// anything as `Json` or `std.json.Value`.
    ///
    /// Fails with `error.Failed` where the value has another shape.
    pub fn config(cx: *const Context, comptime T: type, key: []const u8) Error!?T {
        var scratch: std.heap.ArenaAllocator = .init(cx.run.gpa);
        defer scratch.deinit();
        const text = try cx.run.host.config(scratch.allocator(), key) orelse return null;
        return try decode(T, cx.run, cx.allocator, text, "the agent's configuration value", key);
    }

    /// The keys of the manifest's configuration, sorted.
    pub fn configKeys(cx: *const Context) Error![]const []const u8 {
        return cx.run.host.configKeys(cx.allocator);
    }

    /// Whether the invocation is being cancelled. An agent that loops asks now and then, and returns once it is.
    pub fn isCancelled(cx: *const Context) bool {
        return cx.run.host.isCancelled();
    }

    /// Fails with `error.Cancelled` once the invocation is being cancelled.
    pub fn checkCancelled(cx: *const Context) Error!void {
        if (cx.isCancelled()) return error.Cancelled;
    }

    /// How much time is left; `null` where there is no deadline.
    pub fn remaining(cx: *const Context) ?Duration {
        return wait.duration(cx.run.host.remainingMs() orelse return null);
    }

    /// Waits. Fails with `error.Cancelled` as soon as the invocation is being cancelled; returns early at the deadline,
    /// after which the next call fails.
    pub fn sleep(cx: *const Context, time: Duration) Error!void {
        cx.run.host.sleep(wait.millis(time));
        try cx.checkCancelled();
    }

    /// Something that is ready after `time`.
    pub fn timer(cx: *const Context, time: Duration) Waitable {
        return .{ .run = cx.run, .timer = cx.run.host.timer(wait.millis(time)) };
    }

    /// Waits for the first of them. The indexes of those that are ready, ascending; none after the timeout, when the
    /// invocation is being cancelled, and at once for no waitables and no timeout.
    pub fn waitAny(cx: *const Context, of: []const Waitable, timeout: ?Duration) Error![]const u32 {
        const timeout_ms = if (timeout) |time| wait.millis(time) else null;
        return cx.run.host.any(cx.allocator, of, timeout_ms);
    }

    /// A text in the run's memory.
    pub fn print(cx: *const Context, comptime format: []const u8, args: anytype) Error![]const u8 {
        return std.fmt.allocPrint(cx.allocator, format, args);
    }

    /// A JSON document of any value that `std.json` writes.
    pub fn json(cx: *const Context, value: anytype) Error!Json {
        return .from(cx.allocator, value);
    }

    /// What the agent says, with the parts copied: `cx.content(&.{ .{ .text = text } })`.
    pub fn content(cx: *const Context, parts: []const Part) Error!Content {
        return .{ .parts = try cx.allocator.dupe(Part, parts) };
    }

    /// An outcome with a text as its answer.
    pub fn answer(cx: *const Context, text: []const u8) Error!Outcome {
        return .{ .content = try cx.content(&.{.{ .text = text }}) };
    }

    /// Makes a failure: `return cx.fail(.{ .kind = .not_found, .message = "no such page" });`. The message is what the
    /// client reads where the error that it returns leaves `run`.
    pub fn fail(cx: *const Context, reason: Failure) Error {
        return cx.run.fail(reason);
    }

    /// The same with a kind and a formatted message only.
    pub fn failPrint(cx: *const Context, kind: FailureKind, comptime format: []const u8, args: anytype) Error {
        return cx.run.failPrint(kind, format, args);
    }

    /// What an error of this run stands for: the message and the rest of what the host or the agent said. `null` for
    /// an error that stands for no failure.
    pub fn failure(cx: *const Context, err: anyerror) ?Failure {
        return cx.run.failureOf(err);
    }

    /// Whether a question to people failed with this error because nobody answered it in time.
    pub fn isExpired(cx: *const Context, err: anyerror) bool {
        return if (cx.failure(err)) |reason| reason.isExpired() else false;
    }

    /// Whether another agent failed with this error because it took longer than it may. The run can go on then.
    pub fn isTimedOut(cx: *const Context, err: anyerror) bool {
        return if (cx.failure(err)) |reason| reason.isTimedOut() else false;
    }

    /// Whether a tool failed with this error because a person said no, and not because the manifest does not grant it.
    pub fn isRejected(cx: *const Context, err: anyerror) bool {
        return if (cx.failure(err)) |reason| reason.isRejected() else false;
    }

    /// Whether a model or the web failed with this error because the host ended while it answered. It may be asked again then.
    pub fn isInterrupted(cx: *const Context, err: anyerror) bool {
        return if (cx.failure(err)) |reason| reason.isInterrupted() else false;
    }
};

/// Who is asking, and which invocation this is.
pub const Info = struct {
    /// This invocation.
    invocation_id: []const u8,
    /// The conversation.
    session_id: []const u8,
    /// Whose conversation it is.
    user_id: []const u8,
    /// The name the agent runs under.
    agent: []const u8,
    /// Which version runs: a digest over the component and what its manifest says.
    agent_version: []const u8,
    /// 1 for the first run; higher after the host resumed the invocation.
    attempt: u32 = 1,
    /// The invocation that called this one.
    parent_id: ?[]const u8 = null,
    /// The W3C trace context this invocation belongs to.
    traceparent: ?[]const u8 = null,
    /// Anything else the host says.
    extra: ?Json = null,
};
