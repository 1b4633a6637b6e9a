//! Using tools.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

const second: std.Io.Duration = .fromSeconds(1);

const Args = struct { n: i64, seconds: i64 = 0 };

/// Takes as many seconds as it is told.
fn double(cx: *rak.Context, args: Args) !i64 {
    try cx.sleep(.fromSeconds(args.seconds));
    return args.n * 2;
}

fn call(cx: *rak.Context, args: rak.Json) ![]const u8 {
    return (try cx.tools.callNamed("double", args, .{})).response.text;
}

fn callSeveral(cx: *rak.Context, _: []const u8) !void {
    const given: rak.FunctionCall = .{ .id = "a", .name = "double", .args = .literal(.{ .n = 1 }) };
    const first = try cx.tools.call(given, .{});
    try expectEqualDeep(rak.FunctionResponse{ .id = "a", .name = "double", .response = .raw("2") }, first);
    try expectEqualStrings("call-1", (try cx.tools.callNamed("double", .{ .n = 2 }, .{})).id);
    // The ids go on, whoever holds the tools.
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const other = cx.with(arena.allocator());
    try expectEqualStrings("call-2", (try other.tools.callNamed("double", Args{ .n = 3 }, .{})).id);
}

test "a call is answered under its id" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    _ = try (try host.run(callSeveral, "")).outcome();
}

fn saysNo(cx: *rak.Context, _: rak.Json) !rak.testing.ToolAnswer {
    return .{ .response = try cx.json("no n"), .failed = true };
}

fn isAway(cx: *rak.Context, _: rak.Json) !void {
    return cx.fail(.{ .kind = .unavailable, .message = "away" });
}

fn breaks(_: *rak.Context, _: rak.Json) !void {
    return error.OutOfPaper;
}

fn readFailures(cx: *rak.Context, _: []const u8) !void {
    const answer = try cx.tools.callNamed("says no", .{}, .{});
    try expectEqualStrings("\"no n\"", answer.response.text);
    try expect(answer.failed);
    try expectError(error.Unavailable, cx.tools.callNamed("is away", .{}, .{}));
    try expectEqualStrings("away", cx.failure(error.Unavailable).?.message);
    try expectError(error.Failed, cx.tools.callNamed("breaks", .{}, .{}));
    try expectEqualStrings("OutOfPaper", cx.failure(error.Failed).?.message);
    try expectError(error.InvalidArgument, cx.tools.callNamed("double", .{ .n = "x" }, .{}));
    try expectError(error.InvalidArgument, cx.tools.call(.{ .name = "double", .args = .raw("{") }, .{}));
}

test "a tool that says that it failed has answered, and other failures are none" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "says no" }, saysNo);
    try host.tool(.{ .name = "is away" }, isAway);
    try host.tool(.{ .name = "breaks" }, breaks);
    try host.tool(.{ .name = "double" }, double);
    _ = try (try host.run(readFailures, "")).outcome();
}

fn list(cx: *rak.Context, _: []const u8) !void {
    const tools = try cx.tools.available();
    try expectEqualDeep(@as([]const rak.Tool, &.{
        .{
            .name = "a",
            .description = "Adds.",
            .parameters = .literal(.{ .type = "array" }),
            .hints = .{ .read_only = true, .open_world = true },
            .extra = .literal(.{1}),
        },
        .{ .name = "b", .parameters = .literal(.{ .type = "object" }) },
    }), tools);
    try expectEqualDeep(
        @as([]const []const u8, &.{ "read-only", "open-world" }),
        try tools[0].hints.names(cx.allocator),
    );
    const all: rak.Hints = .{
        .read_only = true,
        .destructive = true,
        .idempotent = true,
        .open_world = true,
        .needs_approval = true,
    };
    const names = try std.mem.join(cx.allocator, ",", try all.names(cx.allocator));
    try expectEqualStrings("read-only,destructive,idempotent,open-world,needs-approval", names);
}

