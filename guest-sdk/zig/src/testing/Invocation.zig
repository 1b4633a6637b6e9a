//! The host that a native test has: one run under test.

const std = @import("std");
const Allocator = std.mem.Allocator;

const AgentOptions = @import("../agents.zig").AgentOptions;
const AgentReply = @import("../agents.zig").Reply;
const AgentSummary = @import("../agents.zig").AgentSummary;
const Agents = @import("Agents.zig");
const ArtifactInfo = @import("../artifacts.zig").ArtifactInfo;
const Artifacts = @import("Artifacts.zig");
const Blob = @import("../content.zig").Blob;
const Clock = @import("Clock.zig");
const Content = @import("../content.zig").Content;
const Decision = @import("../people.zig").Decision;
const Delta = @import("../models.zig").Delta;
const Embeddings = @import("../models.zig").Embeddings;
const Ending = @import("../invoke.zig").Ending;
const Entry = @import("../session.zig").Entry;
const Event = @import("../events.zig").Event;
const FakeHost = @import("../testing.zig").FakeHost;
const Field = @import("../log.zig").Field;
const FunctionCall = @import("../content.zig").FunctionCall;
const FunctionResponse = @import("../content.zig").FunctionResponse;
const Http = @import("Http.zig");
const HttpHead = @import("../http.zig").HttpHead;
const HttpOptions = @import("../http.zig").HttpOptions;
const HttpResponse = @import("../http.zig").HttpResponse;
const Info = @import("../context.zig").Info;
const Level = @import("../log.zig").Level;
const ModelOptions = @import("../models.zig").ModelOptions;
const ModelResponse = @import("../models.zig").ModelResponse;
const ModelSummary = @import("../models.zig").ModelSummary;
const Models = @import("Models.zig");
const Output = @import("../io.zig").Output;
const Page = @import("../session.zig").Page;
const People = @import("People.zig");
const Reply = @import("../host.zig").Reply;
const Run = @import("../Run.zig");
const State = @import("State.zig");
const TestRun = @import("TestRun.zig");
const Tool = @import("../tools.zig").Tool;
const ToolOptions = @import("../tools.zig").ToolOptions;
const ToolResult = @import("../tools.zig").ToolResult;
const Tools = @import("Tools.zig");
const Waitable = @import("../wait.zig").Waitable;
const copies = @import("copies.zig");
const duration = @import("../wait.zig").duration;

const Invocation = @This();

/// A point on the fake clock, in its milliseconds.
pub const Timer = union(enum) {
    at_ms: u64,
    /// That of something that was started: it comes earlier where that is cancelled, and is the next one of several.
    over_at_ms: *const u64,

    fn due(point: Timer) u64 {
        return switch (point) {
            .at_ms => |ms| ms,
            .over_at_ms => |ms| ms.*,
        };
    }
};

/// Another agent that was started.
pub const Child = *Agents.Child;

/// A call of a tool that was started.
pub const Running = *Tools.Running;

/// An answer that a model is writing.
pub const Completion = *Models.Completion;

/// An answer over HTTP that is coming.
pub const Exchange = *Http.Exchange;

/// Outlives the run.
arena: Allocator,
setup: *const FakeHost,
clock: Clock,
state: State,
people: People,
roster: Agents,
toolbox: Tools,
advisers: Models,
web: Http,
shelf: Artifacts,
events: std.ArrayList(Event) = .empty,
logs: std.ArrayList(TestRun.LogLine) = .empty,
printed: std.ArrayList(u8) = .empty,
/// The same numbers in each run.
randomness: std.Random.DefaultPrng = .init(0),

