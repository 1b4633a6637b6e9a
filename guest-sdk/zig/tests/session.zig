//! State and history.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn change(cx: *rak.Context, _: []const u8) !void {
    const session = cx.session;
    try session.set("user:n", 2);
    try session.set("gone", null);
    try session.set("temp:scratch", true);
    try session.set("object", .{ .list = [_]u16{ 1, 2 } });
    try session.remove("never-there");
    try expectEqual(2, try session.get(u8, "user:n"));
    try expectEqual(null, try session.get(std.json.Value, "gone"));
    try expectEqual(true, try session.get(bool, "temp:scratch"));
    try expectEqualStrings("{\"list\":[1,2]}", (try session.get(rak.Json, "object")).?.text);
    const all = try std.mem.join(cx.allocator, ",", try session.keys(""));
    try expectEqualStrings("kept,object,temp:scratch,user:n", all);
    try expectEqual(1, (try session.keys("user:")).len);
}

test "changes are seen at once and stored at the end" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.state("gone", 1);
    try host.state("user:n", 1);
    try host.state("kept", "x");
    const result = try host.run(change, "");
    _ = try result.outcome();
    try expectEqual(3, result.state.count());
    try expectEqual(2, try result.stateOf(u8, "user:n"));
    try expectEqual(null, try result.stateOf(u8, "gone"));
    try expectEqualStrings("x", (try result.stateOf([]const u8, "kept")).?);
    try expectEqual(4, result.changes.count());
    try expectEqual(@as(rak.testing.Change, null), result.changes.get("never-there").?);
}

fn setBadJson(cx: *rak.Context, _: []const u8) !void {
    try cx.session.set("x", rak.Json.raw("{oops"));
}

test "a value that is not JSON is refused" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(setBadJson, "")).failure();
    try expectEqualStrings("the value is not JSON", failure.message);
}

fn failHalfway(cx: *rak.Context, _: []const u8) !void {
    try cx.session.set("before", 1);
    try cx.events.textDelta("not stored");
    _ = try cx.events.say("stored");
    try cx.session.set("after", 1);
    return error.Oh;
}

test "a failed run keeps what its last stored event stored" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(failHalfway, "");
    try expectEqualStrings("Oh", (try result.failure()).message);
    try expectEqual(1, result.changes.count());
    try expectEqual(1, try result.stateOf(u8, "before"));
}

fn countTurns(cx: *rak.Context, _: []const u8) ![]const u8 {
    const turn = (try cx.session.get(u32, "turn") orelse 0) + 1;
    try cx.session.set("turn", turn);
    return cx.print("{d}", .{turn});
}

test "the next turn finds the state of the last" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const first = try host.run(countTurns, "");
    try host.stateAfter(first);
    const second = try host.run(countTurns, "");
    try expectEqualStrings("1", try first.answer());
    try expectEqualStrings("2", try second.answer());
    // Each run begins with the same.
    try expectEqualStrings("2", try (try host.run(countTurns, "")).answer());
}

fn readNumber(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.session.get(u8, "n");
}

test "state of another shape is named" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.state("n", .{1});
    const failure = try (try host.run(readNumber, "")).failure();
    try expectEqualStrings("the state at `n` has another shape: UnexpectedToken", failure.message);
}

fn readPages(cx: *rak.Context, _: []const u8) ![]const u8 {
    try expectEqual(2, (try cx.session.history(3, 9)).entries.len);
    try expectEqual(1, (try cx.session.history(null, 0)).entries.len);
    var texts: std.ArrayList(u8) = .empty;
    var pages = cx.session.pages(2);
    while (try pages.next()) |page| {
        for (page.entries) |entry| try texts.appendSlice(cx.allocator, try entry.content.text(cx.allocator));
        try texts.append(cx.allocator, '|');
    }
    return texts.items;
}

test "history pages go back in time" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    for ([_][]const u8{ "1", "2", "3", "4", "5" }) |text| try host.said("user", text);
    try expectEqualStrings("45|23|1|", try (try host.run(readPages, "")).answer());
}

fn countPages(cx: *rak.Context, _: []const u8) ![]const u8 {
    var pages = cx.session.pages(2);
    var count: u32 = 0;
    while (try pages.next()) |page| {
        try expectEqual(0, page.entries.len);
        count += 1;
    }
    return cx.print("{d}", .{count});
}

test "no history is one empty page" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectEqualStrings("1", try (try host.run(countPages, "")).answer());
}
