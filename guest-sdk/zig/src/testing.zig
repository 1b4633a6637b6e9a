//! Unit tests for agents: a host in memory, with a clock that only moves when somebody waits.
//!
//! `FakeHost` says what the agent finds; `FakeHost.run` runs it, natively and in this thread; `TestRun` holds what it
//! did.
//!
//! ```
//! test "greets" {
//!     var host: rak.testing.FakeHost = .init(std.testing.allocator);
//!     defer host.deinit();
//!     try host.state("user:greetings", 2);
//!     const result = try host.run(run, "Ada");
//!     try std.testing.expectEqualStrings("Hello, Ada! That makes 3.", try result.answer());
//! }
//! ```

const std = @import("std");
const Duration = std.Io.Duration;

const AgentSummary = @import("agents.zig").AgentSummary;
const Agents = @import("testing/Agents.zig");
const Artifacts = @import("testing/Artifacts.zig");
const Blob = @import("content.zig").Blob;
const Content = @import("content.zig").Content;
const Context = @import("context.zig").Context;
const Decision = @import("people.zig").Decision;
const Ending = @import("invoke.zig").Ending;
const Entry = @import("session.zig").Entry;
const Http = @import("testing/Http.zig");
const Info = @import("context.zig").Info;
const Invocation = @import("testing/Invocation.zig");
const Json = @import("Json.zig");
const Limits = @import("testing/Clock.zig").Limits;
const ModelSummary = @import("models.zig").ModelSummary;
const Models = @import("testing/Models.zig");
const Part = @import("content.zig").Part;
const Said = @import("testing/People.zig").Said;
const Tool = @import("tools.zig").Tool;
const Tools = @import("testing/Tools.zig");
const Values = @import("testing/State.zig").Values;
const copies = @import("testing/copies.zig");
const invoke = @import("invoke.zig").invoke;
const millis = @import("wait.zig").millis;
const role = @import("content.zig").role;

pub const AgentCall = Agents.AgentCall;
pub const Change = @import("testing/State.zig").Change;
pub const EmbedCall = Models.EmbedCall;
pub const HttpAnswer = Http.HttpAnswer;
pub const HttpCall = Http.HttpCall;
pub const LogLine = @import("testing/TestRun.zig").LogLine;
pub const ModelAnswer = Models.ModelAnswer;
pub const ModelCall = Models.ModelCall;
pub const Question = @import("testing/People.zig").Question;
pub const TestRun = @import("testing/TestRun.zig");
pub const ToolAnswer = Tools.ToolAnswer;
pub const ToolCall = Tools.ToolCall;

