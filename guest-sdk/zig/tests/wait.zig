//! Waiting, cancelling and deadlines.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualSlices = std.testing.expectEqualSlices;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

const second: std.Io.Duration = .fromSeconds(1);

fn tick(cx: *rak.Context, _: []const u8) !void {
    while (true) {
        _ = try cx.events.say("tick");
        try cx.sleep(second);
    }
}

test "cancelled after some calls" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    // A sleep is two calls: the wait itself, and whether it is to go on.
    host.cancelAfterCalls(6);
    const result = try host.run(tick, "");
    try expectEqual(.cancelled, (try result.failure()).kind);
    try expectEqual(2, result.events.len);
    try expectEqual(2, result.slept.toSeconds());
}

fn waitForCancellation(cx: *rak.Context, _: []const u8) !void {
    const timer = cx.timer(.fromSeconds(9));
    defer timer.deinit();
    timer.block();
    try std.testing.expect(cx.isCancelled() and !timer.ready());
    try expectEqual(0, (try cx.waitAny(&.{timer}, null)).len);
    try std.testing.expectError(error.Cancelled, cx.sleep(second));
}

test "a cancelled wait returns at once" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfter(.fromSeconds(3));
    const result = try host.run(waitForCancellation, "");
    _ = try result.outcome();
    try expectEqual(3, result.slept.toSeconds());
}

fn outliveDeadline(cx: *rak.Context, _: []const u8) !void {
    try expectEqual(2, cx.remaining().?.toSeconds());
    try cx.sleep(second);
    try expectEqual(1, cx.remaining().?.toSeconds());
    try cx.sleep(.fromSeconds(9));
    try cx.events.textDelta("late");
}

fn hasNoDeadline(cx: *rak.Context, _: []const u8) !void {
    try expectEqual(null, cx.remaining());
}

test "a deadline ends waits and refuses calls" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    _ = try (try host.run(hasNoDeadline, "")).outcome();
    host.deadline(.fromSeconds(2));
    const result = try host.run(outliveDeadline, "");
    try expectEqual(.deadline_exceeded, (try result.failure()).kind);
    try expectEqual(2, result.slept.toSeconds());
}

fn waitForAny(cx: *rak.Context, _: []const u8) !void {
    const a = cx.timer(.fromSeconds(3));
    const b = cx.timer(second);
    const c = cx.timer(.fromSeconds(3));
    try expectEqualSlices(u32, &.{}, try cx.waitAny(&.{ a, b, c }, .zero));
    try expectEqualSlices(u32, &.{1}, try cx.waitAny(&.{ a, b, c }, null));
    try expectEqualSlices(u32, &.{}, try cx.waitAny(&.{ a, c }, second));
    try expectEqualSlices(u32, &.{ 0, 1 }, try cx.waitAny(&.{ a, c }, .fromSeconds(9)));
    try expectEqualSlices(u32, &.{}, try cx.waitAny(&.{}, null));
    try expectEqualSlices(u32, &.{}, try cx.waitAny(&.{}, second));
}

test "waitAny answers with all that are ready" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(waitForAny, "");
    _ = try result.outcome();
    try expectEqual(4, result.slept.toSeconds());
}