pub fn init(arena: Allocator, setup: *const FakeHost) Allocator.Error!Invocation {
    return .{
        .arena = arena,
        .setup = setup,
        .clock = .{ .limits = setup.limits },
        .state = try .init(arena, setup.state_values),
        .people = .{
            .arena = arena,
            .script = .{ .replies = setup.replies.items, .messages = setup.messages.items },
        },
        .roster = .{ .arena = arena, .known = setup.agents.items },
        .toolbox = .{ .arena = arena, .known = setup.tools.items },
        .advisers = .{ .arena = arena, .known = try arena.dupe(Models.Known, setup.models.items) },
        .web = .{ .arena = arena, .known = setup.places.items },
        .shelf = try .init(arena, setup.files, setup.artifacts_granted),
    };
}

/// What the context of the run shares.
pub fn shared(run: *Invocation) Run {
    return .{ .host = run, .arena = run.arena, .gpa = run.setup.arena.child_allocator };
}

/// What works for this run: an invocation of its own, on a clock of its own, with nothing and nobody around it.
pub fn beside(
    run: *Invocation,
    agent: []const u8,
    invocation_id: []const u8,
    session_id: []const u8,
) Allocator.Error!*Invocation {
    const setup = try run.arena.create(FakeHost);
    setup.* = .init(run.setup.arena.child_allocator);
    setup.epoch = run.now(.real);
    setup.info = .{
        .invocation_id = invocation_id,
        .session_id = session_id,
        .user_id = run.setup.info.user_id,
        .agent = agent,
        .agent_version = run.setup.info.agent_version,
        .parent_id = run.setup.info.invocation_id,
    };
    const inner = try run.arena.create(Invocation);
    inner.* = try .init(run.arena, setup);
    return inner;
}

/// The last content that was emitted.
pub fn lastContent(run: *const Invocation) ?Content {
    var rest = run.events.items;
    while (rest.len > 0) : (rest.len -= 1) switch (rest[rest.len - 1]) {
        .content => |said| return said,
        else => {},
    };
    return null;
}

/// What the run left behind. A good end stores what was changed; a bad one forgets it.
pub fn finish(run: *Invocation, ending: Ending) Allocator.Error!TestRun {
    if (ending == .outcome) try run.state.store();
    for (run.roster.started.items) |child| child.work.drop(&run.clock);
    for (run.toolbox.started.items) |running| running.work.drop(&run.clock);
    for (run.advisers.opened.items) |completion| completion.work.drop(&run.clock);
    for (run.web.opened.items) |exchange| exchange.work.drop(&run.clock);
    try run.advisers.show(run);
    return .{
        .ending = try copies.ending(run.arena, ending),
        .events = run.events.items,
        .state = run.state.stored,
        .changes = run.state.changes,
        .questions = run.people.questions.items,
        .agent_calls = try run.roster.calls(),
        .tool_calls = try run.toolbox.calls(),
        .model_calls = try run.advisers.calls(),
        .embed_calls = run.advisers.embedded.items,
        .http_calls = try run.web.calls(),
        .artifacts = run.shelf.files,
        .logs = run.logs.items,
        .printed = run.printed.items,
        .slept = .{ .nanoseconds = @as(i96, run.clock.now_ms) * std.time.ns_per_ms },
        .arena = run.arena,
    };
}

/// What every call that can be refused does first.
fn gate(run: *Invocation, comptime T: type) ?Reply(T) {
    run.clock.countCall();
    return if (run.clock.refusal()) |failure| .{ .refused = failure } else null;
}

pub fn info(run: *Invocation, _: Allocator) Allocator.Error!Info {
    run.clock.countCall();
    return run.setup.info;
}

pub fn config(run: *Invocation, _: Allocator, key: []const u8) Allocator.Error!?[]const u8 {
    run.clock.countCall();
    return run.setup.config_values.get(key);
}

pub fn configKeys(run: *Invocation, allocator: Allocator) Allocator.Error![]const []const u8 {
    run.clock.countCall();
    const keys_found = try allocator.dupe([]const u8, run.setup.config_values.keys());
    std.mem.sort([]const u8, keys_found, {}, State.isBefore);
    return keys_found;
}

pub fn isCancelled(run: *Invocation) bool {
    run.clock.countCall();
    return run.clock.isCancelled();
}

