//! The host that a native test has: one run under test.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Clock = @import("Clock.zig");
const Content = @import("../content.zig").Content;
const Decision = @import("../people.zig").Decision;
const Ending = @import("../invoke.zig").Ending;
const Entry = @import("../session.zig").Entry;
const Event = @import("../events.zig").Event;
const FakeHost = @import("../testing.zig").FakeHost;
const Field = @import("../log.zig").Field;
const Info = @import("../context.zig").Info;
const Level = @import("../log.zig").Level;
const Output = @import("../io.zig").Output;
const Page = @import("../session.zig").Page;
const People = @import("People.zig");
const Reply = @import("../host.zig").Reply;
const State = @import("State.zig");
const TestRun = @import("TestRun.zig");
const Waitable = @import("../wait.zig").Waitable;
const copies = @import("copies.zig");
const duration = @import("../wait.zig").duration;

const Invocation = @This();

/// A point on the fake clock, in its milliseconds.
pub const Timer = u64;

/// Outlives the run.
arena: Allocator,
setup: *const FakeHost,
clock: Clock,
state: State,
people: People,
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
    };
}

/// What the run left behind. A good end stores what was changed; a bad one forgets it.
pub fn finish(run: *Invocation, ending: Ending) Allocator.Error!TestRun {
    if (ending == .outcome) try run.state.store();
    return .{
        .ending = try copies.ending(run.arena, ending),
        .events = run.events.items,
        .state = run.state.stored,
        .changes = run.state.changes,
        .questions = run.people.questions.items,
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

pub fn sleep(run: *Invocation, ms: u64) void {
    run.clock.countCall();
    run.clock.waitUntil(run.clock.now_ms +| ms);
}

pub fn timer(run: *Invocation, ms: u64) Timer {
    run.clock.countCall();
    return run.clock.now_ms +| ms;
}

pub fn isReady(run: *Invocation, at_ms: Timer) bool {
    run.clock.countCall();
    return run.clock.now_ms >= at_ms;
}

pub fn block(run: *Invocation, at_ms: Timer) void {
    run.clock.countCall();
    run.clock.waitUntil(at_ms);
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
    for (of) |waitable| first = @min(first orelse waitable.timer, waitable.timer);
    if (first) |at_ms| run.clock.waitUntil(at_ms);
    var ready: std.ArrayList(u32) = .empty;
    if (run.clock.isCancelled()) return ready.items;
    for (of, 0..) |waitable, index| {
        if (run.clock.now_ms >= waitable.timer) try ready.append(allocator, @intCast(index));
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
