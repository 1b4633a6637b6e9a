//! Keeping files.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn saveTwo(cx: *rak.Context, _: []const u8) !void {
    var data = [_]u8{ 0, 255 };
    try expectEqual(1, try cx.artifacts.saveText("a.txt", "one"));
    try expectEqual(2, try cx.artifacts.save("a.txt", .{ .mime_type = "image/png", .data = &data }));
    // The host has a copy.
    data[0] = 7;
    const newest: rak.Blob = .{ .mime_type = "image/png", .data = &.{ 0, 255 } };
    try expectEqualDeep(@as(?rak.Blob, newest), try cx.artifacts.load("a.txt", null));
    const first: rak.Blob = .{ .mime_type = "text/plain; charset=utf-8", .data = "one" };
    try expectEqualDeep(@as(?rak.Blob, first), try cx.artifacts.load("a.txt", 1));
    try expectEqual(null, try cx.artifacts.load("a.txt", 3));
    try expectEqual(null, try cx.artifacts.load("b.txt", null));
}

test "each save makes a version" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(saveTwo, "");
    _ = try result.outcome();
    try expectEqualStrings("image/png", result.artifact("a.txt").?.mime_type);
    try expectEqual(2, result.artifacts.get("a.txt").?.len);
    try expectEqual(null, result.artifact("b.txt"));
}

fn look(cx: *rak.Context, _: []const u8) !void {
    try cx.sleep(.fromSeconds(1));
    _ = try cx.artifacts.save("user:b", .{ .mime_type = "image/png", .data = "xy" });
    try expectEqualDeep(@as([]const rak.ArtifactInfo, &.{
        .{
            .name = "user:b",
            .version = 2,
            .mime_type = "image/png",
            .size = 2,
            .created_at = .{ .nanoseconds = std.time.ns_per_s },
        },
        .{ .name = "user:b", .version = 1, .mime_type = "text/plain", .size = 3, .created_at = .zero },
    }), try cx.artifacts.versions("user:b"));
    const all = try cx.artifacts.list("");
    try expectEqual(3, all.len);
    for (all, [_][]const u8{ "a/c", "a/d", "user:b" }) |info, name| try expectEqualStrings(name, info.name);
    try expectEqual(2, all[2].version);
    try expectEqual(1, (try cx.artifacts.list("a/d")).len);
    try expectEqual(0, (try cx.artifacts.versions("nothing")).len);
}

test "versions say what they are" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    for ([_][]const u8{ "user:b", "a/d", "a/c" }) |name| {
        try host.artifact(name, .{ .mime_type = "text/plain", .data = "old" });
    }
    _ = try (try host.run(look, "")).outcome();
}

fn saveAndRemove(cx: *rak.Context, _: []const u8) ![]const u8 {
    _ = try cx.artifacts.saveText("a", "x");
    const newest = try cx.artifacts.saveText("a", "y");
    try expect(try cx.artifacts.remove("a", newest));
    try expect(!try cx.artifacts.remove("a", newest));
    try expectEqualStrings("x", (try cx.artifacts.load("a", null)).?.data);
    try expect(try cx.artifacts.remove("a", null));
    try expect(!try cx.artifacts.remove("a", null));
    try expect(!try cx.artifacts.remove("b", null));
    try expectEqual(0, (try cx.artifacts.list("")).len);
    return cx.print("{d}", .{try cx.artifacts.saveText("a", "z")});
}

test "a number is not used again" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const first = try host.run(saveAndRemove, "");
    try expectEqualStrings("3", try first.answer());
    // Each run begins with the same.
    try expectEqualStrings("3", try (try host.run(saveAndRemove, "")).answer());
    try host.artifact("gone", .{ .mime_type = "text/plain", .data = "" });
    try host.artifactsAfter(first);
    const second = try host.run(saveAndRemove, "");
    try expectEqualStrings("6", try second.answer());
    try expectEqual(null, second.artifact("gone"));
    try expectEqual(3, first.artifacts.get("a").?.len);
}

fn readParts(cx: *rak.Context, _: []const u8) !void {
    const version = try cx.artifacts.saveText("a", "one two three");
    try expectEqualStrings("two", try cx.artifacts.read("a", version, 4, 3));
    try expectEqualStrings("", try cx.artifacts.read("a", version, 100, 3));
    try expectError(error.NotFound, cx.artifacts.read("a", 2, 0, 3));
    var buffer: [5]u8 = undefined;
    var file = cx.artifacts.reader("a", version, &buffer);
    try expectEqualStrings("one t", try file.interface.take(5));
    try expectEqualStrings("wo three", try file.interface.allocRemaining(cx.allocator, .unlimited));
    var missing = cx.artifacts.reader("b", 1, &buffer);
    _ = try missing.interface.takeByte();
}

test "a version is read in parts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectEqual(.not_found, (try (try host.run(readParts, "")).failure()).kind);
}

fn saveAs(cx: *rak.Context, name: []const u8) !void {
    _ = try cx.artifacts.saveText(name, "x");
}

fn saveTyped(cx: *rak.Context, mime_type: []const u8) !void {
    _ = try cx.artifacts.save("a", .{ .mime_type = mime_type, .data = "x" });
}

test "what is no name or type is refused" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const long: [256]u8 = @splat('n');
    const names = [_][]const u8{ "", "user:", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a\u{85}", &long };
    for (names) |name| try expectEqual(.invalid_argument, (try (try host.run(saveAs, name)).failure()).kind);
    for ([_][]const u8{ "report.md", "user:photos/ä b.png", "app:x" }) |name| {
        _ = try (try host.run(saveAs, name)).outcome();
    }
    for ([_][]const u8{ "", "text", "/plain", "text/", "text/pl\nain", "tëxt/plain" }) |mime_type| {
        try expectEqual(.invalid_argument, (try (try host.run(saveTyped, mime_type)).failure()).kind);
    }
    _ = try (try host.run(saveTyped, "application/vnd.api+json")).outcome();
}

fn saveAndFail(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.artifacts.saveText("a", "x");
    return cx.fail(.{ .message = "later" });
}

test "what was saved stays where a run fails, and what is not granted is denied" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectEqualStrings("x", (try host.run(saveAndFail, "")).artifact("a").?.data);
    host.withoutArtifacts();
    try expectEqual(.denied, (try (try host.run(saveAndFail, "")).failure()).kind);
}

fn callAll(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.artifacts.saveText("a", "x");
    _ = try cx.artifacts.load("a", null);
    _ = try cx.artifacts.read("a", 1, 0, 1);
    _ = try cx.artifacts.list("");
    _ = try cx.artifacts.versions("a");
    _ = try cx.artifacts.remove("a", null);
}

test "every call counts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfterCalls(6);
    _ = try (try host.run(callAll, "")).outcome();
    host.cancelAfterCalls(5);
    try expectEqual(.cancelled, (try (try host.run(callAll, "")).failure()).kind);
    host.limits = .{};
    host.deadline(.zero);
    const late = try host.run(callAll, "");
    try expectEqual(.deadline_exceeded, (try late.failure()).kind);
    try expectEqual(0, late.artifacts.count());
}
