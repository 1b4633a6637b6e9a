//! JSON documents.

const std = @import("std");
const expectEqualStrings = std.testing.expectEqualStrings;

const Json = @import("../src/Json.zig");

test "a literal is compact" {
    const schema: Json = .literal(.{ .type = "array", .items = .{ .type = "number" }, .maxItems = 2 });
    try expectEqualStrings(
        \\{"type":"array","items":{"type":"number"},"maxItems":2}
    , schema.text);
    try expectEqualStrings("[null,\"ü\"]", Json.literal(.{ null, "ü" }).text);
}

test "documents go in and out of Zig's types" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const Point = struct { x: i32, y: ?f64 = null };
    const json: Json = try .from(arena.allocator(), Point{ .x = -1 });
    try expectEqualStrings("{\"x\":-1,\"y\":null}", json.text);
    const point = try Json.raw("{\"x\":5,\"z\":[]}").parse(Point, arena.allocator());
    try std.testing.expectEqual(Point{ .x = 5 }, point);
    try std.testing.expectError(error.UnexpectedToken, Json.raw("[]").parse(Point, arena.allocator()));
}

test "a document within a document keeps its digits" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const Envelope = struct { letter: Json };
    const text = "{\"letter\":{\"n\":[1.50,12345678901234567890123]}}";
    const envelope = try Json.raw(text).parse(Envelope, arena.allocator());
    try expectEqualStrings("{\"n\":[1.50,12345678901234567890123]}", envelope.letter.text);
    const again: Json = try .from(arena.allocator(), envelope);
    try expectEqualStrings(text, again.text);
}