test "available tools come by name" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "b" }, double);
    try host.tool(.{
        .name = "a",
        .description = "Adds.",
        .parameters = .literal(.{ .type = "array" }),
        .hints = .{ .read_only = true, .open_world = true },
        .extra = .literal(.{1}),
    }, double);
    _ = try (try host.run(list, "")).outcome();
}

const how: rak.ToolOptions = .{
    .timeout = second,
    .idempotency_key = "k",
    .relay = true,
    .extra = .literal(.{ .n = 1 }),
};

fn callWithOptions(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.tools.call(.{ .id = "a", .name = "double", .args = .literal(.{ .n = 1 }) }, how);
    _ = try cx.tools.callNamed("double", .{ .n = 2 }, .{});
}

test "what they were called with is kept" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    const result = try host.run(callWithOptions, "");
    try expectEqualDeep(@as([]const rak.testing.ToolCall, &.{
        .{ .call = .{ .id = "a", .name = "double", .args = .literal(.{ .n = 1 }) }, .options = how },
        .{ .call = .{ .id = "call-1", .name = "double", .args = .literal(.{ .n = 2 }) }, .options = .{} },
    }), result.tool_calls);
}

test "an unknown tool is not found, and the others are named" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "b" }, double);
    try host.tool(.{ .name = "a" }, double);
    const result = try host.run(call, "{}");
    try expectEqual(.not_found, (try result.failure()).kind);
    try expectEqualStrings("no tool is called `double`; there is `a`, `b`", (try result.failure()).message);
    try expectEqual(0, result.tool_calls.len);
}

fn callOrSay(cx: *rak.Context, args: rak.Json) ![]const u8 {
    return call(cx, args) catch |err| if (cx.isRejected(err)) cx.failure(err).?.message else err;
}

test "a person is asked before a tool that needs approval" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double", .hints = .{ .needs_approval = true } }, double);
    try host.approves();
    const approved = try host.run(callOrSay, "{\"n\":1}");
    try expectEqualStrings("2", try approved.answer());
    try expectEqualDeep(@as([]const rak.testing.Question, &.{
        .{ .kind = .approve, .prompt = "Call the tool `double`", .details = .literal(.{ .n = 1 }) },
    }), approved.questions);

    host.replies.clearRetainingCapacity();
    try host.rejects("too much");
    const rejected = try host.run(callOrSay, "{\"n\":1}");
    try expectEqualStrings("a person said no to the tool `double`: too much", try rejected.answer());
    try expectEqual(0, rejected.tool_calls.len);

    host.replies.clearRetainingCapacity();
    try host.decides(.{ .approved = true, .edited = .literal(.{ .n = 5 }) });
    const edited = try host.run(callOrSay, "{\"n\":1}");
    try expectEqualStrings("10", try edited.answer());
    try expectEqualStrings("{\"n\":5}", edited.tool_calls[0].call.args.text);

    host.replies.clearRetainingCapacity();
    host.cancelAfter(second);
    const nobody = try host.run(callOrSay, "{\"n\":1}");
    try expectEqual(.cancelled, (try nobody.failure()).kind);
    try expectEqual(1, nobody.slept.toSeconds());
}

fn hurry(cx: *rak.Context, seconds: i64) !void {
    _ = try cx.tools.callNamed("double", Args{ .n = 1, .seconds = 2 }, .{ .timeout = .fromSeconds(seconds) });
}

test "a call takes the time that the tool takes, or that it may take" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    const in_time = try host.run(hurry, "2");
    _ = try in_time.outcome();
    try expectEqual(2, in_time.slept.toSeconds());
    const late = try host.run(hurry, "1");
    try expectEqual(.deadline_exceeded, (try late.failure()).kind);
    try expectEqual(1, late.slept.toSeconds());
}

