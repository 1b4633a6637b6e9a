//! Which changes make one document of another.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Value = std.json.Value;

const Change = @import("Change.zig");
const matchItems = @import("match.zig").matchItems;
const equal = @import("match.zig").equal;

/// The changes, in an order in which each can be applied to what the ones before it left.
pub fn diff(allocator: Allocator, before: Value, after: Value) Allocator.Error![]const Change {
    var finder: Finder = .{ .allocator = allocator };
    try finder.compare(before, after);
    return finder.changes.toOwnedSlice(allocator);
}

const Finder = struct {
    allocator: Allocator,
    changes: std.ArrayList(Change) = .empty,
    /// Where the comparison is.
    path: std.ArrayList(u8) = .empty,

    const Error = Allocator.Error;

    fn compare(finder: *Finder, before: Value, after: Value) Error!void {
        if (before == .object and after == .object) return finder.compareObjects(before.object, after.object);
        if (before == .array and after == .array) return finder.compareArrays(before.array.items, after.array.items);
        if (!equal(before, after)) try finder.note(.{ .changed = .{ .old = before, .new = after } });
    }

    fn compareObjects(finder: *Finder, before: std.json.ObjectMap, after: std.json.ObjectMap) Error!void {
        for (before.keys(), before.values()) |key, old| {
            const mark = try finder.enterKey(key);
            defer finder.leave(mark);
            if (after.get(key)) |new| try finder.compare(old, new) else try finder.note(.{ .removed = old });
        }
        for (after.keys(), after.values()) |key, new| {
            if (before.contains(key)) continue;
            const mark = try finder.enterKey(key);
            defer finder.leave(mark);
            try finder.note(.{ .added = new });
        }
    }

    /// Items that are the same on both sides stay; what lies between two of them is compared in order.
    fn compareArrays(finder: *Finder, before: []const Value, after: []const Value) Error!void {
        var old: usize = 0;
        var new: usize = 0;
        for (try matchItems(finder.allocator, before, after)) |match| {
            try finder.compareGap(before[old..match.old], after[new..match.new], new);
            old = match.old + 1;
            new = match.new + 1;
        }
        try finder.compareGap(before[old..], after[new..], new);
    }

    /// Everything before the gap is as it is to be, so its first item is at `start`.
    fn compareGap(finder: *Finder, before: []const Value, after: []const Value, start: usize) Error!void {
        const both = @min(before.len, after.len);
        for (before[0..both], after[0..both], start..) |old, new, index| {
            const mark = try finder.enterIndex(index);
            defer finder.leave(mark);
            try finder.compare(old, new);
        }
        // The last first, so that the others stay where they are.
        for (0..before.len - both) |back| {
            const at = before.len - 1 - back;
            try finder.noteAt(start + at, .{ .removed = before[at] });
        }
        for (after[both..], start + both..) |new, index| try finder.noteAt(index, .{ .added = new });
    }

    fn noteAt(finder: *Finder, index: usize, what: Change.What) Error!void {
        const mark = try finder.enterIndex(index);
        defer finder.leave(mark);
        try finder.note(what);
    }

    fn note(finder: *Finder, what: Change.What) Error!void {
        const path = try finder.allocator.dupe(u8, finder.path.items);
        try finder.changes.append(finder.allocator, .{ .path = path, .what = what });
    }

    fn enterKey(finder: *Finder, key: []const u8) Error!usize {
        const mark = finder.path.items.len;
        try finder.path.append(finder.allocator, '/');
        for (key) |byte| switch (byte) {
            '~' => try finder.path.appendSlice(finder.allocator, "~0"),
            '/' => try finder.path.appendSlice(finder.allocator, "~1"),
            else => try finder.path.append(finder.allocator, byte),
        };
        return mark;
    }

    fn enterIndex(finder: *Finder, index: usize) Error!usize {
        const mark = finder.path.items.len;
        try finder.path.print(finder.allocator, "/{d}", .{index});
        return mark;
    }

    fn leave(finder: *Finder, mark: usize) void {
        finder.path.shrinkRetainingCapacity(mark);
    }
};
