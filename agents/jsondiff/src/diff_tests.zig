//! Changes, applied to the one document, make the other.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Value = std.json.Value;

const Change = @import("Change.zig");
const diff = @import("diff.zig").diff;
const equal = @import("match.zig").equal;

test "items that stay are not touched" {
    try expectChanges("[1,2,3,4]", "[0,1,2,9,3,4]", "added /0: 0\nadded /3: 9\n");
    try expectChanges("[0,1,2,9,3,4]", "[1,2,3,4]", "removed /0: 0\nremoved /2: 9\n");
    try expectChanges("[1,[2,3],4]", "[1,[2,5,3],4]", "added /1/1: 5\n");
    try expectChanges("[1,2,3]", "[1]", "removed /2: 3\nremoved /1: 2\n");
    try expectChanges("[{\"a\":1},7,8]", "[{\"a\":2},8]", "changed /0/a: 1 -> 2\nremoved /1: 7\n");
}

test "the kinds of values" {
    try expectChanges("1", "\"1\"", "changed (everything): 1 -> \"1\"\n");
    try expectChanges("{\"a\":[]}", "{\"a\":{}}", "changed /a: [] -> {}\n");
    try expectChanges("{\"\":true}", "{\"\":false}", "changed /: true -> false\n");
    try expectChanges("{\"a\":null}", "{}", "removed /a: null\n");
    try expectChanges("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1.0}", "");
}

fn expectChanges(before: []const u8, after: []const u8, lines: []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    var text: std.Io.Writer.Allocating = .init(arena.allocator());
    const old = try parse(arena.allocator(), before);
    const new = try parse(arena.allocator(), after);
    for (try diff(arena.allocator(), old, new)) |change| try text.writer.print("{f}\n", .{change});
    try std.testing.expectEqualStrings(lines, text.written());
}

test "any changes can be applied" {
    var prng: std.Random.DefaultPrng = .init(7);
    for (0..500) |_| {
        var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
        defer arena.deinit();
        const before = try randomValue(arena.allocator(), prng.random(), 3);
        const after = try randomValue(arena.allocator(), prng.random(), 3);
        const changes = try diff(arena.allocator(), before, after);
        var patched = try copy(arena.allocator(), before);
        for (changes) |change| try apply(arena.allocator(), &patched, change);
        try std.testing.expect(equal(after, patched));
        try std.testing.expectEqual(equal(before, after), changes.len == 0);
    }
}

test "large arrays are compared by position" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const before = try numbers(arena.allocator(), 0, 2_000);
    const after = try numbers(arena.allocator(), 1_000_000, 1_999);
    try std.testing.expectEqual(2_000, (try diff(arena.allocator(), before, after)).len);
}

fn numbers(allocator: Allocator, first: usize, count: usize) !Value {
    var items: std.json.Array = .init(allocator);
    for (first..first + count) |number| {
        try items.append(.{ .number_string = try std.fmt.allocPrint(allocator, "{d}", .{number}) });
    }
    return .{ .array = items };
}

fn parse(allocator: Allocator, text: []const u8) !Value {
    return std.json.parseFromSliceLeaky(Value, allocator, text, .{ .parse_numbers = false });
}

fn copy(allocator: Allocator, value: Value) !Value {
    return parse(allocator, try std.json.Stringify.valueAlloc(allocator, value, .{}));
}

const keys = [_][]const u8{ "a", "b/c", "d~e", "" };

/// Few different values, so that there is something to match.
fn randomValue(allocator: Allocator, random: std.Random, depth: u32) !Value {
    switch (random.uintLessThan(u32, if (depth == 0) 3 else 7)) {
        0 => return .null,
        1 => return .{ .number_string = if (random.boolean()) "1" else "2" },
        2 => return .{ .string = if (random.boolean()) "x" else "y" },
        3, 4 => {
            var object: std.json.ObjectMap = .empty;
            for (keys) |key| {
                if (random.boolean()) try object.put(allocator, key, try randomValue(allocator, random, depth - 1));
            }
            return .{ .object = object };
        },
        else => {
            var items: std.json.Array = .init(allocator);
            for (0..random.uintLessThan(usize, 6)) |_| try items.append(try randomValue(allocator, random, depth - 1));
            return .{ .array = items };
        },
    }
}

/// Does what RFC 6902 says.
fn apply(allocator: Allocator, document: *Value, change: Change) !void {
    const slash = std.mem.findScalarLast(u8, change.path, '/') orelse {
        document.* = change.what.changed.new;
        return;
    };
    const parent = try find(allocator, document, change.path[0..slash]);
    const name = try unescape(allocator, change.path[slash + 1 ..]);
    switch (parent.*) {
        .object => |*object| switch (change.what) {
            .added => |value| try object.put(allocator, name, value),
            .changed => |values| try object.put(allocator, name, values.new),
            .removed => try std.testing.expect(object.orderedRemove(name)),
        },
        .array => |*items| {
            const index = try std.fmt.parseInt(usize, name, 10);
            switch (change.what) {
                .added => |value| try items.insert(index, value),
                .changed => |values| items.items[index] = values.new,
                .removed => _ = items.orderedRemove(index),
            }
        },
        else => return error.NoSuchPlace,
    }
}

fn find(allocator: Allocator, document: *Value, path: []const u8) !*Value {
    var place = document;
    var names = std.mem.splitScalar(u8, path, '/');
    _ = names.first();
    while (names.next()) |escaped| {
        const name = try unescape(allocator, escaped);
        place = switch (place.*) {
            .object => |*object| object.getPtr(name) orelse return error.NoSuchPlace,
            .array => |*items| &items.items[try std.fmt.parseInt(usize, name, 10)],
            else => return error.NoSuchPlace,
        };
    }
    return place;
}

fn unescape(allocator: Allocator, name: []const u8) ![]const u8 {
    const slashes = try std.mem.replaceOwned(u8, allocator, name, "~1", "/");
    return std.mem.replaceOwned(u8, allocator, slashes, "~0", "~");
}
