//! The `std.Io` of a run.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn useClocks(cx: *rak.Context, _: []const u8) ![]const u8 {
    const start = std.Io.Clock.awake.now(cx.io());
    try cx.io().sleep(.fromSeconds(3), .awake);
    const deadline = std.Io.Clock.Timestamp.fromNow(cx.io(), .{ .raw = .fromSeconds(2), .clock = .real });
    try deadline.wait(cx.io());
    try expectEqual(5, start.untilNow(cx.io(), .awake).toSeconds());
    return cx.print("{d}", .{std.Io.Clock.real.now(cx.io()).toSeconds()});
}

test "clocks are the fake one" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.epoch = .fromNanoseconds(100 * std.time.ns_per_s);
    const result = try host.run(useClocks, "");
    try expectEqualStrings("105", try result.answer());
    try expectEqual(5, result.slept.toSeconds());
}

fn sleepTooLong(cx: *rak.Context, _: []const u8) !void {
    try cx.io().sleep(.fromSeconds(60), .awake);
}

test "a cancelled sleep ends the run as cancelled" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfter(.fromSeconds(5));
    const result = try host.run(sleepTooLong, "");
    try expectEqual(.cancelled, (try result.failure()).kind);
    try expectEqual(5, result.slept.toSeconds());
}

fn print(cx: *rak.Context, text: []const u8) !void {
    var buffer: [4]u8 = undefined;
    var streaming = std.Io.File.stdout().writerStreaming(cx.io(), &buffer);
    try streaming.interface.print("{s}\n", .{text});
    try streaming.interface.flush();
    var positional = std.Io.File.stderr().writer(cx.io(), &buffer);
    try positional.interface.print("{s}{s}\n", .{ "err: ", text });
    try positional.interface.splatByteAll('x', 6);
    try positional.interface.flush();
}

test "what is printed is kept" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(print, "a line of text");
    try expectEqualStrings("a line of text\nerr: a line of text\n" ++ "xxxxxx", result.printed);
}

fn roll(cx: *rak.Context, _: []const u8) ![]const u8 {
    var bytes: [8]u8 = undefined;
    cx.io().random(&bytes);
    return cx.print("{x}", .{&bytes});
}

test "each run has the same random numbers" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const first = try host.run(roll, "");
    const second = try host.run(roll, "");
    try expectEqualStrings(try first.answer(), try second.answer());
    try std.testing.expect(!std.mem.eql(u8, "0000000000000000", try first.answer()));
}

fn openFile(cx: *rak.Context, _: []const u8) !void {
    _ = std.Io.Dir.cwd().openFile(cx.io(), "x", .{}) catch return;
    return error.FileWasThere;
}

fn addLater(a: u32, b: u32) u32 {
    return a + b;
}

fn runTasks(cx: *rak.Context, _: []const u8) ![]const u8 {
    var task = cx.io().async(addLater, .{ 1, 2 });
    return cx.print("{d}", .{task.await(cx.io())});
}

test "there are no files, and tasks run at once" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    _ = try (try host.run(openFile, "")).outcome();
    try expectEqualStrings("3", try (try host.run(runTasks, "")).answer());
}
