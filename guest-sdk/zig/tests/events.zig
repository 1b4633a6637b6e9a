//! Events, and text that is streamed.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn emitEverything(cx: *rak.Context, _: []const u8) !void {
    try cx.events.textDelta("a");
    try cx.events.thoughtDelta("b");
    try cx.events.progress(.{ .message = "c", .done = 1, .total = 2 });
    try expectEqual(0, try cx.events.emit(&.{}));
    try expectEqual(1, try cx.events.say("d"));
    try expectEqual(2, try cx.events.other("e", .{ .n = 1 }));
    try expectEqual(2, try cx.events.emit(&.{ .{ .text_delta = "f" }, .{ .text_delta = "g" } }));
}

test "emit answers with the newest stored event" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(emitEverything, "");
    try expectEqual(null, (try result.outcome()).content);
    try expectEqual(7, result.events.len);
    try expectEqualStrings("afg", try result.streamed());
    try expectEqual(1, (try result.contents()).len);
    try expectEqual(2, (try result.progress())[0].total);
    try expectEqualStrings("{\"n\":1}", result.events[4].other.value.text);
}

fn emitBadJson(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.events.emit(&.{.{ .other = .{ .name = "x", .value = .raw("{oops") } }});
}

test "what is not JSON is refused" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(emitBadJson, "");
    try expectEqual(.invalid_argument, (try result.failure()).kind);
    try expectEqual(0, result.events.len);
}

fn stream(cx: *rak.Context, _: []const u8) !void {
    var buffer: [8]u8 = undefined;
    var text = cx.events.writer(&buffer);
    try text.interface.print("{d} and ", .{1});
    try text.interface.flush();
    try text.interface.writeAll("more than fits");
    try text.interface.writeByte('.');
    try text.interface.flush();
    var thought = cx.events.thoughtWriter(&.{});
    try thought.interface.writeAll("hm");
    try thought.interface.splatByteAll('!', 3);
}

test "a writer's text comes in pieces" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(stream, "");
    const deltas = try std.mem.join(host.arena.allocator(), "|", try result.textDeltas());
    try expectEqualStrings("1 and |more than fits|.", deltas);
    try expectEqualStrings("!!!", result.events[result.events.len - 1].thought_delta);
}

fn streamBytes(cx: *rak.Context, text: []const u8) !void {
    var unbuffered = cx.events.writer(&.{});
    for (text) |byte| try unbuffered.interface.writeByte(byte);
    var buffer: [3]u8 = undefined;
    var buffered = cx.events.writer(&buffer);
    try buffered.interface.writeAll(text);
    try buffered.interface.flush();
}

test "a delta holds whole characters" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const text = "aüb😀€";
    const result = try host.run(streamBytes, text);
    try expectEqualStrings(text ++ text, try result.streamed());
    for (try result.textDeltas()) |delta| try std.testing.expect(std.unicode.utf8ValidateSlice(delta));
}

fn streamOnAndOn(cx: *rak.Context, _: []const u8) !void {
    var text = cx.events.writer(&.{});
    while (true) {
        text.interface.writeAll("x") catch |err| {
            try expectEqual(error.Cancelled, text.err.?);
            return err;
        };
    }
}

test "a writer that is refused ends the run with the reason" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfterCalls(3);
    const result = try host.run(streamOnAndOn, "");
    try expectEqual(.cancelled, (try result.failure()).kind);
    try expectEqual(3, result.events.len);
}