/// A host in memory: what an agent finds when it runs. Each run begins with the same. Everything that it and its runs
/// hold is freed by `deinit`.
pub const FakeHost = struct {
    arena: std.heap.ArenaAllocator,
    info: Info = .{
        .invocation_id = "test-invocation",
        .session_id = "test-session",
        .user_id = "test-user",
        .agent = "test-agent",
        .agent_version = "sha256:test",
    },
    config_values: Values = .empty,
    history: std.ArrayList(Entry) = .empty,
    state_values: Values = .empty,
    replies: std.ArrayList(Said) = .empty,
    messages: std.ArrayList(Content) = .empty,
    agents: std.ArrayList(Agents.Known) = .empty,
    tools: std.ArrayList(Tools.Known) = .empty,
    models: std.ArrayList(Models.Known) = .empty,
    places: std.ArrayList(Http.Known) = .empty,
    files: Artifacts.Files = .empty,
    artifacts_granted: bool = true,
    limits: Limits = .{},
    /// What the clock `real` says when a run begins.
    epoch: std.Io.Timestamp = .zero,

    /// A user without history, state or artifacts, an agent without configuration, no other agents, tools, models or
    /// places of the web, no deadline. Change `info` for another user.
    pub fn init(gpa: std.mem.Allocator) FakeHost {
        return .{ .arena = .init(gpa) };
    }

    /// Frees everything, the runs' results too.
    pub fn deinit(host: *FakeHost) void {
        host.arena.deinit();
    }

    /// A value of the agent's manifest: any that `std.json` writes.
    pub fn config(host: *FakeHost, key: []const u8, value: anytype) !void {
        const json: Json = try .from(host.arena.allocator(), value);
        try host.config_values.put(host.arena.allocator(), try host.copy(key), json.text);
    }

    /// A text that was said before, after everything else that was said; a second later than the last.
    pub fn said(host: *FakeHost, author: []const u8, text: []const u8) !void {
        const allocator = host.arena.allocator();
        const parts = try allocator.dupe(Part, &.{.{ .text = try host.copy(text) }});
        const speaker = if (std.mem.eql(u8, author, role.user)) role.user else role.model;
        const seq = if (host.history.getLastOrNull()) |last| last.seq + 1 else 1;
        try host.entry(.{
            .seq = seq,
            .author = try host.copy(author),
            .content = .{ .role = speaker, .parts = parts },
            .at = .{ .nanoseconds = @as(i96, seq) * std.time.ns_per_s },
        });
    }

    /// An entry of the history, after everything that is there. It is not copied.
    pub fn entry(host: *FakeHost, said_before: Entry) !void {
        try host.history.append(host.arena.allocator(), said_before);
    }

    /// A value of the state, under its whole key (`count`, `user:count`, `app:count`). What is `null` in JSON is no
    /// value.
    pub fn state(host: *FakeHost, key: []const u8, value: anytype) !void {
        const json: Json = try .from(host.arena.allocator(), value);
        if (std.mem.eql(u8, json.text, "null")) {
            _ = host.state_values.orderedRemove(key);
        } else {
            try host.state_values.put(host.arena.allocator(), try host.copy(key), json.text);
        }
    }

    /// The state that another run left behind, in place of what is there: the next turn of a conversation.
    pub fn stateAfter(host: *FakeHost, result: TestRun) !void {
        host.state_values = try result.state.clone(host.arena.allocator());
    }

    /// A person who says yes to what the agent wants to do.
    ///
    /// What people say to the questions of the agent is scripted by this and the next four functions: one each, in the
    /// order of these calls. After the last of them nobody answers. Where nobody does, the agent waits until the question
    /// expires, or the run is cancelled or too late; where none of this is to come, `run` fails and says so.
    pub fn approves(host: *FakeHost) !void {
        try host.decides(.{ .approved = true });
    }

    /// A person who says no to what the agent wants to do.
    pub fn rejects(host: *FakeHost, reason: ?[]const u8) !void {
        try host.decides(.{ .approved = false, .reason = reason });
    }

    /// A person who decides what the agent may do.
    pub fn decides(host: *FakeHost, decision: Decision) !void {
        const allocator = host.arena.allocator();
        try host.replies.append(allocator, .{ .decision = try copies.decision(allocator, decision) });
    }

    /// A person who answers a question with this value: any that `std.json` writes.
    pub fn answers(host: *FakeHost, value: anytype) !void {
        const json: Json = try .from(host.arena.allocator(), value);
        try host.replies.append(host.arena.allocator(), .{ .answer = json.text });
    }

    /// A question that nobody answers.
    pub fn silence(host: *FakeHost) !void {
        try host.replies.append(host.arena.allocator(), .nothing);
    }

    /// A text that the user says while the agent works, after all other messages, as soon as the agent wants it. After
    /// the last one the agent waits in vain, until its timeout or as for a question.
    pub fn message(host: *FakeHost, text: []const u8) !void {
        try host.messageContent(.{ .role = role.user, .parts = &.{.{ .text = text }} });
    }

    /// The same with any content.
    pub fn messageContent(host: *FakeHost, content: Content) !void {
        const allocator = host.arena.allocator();
        try host.messages.append(allocator, try copies.content(allocator, content));
    }

    /// Another agent of this host, which the agent may call. Its function is like any agent's: it takes a context and
    /// an input, and has a clock of its own, so it takes as long as it sleeps. It finds no state, nobody, and no other
    /// agents.
    ///
    /// ```
    /// fn shout(cx: *rak.Context, text: []const u8) ![]const u8 {
    ///     return cx.print("{s}!", .{text});
    /// }
    ///
    /// try host.agent(.{ .name = "shouter" }, shout);
    /// ```
    pub fn agent(host: *FakeHost, summary: AgentSummary, comptime function: anytype) !void {
        const allocator = host.arena.allocator();
        const erased = struct {
            fn run(cx: *Context, input: Content) Ending {
                return invoke(function, cx, input);
            }
        };
        const known: Agents.Known = .{ .summary = try copies.agentSummary(allocator, summary), .function = &erased.run };
        try host.agents.append(allocator, known);
        std.mem.sort(Agents.Known, host.agents.items, {}, Agents.Known.isBefore);
    }

    /// A tool that the agent may call. Its function takes a context, and the arguments as a `Json` or any type that
    /// they are read into; it returns any value that `std.json` writes, or a `ToolAnswer`, or an error. It takes as
    /// long as it sleeps.
    ///
    /// Where the tool needs approval, people are asked before each call: `approves` and `rejects` say what they say. A
    /// person who edits the arguments changes what the tool is called with.
    ///
    /// ```
    /// fn add(_: *rak.Context, args: struct { numbers: [2]i64 }) i64 {
    ///     return args.numbers[0] + args.numbers[1];
    /// }
    ///
    /// try host.tool(.{ .name = "adder", .hints = .{ .needs_approval = true } }, add);
    /// ```
    pub fn tool(host: *FakeHost, description: Tool, comptime function: anytype) !void {
        const allocator = host.arena.allocator();
        const known: Tools.Known = .{
            .tool = try copies.tool(allocator, description),
            .function = Tools.erase(function),
        };
        try host.tools.append(allocator, known);
        std.mem.sort(Tools.Known, host.tools.items, {}, Tools.Known.isBefore);
    }

    /// A model that the agent may ask; the first one is its default. It gives these answers, one each, in their order. A
    /// question after the last of them makes `run` fail.
    ///
    /// ```
    /// try host.model(.{ .name = "small" }, &.{ .{ .text = "Good day!" }, .{ .failure = .{ .message = "no" } } });
    /// ```
    pub fn model(host: *FakeHost, summary: ModelSummary, script: []const ModelAnswer) !void {
        const copied = try copies.modelAnswers(host.arena.allocator(), script);
        try host.addModel(.{ .summary = summary, .answers = .{ .script = copied } });
    }

    /// The same with a function that answers: it takes a context, the conversation and the options; it returns a
    /// `ModelAnswer`, a text, or an error. It takes as long as it sleeps.
    ///
    /// ```
    /// fn parrot(cx: *rak.Context, contents: []const rak.Content, _: rak.ModelOptions) ![]const u8 {
    ///     return contents[contents.len - 1].text(cx.allocator);
    /// }
    ///
    /// try host.modelFunction(.{ .name = "parrot" }, parrot);
    /// ```
    pub fn modelFunction(host: *FakeHost, summary: ModelSummary, comptime function: anytype) !void {
        try host.addModel(.{ .summary = summary, .answers = .{ .function = Models.erase(function) } });
    }

    /// Makes the model that was added last one that turns texts into vectors. The function takes a context and the texts
    /// as `[]const []const u8`; it returns `[]const []const f32`, or an error.
    pub fn embeds(host: *FakeHost, comptime function: anytype) !void {
        if (host.models.items.len == 0) return error.NoModel;
        host.models.items[host.models.items.len - 1].embed = Models.eraseEmbed(function);
    }

    fn addModel(host: *FakeHost, known: Models.Known) !void {
        const allocator = host.arena.allocator();
        var copied = known;
        copied.summary = try copies.modelSummary(allocator, known.summary);
        try host.models.append(allocator, copied);
    }

    /// A place of the web that the agent may reach: what it answers to this method at this URL. A URL that ends with `*`
    /// stands for all that begin with the rest; one that says more comes before one that says less. What no answer is said
    /// for is denied, as a place is that the agent's manifest does not grant.
    ///
    /// ```
    /// try host.http("GET", "https://example.com/", .{ .text = "Good day!" });
    /// try host.http("GET", "https://example.com/*", .{ .status = 404 });
    /// ```
    pub fn http(host: *FakeHost, method: []const u8, url: []const u8, given: HttpAnswer) !void {
        const copied = try copies.httpAnswer(host.arena.allocator(), given);
        try host.addPlace(.{ .method = method, .url = url, .answer = .{ .given = copied } });
    }

    /// The same with a function that answers: it takes a context, the URL and the options; it returns an `HttpAnswer`, a
    /// text, a `Json`, or an error. It takes as long as it sleeps.
    ///
    /// ```
    /// fn echo(_: *rak.Context, _: []const u8, options: rak.HttpOptions) []const u8 {
    ///     return options.body;
    /// }
    ///
    /// try host.httpFunction("POST", "https://example.com/echo", echo);
    /// ```
    pub fn httpFunction(host: *FakeHost, method: []const u8, url: []const u8, comptime function: anytype) !void {
        try host.addPlace(.{ .method = method, .url = url, .answer = .{ .function = Http.erase(function) } });
    }

    fn addPlace(host: *FakeHost, known: Http.Known) !void {
        var copied = known;
        copied.method = try host.copy(known.method);
        copied.url = try host.copy(known.url);
        try host.places.append(host.arena.allocator(), copied);
    }

    /// A file that is there: its first version, or one more of those that this was said of before. It is from `epoch`.
    pub fn artifact(host: *FakeHost, name: []const u8, content: Blob) !void {
        const version: Artifacts.Version = .{ .content = content, .created_at = host.epoch };
        _ = try Artifacts.add(host.arena.allocator(), &host.files, name, version);
    }

    /// The artifacts that another run left behind, in place of those that are there.
    pub fn artifactsAfter(host: *FakeHost, result: TestRun) !void {
        host.files = try result.artifacts.clone(host.arena.allocator());
    }

    /// Grants the agent no artifacts: each call is refused with `denied`.
    pub fn withoutArtifacts(host: *FakeHost) void {
        host.artifacts_granted = false;
    }

    /// Cancels each run after this time of the fake clock.
    pub fn cancelAfter(host: *FakeHost, time: Duration) void {
        host.limits.cancel_at_ms = millis(time);
    }

    /// Cancels each run after this number of calls to the host; with 0 it is cancelled from the beginning. Every call
    /// counts, `isCancelled` and log lines too.
    pub fn cancelAfterCalls(host: *FakeHost, calls: u64) void {
        host.limits.cancel_after_calls = calls;
    }

    /// Gives each run a deadline. Nothing waits longer than that, and every call that can be refused is after it.
    pub fn deadline(host: *FakeHost, time: Duration) void {
        host.limits.deadline_ms = millis(time);
    }

    /// Runs an agent's function with a text. A panic of the agent is one of the test.
    pub fn run(host: *FakeHost, comptime function: anytype, text: []const u8) !TestRun {
        return host.runContent(function, .{ .role = role.user, .parts = &.{.{ .text = text }} });
    }

    /// Runs an agent's function with any content.
    pub fn runContent(host: *FakeHost, comptime function: anytype, input: Content) !TestRun {
        const arena = host.arena.allocator();
        const invocation = try arena.create(Invocation);
        invocation.* = try .init(arena, host);
        var shared = invocation.shared();
        var cx: Context = .init(&shared);
        const ending = invoke(function, &cx, input);
        if (invocation.people.mistake orelse invocation.advisers.mistake) |mistake| {
            std.debug.print("{s}\n", .{mistake});
            return error.NobodySaysThis;
        }
        return invocation.finish(ending);
    }

    fn copy(host: *FakeHost, text: []const u8) ![]const u8 {
        return host.arena.allocator().dupe(u8, text);
    }
};