pub fn remainingMs(run: *Invocation) ?u64 {
    run.clock.countCall();
    return run.clock.remainingMs();
}

pub fn emit(run: *Invocation, allocator: Allocator, events: []const Event) Allocator.Error!Reply(u64) {
    if (run.gate(u64)) |refused| return refused;
    for (events) |event| if (try copies.firstBadJson(allocator, event)) |json| return .{ .refused = .{
        .kind = .invalid_argument,
        .message = try std.fmt.allocPrint(allocator, "not JSON: {s}", .{json}),
    } };
    try run.advisers.show(run);
    for (events) |event| try run.events.append(run.arena, try copies.event(run.arena, event));
    for (events) |event| if (event.isStored()) try run.state.store();
    var stored: u64 = 0;
    for (run.events.items) |event| stored += @intFromBool(event.isStored());
    return .{ .ok = stored };
}

pub fn history(run: *Invocation, allocator: Allocator, before: ?u64, limit: u32) Allocator.Error!Reply(Page) {
    if (run.gate(Page)) |refused| return refused;
    var older = run.setup.history.items;
    if (before) |seq| {
        while (older.len > 0 and older[older.len - 1].seq >= seq) older.len -= 1;
    }
    const first = older.len -| std.math.clamp(limit, 1, 1000);
    const entries = try allocator.dupe(Entry, older[first..]);
    return .{ .ok = .{ .entries = entries, .next = if (first > 0) entries[0].seq else null } };
}

pub fn get(run: *Invocation, _: Allocator, key: []const u8) Allocator.Error!Reply(?[]const u8) {
    if (run.gate(?[]const u8)) |refused| return refused;
    return .{ .ok = run.state.seen.get(key) };
}

pub fn set(run: *Invocation, allocator: Allocator, key: []const u8, json: []const u8) Allocator.Error!Reply(void) {
    if (run.gate(void)) |refused| return refused;
    if (!try std.json.Scanner.validate(allocator, json)) {
        return .{ .refused = .{ .kind = .invalid_argument, .message = "the value is not JSON" } };
    }
    try run.state.put(key, json);
    return .ok;
}

pub fn remove(run: *Invocation, _: Allocator, key: []const u8) Allocator.Error!Reply(void) {
    if (run.gate(void)) |refused| return refused;
    try run.state.put(key, null);
    return .ok;
}

pub fn keys(run: *Invocation, allocator: Allocator, prefix: []const u8) Allocator.Error!Reply([]const []const u8) {
    if (run.gate([]const []const u8)) |refused| return refused;
    return .{ .ok = try run.state.keys(allocator, prefix) };
}