fn callTogether(cx: *rak.Context, _: []const u8) ![]const u8 {
    const results = try cx.tools.callAll(&.{
        .{ .name = "double", .args = .literal(Args{ .n = 1, .seconds = 3 }) },
        .{ .id = "a", .name = "nothing", .args = .literal(.{}) },
        .{ .name = "double", .args = .literal(Args{ .n = 3, .seconds = 1 }) },
    }, .{});
    var shown: std.Io.Writer.Allocating = .init(cx.allocator);
    for (results) |result| switch (result) {
        .response => |response| try shown.writer.print("{s}={f} ", .{ response.id, response.response }),
        .failure => |failure| try shown.writer.print("{s} ", .{failure.kind.name()}),
    };
    return shown.written();
}

test "calls at once take the time of the longest" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    const result = try host.run(callTogether, "");
    try expectEqualStrings("call-1=2 not-found call-2=6 ", try result.answer());
    try expectEqual(3, result.slept.toSeconds());

    host.cancelAfter(.fromSeconds(2));
    const stopped = try host.run(callTogether, "");
    try expectEqualStrings("cancelled not-found cancelled ", try stopped.answer());
    try expect(stopped.tool_calls[0].cancelled and !stopped.tool_calls[1].cancelled);
    host.cancelAfterCalls(0);
    try expectEqualStrings("cancelled cancelled cancelled ", try (try host.run(callTogether, "")).answer());
}

fn startSeveral(cx: *rak.Context, _: []const u8) !void {
    const quick = try cx.tools.start(.{ .name = "double", .args = .literal(Args{ .n = 1, .seconds = 1 }) }, .{});
    defer quick.deinit();
    const slow = try cx.tools.start(.{ .name = "double", .args = .literal(Args{ .n = 2, .seconds = 9 }) }, .{});
    defer slow.deinit();
    (try cx.tools.start(.{ .name = "double", .args = .literal(Args{ .n = 3, .seconds = 9 }) }, .{})).deinit();
    const all = [_]rak.Waitable{ slow.waitable(), quick.waitable(), cx.timer(.fromSeconds(2)) };
    defer for (all) |waitable| waitable.deinit();
    try std.testing.expectEqualSlices(u32, &.{1}, try cx.waitAny(&all, null));
    try expectEqualDeep(try quick.finish(), try quick.finish());
    slow.cancel();
    try expect(all[0].ready());
    try expectError(error.Failed, slow.finish());
    try expectEqualStrings("cancelled", cx.failure(error.Failed).?.code.?);
}

test "running tools are waited for, cancelled and given up" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    const result = try host.run(startSeveral, "");
    _ = try result.outcome();
    try expectEqual(1, result.slept.toSeconds());
    for ([_]bool{ false, true, true }, result.tool_calls) |cancelled, known| {
        try expectEqual(cancelled, known.cancelled);
    }
}

test "a cancelled or late run waits for no tool" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    const args = "{\"n\":1,\"seconds\":3}";
    host.deadline(.fromSeconds(2));
    try expectEqual(.deadline_exceeded, (try (try host.run(call, args)).failure()).kind);
    host.cancelAfter(second);
    const cancelled = try host.run(call, args);
    try expectEqual(.cancelled, (try cancelled.failure()).kind);
    try expectEqual(1, cancelled.slept.toSeconds());
    try expect(cancelled.tool_calls[0].cancelled);
    host.cancelAfterCalls(0);
    const early = try host.run(call, args);
    try expectEqual(.cancelled, (try early.failure()).kind);
    try expectEqual(0, early.tool_calls.len);
}

fn countCalls(cx: *rak.Context, _: []const u8) !void {
    const function: rak.FunctionCall = .{ .name = "double", .args = .literal(.{ .n = 1 }) };
    _ = try cx.tools.available();
    const running = try cx.tools.start(function, .{});
    _ = try running.finish();
    running.cancel();
    _ = running.waitable();
    for (try cx.tools.callAll(&.{ function, function }, .{})) |result| try expect(result == .response);
    _ = try cx.tools.call(function, .{});
}

test "every call counts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double" }, double);
    host.cancelAfterCalls(7);
    _ = try (try host.run(countCalls, "")).outcome();
    host.cancelAfterCalls(6);
    try expectEqual(.cancelled, (try (try host.run(countCalls, "")).failure()).kind);
}
