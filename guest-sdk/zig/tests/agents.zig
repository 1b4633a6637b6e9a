//! Calling other agents.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

const second: std.Io.Duration = .fromSeconds(1);

/// Takes as many seconds as it is told, and then says that it is done.
fn work(cx: *rak.Context, seconds: i64) ![]const u8 {
    try cx.sleep(.fromSeconds(seconds));
    return cx.print("done after {d}", .{seconds});
}

fn call(cx: *rak.Context, text: []const u8) ![]const u8 {
    return (try cx.agents.call("worker", text, .{})).text(cx.allocator);
}

fn transfer(cx: *rak.Context, _: []const u8) !rak.Outcome {
    var outcome = try cx.answer("over to you");
    outcome.escalate = true;
    outcome.transfer_to = "boss";
    outcome.extra = try cx.json(.{ .n = 1 });
    return outcome;
}

fn onlyEmits(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.events.say("one");
    _ = try cx.events.say("two");
}

fn nothing(_: *rak.Context, _: []const u8) void {}

fn replies(cx: *rak.Context, _: []const u8) !void {
    try expectEqualDeep(rak.Reply{
        .invocation_id = "child-1",
        .content = .{ .parts = &.{.{ .text = "over to you" }} },
        .escalate = true,
        .transfer_to = "boss",
        .extra = .literal(.{ .n = 1 }),
    }, try cx.agents.call("transfer", "", .{}));
    try expectEqualStrings("two", try (try cx.agents.call("emitter", "", .{})).text(cx.allocator));
    const bare = try cx.agents.call("silent", "", .{});
    try expectEqual(null, bare.content);
    try expectEqualStrings("", try bare.text(cx.allocator));
}

test "a reply is the agent's outcome" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "transfer" }, transfer);
    try host.agent(.{ .name = "emitter" }, onlyEmits);
    try host.agent(.{ .name = "silent" }, nothing);
    _ = try (try host.run(replies, "")).outcome();
}

fn list(cx: *rak.Context, _: []const u8) !void {
    try expectEqualDeep(@as([]const rak.AgentSummary, &.{
        .{ .name = "a", .description = "Adds.", .version = "2.0.0", .input_schema = .literal(.{ .type = "array" }) },
        .{ .name = "b" },
    }), try cx.agents.available());
}

test "available agents come by name" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "b" }, nothing);
    try host.agent(.{
        .name = "a",
        .description = "Adds.",
        .version = "2.0.0",
        .input_schema = .literal(.{ .type = "array" }),
    }, nothing);
    _ = try (try host.run(list, "")).outcome();
}

const told: rak.AgentOptions = .{
    .session = "s",
    .timeout = second,
    .relay = true,
    .detached = true,
    .extra = .literal(.{ .n = 7 }),
};

fn tell(cx: *rak.Context, _: []const u8) !void {
    const input: rak.Content = .{ .role = "user", .parts = &.{ .{ .text = "one" }, .{ .thought = "two" } } };
    _ = try cx.agents.callContent("worker", input, told);
    _ = try cx.agents.call("worker", "three", .{});
}

test "what they were told is kept" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, nothing);
    const result = try host.run(tell, "");
    try expectEqualDeep(@as([]const rak.testing.AgentCall, &.{ .{
        .invocation_id = "child-1",
        .agent = "worker",
        .input = .{ .role = "user", .parts = &.{ .{ .text = "one" }, .{ .thought = "two" } } },
        .options = told,
    }, .{
        .invocation_id = "child-2",
        .agent = "worker",
        .input = .{ .role = "user", .parts = &.{.{ .text = "three" }} },
        .options = .{},
    } }), result.agent_calls);
}

test "an unknown agent is not found, and the others are named" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const alone = try (try host.run(call, "")).failure();
    try expectEqualStrings("no agent is called `worker`; there is none", alone.message);
    try host.agent(.{ .name = "b" }, nothing);
    try host.agent(.{ .name = "a" }, nothing);
    const result = try host.run(call, "");
    try expectEqual(.not_found, (try result.failure()).kind);
    try expectEqualStrings("no agent is called `worker`; there is `a`, `b`", (try result.failure()).message);
    try expectEqual(0, result.agent_calls.len);
}

fn limited(cx: *rak.Context, _: []const u8) !void {
    return cx.fail(.{ .kind = .rate_limited, .message = "too fast", .retry_after = second, .details = .literal(.{1}) });
}

fn saysCancelled(_: *rak.Context, _: []const u8) !void {
    return error.Cancelled;
}

test "a failure is the child's, and names its invocation" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, limited);
    const failure = try (try host.run(call, "")).failure();
    try expectEqual(.rate_limited, failure.kind);
    try expectEqual(second, failure.retry_after.?);
    try expectEqualStrings("the agent `worker` failed: too fast", failure.message);
    const details = "{\"agent\":\"worker\",\"invocationId\":\"child-1\",\"details\":[1]}";
    try expectEqualStrings(details, failure.details.?.text);

    var other: FakeHost = .init(std.testing.allocator);
    defer other.deinit();
    try other.agent(.{ .name = "worker" }, saysCancelled);
    // The parent is not the one that is being cancelled.
    try expectEqual(.failed, (try (try other.run(call, "")).failure()).kind);
}

fn hurry(cx: *rak.Context, seconds: i64) ![]const u8 {
    const reply = cx.agents.call("worker", "2", .{ .timeout = .fromSeconds(seconds) }) catch |err| {
        return if (cx.isTimedOut(err)) "too slow" else err;
    };
    return reply.text(cx.allocator);
}