pub fn approve(
    run: *Invocation,
    allocator: Allocator,
    action: []const u8,
    details: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply(Decision) {
    if (run.gate(Decision)) |refused| return refused;
    if (!try std.json.Scanner.validate(allocator, details)) {
        return .{ .refused = .{ .kind = .invalid_argument, .message = "the details are not JSON" } };
    }
    return run.people.approve(&run.clock, .{
        .kind = .approve,
        .prompt = action,
        .details = .raw(details),
        .expires_in = if (expires_in_ms) |ms| duration(ms) else null,
    });
}

pub fn ask(
    run: *Invocation,
    allocator: Allocator,
    question: []const u8,
    schema: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply([]const u8) {
    if (run.gate([]const u8)) |refused| return refused;
    if (!try std.json.Scanner.validate(allocator, schema)) {
        return .{ .refused = .{ .kind = .invalid_argument, .message = "the schema is not JSON" } };
    }
    return run.people.ask(&run.clock, .{
        .kind = .ask,
        .prompt = question,
        .schema = .raw(schema),
        .expires_in = if (expires_in_ms) |ms| duration(ms) else null,
    });
}

pub fn nextMessage(run: *Invocation, _: Allocator, timeout_ms: ?u64) Allocator.Error!Reply(?Content) {
    if (run.gate(?Content)) |refused| return refused;
    return run.people.nextMessage(&run.clock, timeout_ms);
}

pub fn agents(run: *Invocation, allocator: Allocator) Allocator.Error!Reply([]const AgentSummary) {
    if (run.gate([]const AgentSummary)) |refused| return refused;
    return .{ .ok = try run.roster.available(allocator) };
}

pub fn callAgent(
    run: *Invocation,
    allocator: Allocator,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!Reply(AgentReply) {
    const child = switch (try run.startAgent(allocator, agent, input, options)) {
        .ok => |child| child,
        .refused => |failure| return .{ .refused = failure },
    };
    return child.work.finish(&run.clock);
}

pub fn startAgent(
    run: *Invocation,
    _: Allocator,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!Reply(Child) {
    if (run.gate(Child)) |refused| return refused;
    return run.roster.start(run, agent, input, options);
}

pub fn childId(run: *Invocation, _: Allocator, child: Child) Allocator.Error![]const u8 {
    run.clock.countCall();
    return child.call.invocation_id;
}

pub fn finishChild(run: *Invocation, _: Allocator, child: Child) Allocator.Error!Reply(AgentReply) {
    if (run.gate(AgentReply)) |refused| return refused;
    return child.work.finish(&run.clock);
}

pub fn cancelChild(run: *Invocation, child: Child) void {
    run.clock.countCall();
    child.work.cancel(&run.clock);
}

pub fn childTimer(run: *Invocation, child: Child) Timer {
    run.clock.countCall();
    return .{ .over_at_ms = &child.work.over_at_ms };
}

pub fn dropChild(run: *Invocation, child: Child) void {
    child.work.drop(&run.clock);
}

pub fn tools(run: *Invocation, allocator: Allocator) Allocator.Error!Reply([]const Tool) {
    if (run.gate([]const Tool)) |refused| return refused;
    return .{ .ok = try run.toolbox.available(allocator) };
}

pub fn callTool(
    run: *Invocation,
    allocator: Allocator,
    function: FunctionCall,
    options: ToolOptions,
) Allocator.Error!Reply(FunctionResponse) {
    const running = switch (try run.startTool(allocator, function, options)) {
        .ok => |running| running,
        .refused => |failure| return .{ .refused = failure },
    };
    return running.work.finish(&run.clock);
}

pub fn callTools(
    run: *Invocation,
    allocator: Allocator,
    functions: []const FunctionCall,
    options: ToolOptions,
) Allocator.Error![]const ToolResult {
    const results = try allocator.alloc(ToolResult, functions.len);
    if (run.gate(void)) |refused| {
        @memset(results, .{ .failure = refused.refused });
        return results;
    }
    const started = try allocator.alloc(Reply(Running), functions.len);
    // All of them have to be started before the first is waited for.
    for (functions, started) |function, *running| running.* = try run.toolbox.start(run, function, options);
    for (started, results) |running, *result| result.* = switch (running) {
        .refused => |failure| .{ .failure = failure },
        .ok => |known| switch (known.work.finish(&run.clock)) {
            .ok => |response| .{ .response = response },
            .refused => |failure| .{ .failure = failure },
        },
    };
    return results;
}

pub fn startTool(
    run: *Invocation,
    _: Allocator,
    function: FunctionCall,
    options: ToolOptions,
) Allocator.Error!Reply(Running) {
    if (run.gate(Running)) |refused| return refused;
    return run.toolbox.start(run, function, options);
}

pub fn finishTool(run: *Invocation, _: Allocator, running: Running) Allocator.Error!Reply(FunctionResponse) {
    if (run.gate(FunctionResponse)) |refused| return refused;
    return running.work.finish(&run.clock);
}

pub fn cancelTool(run: *Invocation, running: Running) void {
    run.clock.countCall();
    running.work.cancel(&run.clock);
}

pub fn toolTimer(run: *Invocation, running: Running) Timer {
    run.clock.countCall();
    return .{ .over_at_ms = &running.work.over_at_ms };
}

pub fn dropTool(run: *Invocation, running: Running) void {
    running.work.drop(&run.clock);
}

pub fn models(run: *Invocation, allocator: Allocator) Allocator.Error!Reply([]const ModelSummary) {
    if (run.gate([]const ModelSummary)) |refused| return refused;
    return .{ .ok = try run.advisers.available(allocator) };
}

pub fn complete(
    run: *Invocation,
    allocator: Allocator,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!Reply(ModelResponse) {
    const completion = switch (try run.openCompletion(allocator, contents, options)) {
        .ok => |completion| completion,
        .refused => |failure| return .{ .refused = failure },
    };
    return completion.work.finish(&run.clock);
}

pub fn openCompletion(
    run: *Invocation,
    _: Allocator,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!Reply(Completion) {
    if (run.gate(Completion)) |refused| return refused;
    return run.advisers.open(run, contents, options);
}

pub fn nextDeltas(run: *Invocation, allocator: Allocator, completion: Completion) Allocator.Error!Reply([]const Delta) {
    if (run.gate([]const Delta)) |refused| return refused;
    return completion.next(allocator, &run.clock);
}

pub fn finishCompletion(run: *Invocation, _: Allocator, completion: Completion) Allocator.Error!Reply(ModelResponse) {
    if (run.gate(ModelResponse)) |refused| return refused;
    return completion.work.finish(&run.clock);
}

pub fn cancelCompletion(run: *Invocation, completion: Completion) void {
    run.clock.countCall();
    completion.cancel(&run.clock);
}

pub fn completionTimer(run: *Invocation, completion: Completion) Timer {
    run.clock.countCall();
    return .{ .over_at_ms = &completion.next_at_ms };
}

pub fn dropCompletion(run: *Invocation, completion: Completion) void {
    completion.cancel(&run.clock);
}

pub fn embed(
    run: *Invocation,
    _: Allocator,
    model: ?[]const u8,
    texts: []const []const u8,
) Allocator.Error!Reply(Embeddings) {
    if (run.gate(Embeddings)) |refused| return refused;
    return run.advisers.embed(run, model, texts);
}

pub fn fetch(
    run: *Invocation,
    allocator: Allocator,
    url: []const u8,
    options: HttpOptions,
) Allocator.Error!Reply(HttpResponse) {
    const exchange = switch (try run.openExchange(allocator, url, options)) {
        .ok => |exchange| exchange,
        .refused => |failure| return .{ .refused = failure },
    };
    return exchange.finish(run.arena, &run.clock);
}

pub fn openExchange(
    run: *Invocation,
    _: Allocator,
    url: []const u8,
    options: HttpOptions,
) Allocator.Error!Reply(Exchange) {
    if (run.gate(Exchange)) |refused| return refused;
    return run.web.open(run, url, options);
}

pub fn exchangeHead(run: *Invocation, _: Allocator, exchange: Exchange) Allocator.Error!Reply(HttpHead) {
    if (run.gate(HttpHead)) |refused| return refused;
    return exchange.begin(&run.clock);
}

pub fn readExchange(
    run: *Invocation,
    _: Allocator,
    exchange: Exchange,
    max: u32,
) Allocator.Error!Reply([]const u8) {
    if (run.gate([]const u8)) |refused| return refused;
    return exchange.read(&run.clock, max);
}

pub fn cancelExchange(run: *Invocation, exchange: Exchange) void {
    run.clock.countCall();
    exchange.cancel(&run.clock);
}

pub fn exchangeTimer(run: *Invocation, exchange: Exchange) Timer {
    run.clock.countCall();
    return .{ .over_at_ms = &exchange.tells_at_ms };
}

pub fn dropExchange(run: *Invocation, exchange: Exchange) void {
    exchange.cancel(&run.clock);
}

pub fn saveArtifact(run: *Invocation, _: Allocator, name: []const u8, content: Blob) Allocator.Error!Reply(u32) {
    if (run.gate(u32)) |refused| return refused;
    return run.shelf.save(name, .{ .content = content, .created_at = run.now(.real) });
}

pub fn loadArtifact(run: *Invocation, _: Allocator, name: []const u8, version: ?u32) Allocator.Error!Reply(?Blob) {
    if (run.gate(?Blob)) |refused| return refused;
    return run.shelf.load(name, version);
}

pub fn readArtifact(
    run: *Invocation,
    _: Allocator,
    name: []const u8,
    version: u32,
    offset: u64,
    max: u32,
) Allocator.Error!Reply([]const u8) {
    if (run.gate([]const u8)) |refused| return refused;
    return run.shelf.read(name, version, offset, max);
}

pub fn artifacts(
    run: *Invocation,
    allocator: Allocator,
    prefix: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    if (run.gate([]const ArtifactInfo)) |refused| return refused;
    return run.shelf.available(allocator, prefix);
}

pub fn artifactVersions(
    run: *Invocation,
    allocator: Allocator,
    name: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    if (run.gate([]const ArtifactInfo)) |refused| return refused;
    return run.shelf.versions(allocator, name);
}

pub fn removeArtifact(run: *Invocation, _: Allocator, name: []const u8, version: ?u32) Allocator.Error!Reply(bool) {
    if (run.gate(bool)) |refused| return refused;
    return run.shelf.remove(name, version);
}

pub fn sleep(run: *Invocation, ms: u64) void {
    run.clock.countCall();
    run.clock.waitUntil(run.clock.now_ms +| ms);
}

pub fn timer(run: *Invocation, ms: u64) Timer {
    run.clock.countCall();
    return .{ .at_ms = run.clock.now_ms +| ms };
}

pub fn isReady(run: *Invocation, point: Timer) bool {
    run.clock.countCall();
    return run.clock.now_ms >= point.due();
}

pub fn block(run: *Invocation, point: Timer) void {
    run.clock.countCall();
    run.clock.waitUntil(point.due());
}

pub fn drop(_: *Invocation, _: Timer) void {}

pub fn any(
    run: *Invocation,
    allocator: Allocator,
    of: []const Waitable,
    timeout_ms: ?u64,
) Allocator.Error![]const u32 {
    run.clock.countCall();
    var first: ?u64 = if (timeout_ms) |ms| run.clock.now_ms +| ms else null;
    for (of) |waitable| first = @min(first orelse std.math.maxInt(u64), waitable.timer.due());
    if (first) |at_ms| run.clock.waitUntil(at_ms);
    var ready: std.ArrayList(u32) = .empty;
    if (run.clock.isCancelled()) return ready.items;
    for (of, 0..) |waitable, index| {
        if (run.clock.now_ms >= waitable.timer.due()) try ready.append(allocator, @intCast(index));
    }
    return ready.toOwnedSlice(allocator);
}

pub fn log(
    run: *Invocation,
    _: Allocator,
    level: Level,
    message: []const u8,
    fields: []const Field,
) Allocator.Error!void {
    run.clock.countCall();
    try run.logs.append(run.arena, .{
        .level = level,
        .message = try run.arena.dupe(u8, message),
        .fields = try copies.fields(run.arena, fields),
    });
}

pub fn now(run: *Invocation, clock: std.Io.Clock) std.Io.Timestamp {
    const since: std.Io.Timestamp = .{ .nanoseconds = @as(i96, run.clock.now_ms) * std.time.ns_per_ms };
    return if (clock == .real) .{ .nanoseconds = run.setup.epoch.nanoseconds + since.nanoseconds } else since;
}

pub fn random(run: *Invocation, buffer: []u8) void {
    run.randomness.random().bytes(buffer);
}

pub fn write(run: *Invocation, _: Output, bytes: []const u8) error{InputOutput}!void {
    run.printed.appendSlice(run.arena, bytes) catch return error.InputOutput;
}
