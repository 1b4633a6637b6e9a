//! Which values are the same, and which items of two arrays stayed.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Value = std.json.Value;

const number = @import("number.zig");

/// Items that are the same on both sides.
pub const Match = struct { old: usize, new: usize };

/// The most comparisons that finding the longest list of matches may take: an array of 500 items that is new from its
/// first to its last. What is larger is compared by position.
const max_comparisons = 250_000;

/// The matches, in the order that they have on both sides: as many as there can be, where that is not too much work.
pub fn matchItems(allocator: Allocator, before: []const Value, after: []const Value) Allocator.Error![]const Match {
    var matches: std.ArrayList(Match) = .empty;
    const shorter = @min(before.len, after.len);
    var head: usize = 0;
    while (head < shorter and equal(before[head], after[head])) : (head += 1) {
        try matches.append(allocator, .{ .old = head, .new = head });
    }
    var tail: usize = 0;
    while (tail < shorter - head and equal(before[before.len - 1 - tail], after[after.len - 1 - tail])) tail += 1;
    const middle_before = before[head .. before.len - tail];
    const middle_after = after[head .. after.len - tail];
    for (try matchMiddle(allocator, middle_before, middle_after)) |match| {
        try matches.append(allocator, .{ .old = head + match.old, .new = head + match.new });
    }
    for (0..tail) |index| {
        try matches.append(allocator, .{ .old = before.len - tail + index, .new = after.len - tail + index });
    }
    return matches.toOwnedSlice(allocator);
}

/// The longest common subsequence, by the table of its lengths.
fn matchMiddle(allocator: Allocator, before: []const Value, after: []const Value) Allocator.Error![]const Match {
    if (before.len == 0 or after.len == 0 or before.len > max_comparisons / after.len) return &.{};
    const width = after.len + 1;
    // At `old * width + new`: how many of the items from these on can be matched.
    const lengths = try allocator.alloc(u32, (before.len + 1) * width);
    defer allocator.free(lengths);
    @memset(lengths, 0);
    var old = before.len;
    while (old > 0) {
        old -= 1;
        var new = after.len;
        while (new > 0) {
            new -= 1;
            lengths[old * width + new] = if (equal(before[old], after[new]))
                lengths[(old + 1) * width + new + 1] + 1
            else
                @max(lengths[(old + 1) * width + new], lengths[old * width + new + 1]);
        }
    }
    return walk(allocator, before, after, lengths);
}

fn walk(
    allocator: Allocator,
    before: []const Value,
    after: []const Value,
    lengths: []const u32,
) Allocator.Error![]const Match {
    const width = after.len + 1;
    var matches: std.ArrayList(Match) = .empty;
    var old: usize = 0;
    var new: usize = 0;
    while (old < before.len and new < after.len) {
        if (equal(before[old], after[new])) {
            try matches.append(allocator, .{ .old = old, .new = new });
            old += 1;
            new += 1;
        } else if (lengths[(old + 1) * width + new] >= lengths[old * width + new + 1]) {
            old += 1;
        } else {
            new += 1;
        }
    }
    return matches.toOwnedSlice(allocator);
}

/// Whether two values are the same: objects whatever the order of their keys, numbers by what they are worth.
pub fn equal(a: Value, b: Value) bool {
    if (std.meta.activeTag(a) != std.meta.activeTag(b)) return false;
    return switch (a) {
        .null => true,
        .bool => |flag| flag == b.bool,
        .number_string => |text| number.equal(text, b.number_string),
        .string => |text| std.mem.eql(u8, text, b.string),
        .array => |items| equalItems(items.items, b.array.items),
        .object => |object| equalObjects(object, b.object),
        // Documents are read with their numbers as text.
        .integer, .float => unreachable,
    };
}

fn equalItems(a: []const Value, b: []const Value) bool {
    if (a.len != b.len) return false;
    return for (a, b) |one, other| {
        if (!equal(one, other)) break false;
    } else true;
}

fn equalObjects(a: std.json.ObjectMap, b: std.json.ObjectMap) bool {
    if (a.count() != b.count()) return false;
    return for (a.keys(), a.values()) |key, value| {
        if (!equal(value, b.get(key) orelse break false)) break false;
    } else true;
}