test "a call takes the time that the agent takes, or that it may take" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    const in_time = try host.run(hurry, "2");
    try expectEqualStrings("done after 2", try in_time.answer());
    try expectEqual(2, in_time.slept.toSeconds());
    const late = try host.run(hurry, "1");
    try expectEqualStrings("too slow", try late.answer());
    try expectEqual(1, late.slept.toSeconds());
    try expect(!late.agent_calls[0].cancelled);
}

fn together(cx: *rak.Context, _: []const u8) !void {
    const slow = try cx.agents.start("worker", "3", .{});
    defer slow.deinit();
    const quick = try cx.agents.start("worker", "1", .{});
    defer quick.deinit();
    try expectEqualStrings("child-2", try quick.invocationId());
    const all = [_]rak.Waitable{ slow.waitable(), quick.waitable(), cx.timer(.fromSeconds(2)) };
    defer for (all) |waitable| waitable.deinit();
    try expectEqual(0, (try cx.waitAny(&all, .zero)).len);
    try std.testing.expectEqualSlices(u32, &.{1}, try cx.waitAny(&all, null));
    try expect(all[1].ready() and !all[0].ready());
    all[0].block();
    try expectEqualStrings("done after 3", try (try slow.finish()).text(cx.allocator));
    try expectEqualDeep(try quick.finish(), try quick.finish());
}

test "children and timers are waited for together" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    const result = try host.run(together, "");
    _ = try result.outcome();
    try expectEqual(3, result.slept.toSeconds());
    for (result.agent_calls) |told_one| try expect(!told_one.cancelled);
}

fn fan(cx: *rak.Context, _: []const u8) !void {
    const results = try cx.agents.callAll(&.{
        .{ .agent = "worker", .text = "3" },
        .{ .agent = "nobody", .text = "" },
        .{ .agent = "worker", .text = "1" },
    }, .{});
    try expectEqualStrings("done after 3", try results[0].reply.text(cx.allocator));
    try expectEqual(.not_found, results[1].failure.kind);
    try expectEqualStrings("done after 1", try results[2].reply.text(cx.allocator));
}

test "calls at once take the time of the longest" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    const result = try host.run(fan, "");
    _ = try result.outcome();
    try expectEqual(3, result.slept.toSeconds());
}

fn cancel(cx: *rak.Context, _: []const u8) !void {
    const child = try cx.agents.start("worker", "3", .{});
    defer child.deinit();
    try cx.sleep(second);
    child.cancel();
    const done = child.waitable();
    defer done.deinit();
    try expect(done.ready());
    try expectError(error.Failed, child.finish());
    try expectEqualStrings("cancelled", cx.failure(error.Failed).?.code.?);

    const over = try cx.agents.start("worker", "0", .{});
    over.cancel();
    _ = try over.finish();
}

test "a cancelled child is over and says so" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    const result = try host.run(cancel, "");
    _ = try result.outcome();
    try expectEqual(1, result.slept.toSeconds());
    try expect(result.agent_calls[0].cancelled and !result.agent_calls[1].cancelled);
}

fn leave(cx: *rak.Context, _: []const u8) !void {
    (try cx.agents.start("worker", "3", .{})).deinit();
    (try cx.agents.start("worker", "9", .{ .detached = true })).deinit();
    const over = try cx.agents.start("worker", "1", .{});
    try cx.sleep(second);
    over.deinit();
    _ = try cx.agents.start("worker", "3", .{});
}

test "a child that nobody holds is stopped, unless it is detached or over" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    const result = try host.run(leave, "");
    _ = try result.outcome();
    for ([_]bool{ true, false, false, true }, result.agent_calls) |cancelled, told_one| {
        try expectEqual(cancelled, told_one.cancelled);
    }
}

test "a cancelled or late run waits for no child" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    host.deadline(.fromSeconds(2));
    const late = try host.run(call, "3");
    try expectEqual(.deadline_exceeded, (try late.failure()).kind);
    try expect(!(try late.failure()).isTimedOut());
    host.cancelAfter(second);
    const cancelled = try host.run(call, "3");
    try expectEqual(.cancelled, (try cancelled.failure()).kind);
    try expectEqual(1, cancelled.slept.toSeconds());
    try expect(cancelled.agent_calls[0].cancelled);
    host.cancelAfterCalls(0);
    const early = try host.run(call, "3");
    try expectEqual(.cancelled, (try early.failure()).kind);
    try expectEqual(0, early.agent_calls.len);
}

fn whoIsIt(cx: *rak.Context, _: []const u8) ![]const u8 {
    const info = try cx.info();
    return cx.print("{s} {s} {s} {s}", .{ info.agent, info.user_id, info.session_id, info.parent_id.? });
}

fn callInSession(cx: *rak.Context, _: []const u8) ![]const u8 {
    return (try cx.agents.call("worker", "", .{ .session = "s1" })).text(cx.allocator);
}

test "a child knows who it is" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.info.user_id = "ada";
    try host.agent(.{ .name = "worker" }, whoIsIt);
    try expectEqualStrings("worker ada s1 test-invocation", try (try host.run(callInSession, "")).answer());
}

fn countCalls(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.agents.available();
    const child = try cx.agents.start("worker", "0", .{});
    _ = try child.invocationId();
    _ = try child.finish();
    child.cancel();
    _ = child.waitable();
    _ = try cx.agents.call("worker", "0", .{});
}

test "every call counts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "worker" }, work);
    host.cancelAfterCalls(7);
    _ = try (try host.run(countCalls, "")).outcome();
    host.cancelAfterCalls(6);
    try expectEqual(.cancelled, (try (try host.run(countCalls, "")).failure()).kind);
}
