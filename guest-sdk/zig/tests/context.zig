//! Who asks, the configuration, and the log.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn describeItself(cx: *rak.Context, _: []const u8) ![]const u8 {
    const info = try cx.info();
    return cx.print("{s} {s} {d}", .{ info.user_id, info.session_id, info.attempt });
}

test "info is what was given" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.info.user_id = "ada";
    const result = try host.run(describeItself, "");
    try expectEqualStrings("ada test-session 1", try result.answer());
}

fn readConfig(cx: *rak.Context, _: []const u8) ![]const u8 {
    try expectEqual(null, try cx.config(u8, "absent"));
    try expectEqual(3, try cx.config(u8, "n"));
    const nested = (try cx.config(struct { tone: []const u8 }, "style")).?;
    try expectEqualStrings("{\"tone\":\"dry\",\"more\":1}", (try cx.config(rak.Json, "style")).?.text);
    const value = (try cx.config(std.json.Value, "style")).?;
    try expectEqual(1, value.object.get("more").?.integer);
    try expectEqualStrings("n,style", try std.mem.join(cx.allocator, ",", try cx.configKeys()));
    return nested.tone;
}

test "configuration has the agent's own types" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.config("style", .{ .tone = "dry", .more = 1 });
    try host.config("n", 3);
    const result = try host.run(readConfig, "");
    try expectEqualStrings("dry", try result.answer());
}

fn readWrongConfig(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.config([]const u8, "n");
}

test "configuration of another shape is named" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.config("n", true);
    const failure = try (try host.run(readWrongConfig, "")).failure();
    try expectEqual(.failed, failure.kind);
    try expectEqualStrings(
        "the agent's configuration value `n` has another shape: UnexpectedToken",
        failure.message,
    );
}

fn logLines(cx: *rak.Context, _: []const u8) void {
    cx.log.trace("a", .{});
    cx.log.debug("b", .{ .text = "v", .number = 7, .flag = true });
    const name: []const u8 = "x";
    const nothing: ?u8 = null;
    cx.log.info("c", .{ .name = name, .err = error.Odd, .level = rak.Level.info, .nothing = nothing });
    cx.log.warning("d", .{ .json = rak.Json.raw("[1]"), .list = [_]u8{ 1, 2 } });
    cx.log.severe("e", .{});
}

test "log lines are kept with their fields" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(logLines, "");
    const logs = result.logs;
    for (logs, std.enums.values(rak.Level)) |line, level| try expectEqual(level, line.level);
    const expected = [_][]const []const u8{
        &.{},
        &.{ "text", "v", "number", "7", "flag", "true" },
        &.{ "name", "x", "err", "Odd", "level", "info", "nothing", "null" },
        &.{ "json", "[1]", "list", "{ 1, 2 }" },
        &.{},
    };
    for (logs, expected) |line, pairs| {
        try expectEqual(pairs.len / 2, line.fields.len);
        for (line.fields, 0..) |field, index| {
            try expectEqualStrings(pairs[2 * index], field.name);
            try expectEqualStrings(pairs[2 * index + 1], field.value);
        }
    }
}

fn loopWithLittleMemory(cx: *rak.Context, _: []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const round = cx.with(arena.allocator());
    for (0..100) |_| {
        defer _ = arena.reset(.retain_capacity);
        _ = try round.session.get([]const u8, "text");
        _ = try round.print("{d}", .{1});
    }
    try std.testing.expect(arena.queryCapacity() < 10_000);
}

test "a loop can use memory of its own" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const text: [1000]u8 = @splat('x');
    try host.state("text", text);
    _ = try (try host.run(loopWithLittleMemory, "")).outcome();
}
