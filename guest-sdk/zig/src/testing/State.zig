//! The session's state, with what is stored and what is only changed kept apart.

const std = @import("std");
const Allocator = std.mem.Allocator;

const State = @This();

/// Values as JSON, by their key.
pub const Values = std.array_hash_map.String([]const u8);

/// What is at a key now; `null` where it was removed.
pub const Change = ?[]const u8;

/// The prefix of the keys that no later invocation sees.
const temp = "temp:";

/// Outlives the run.
arena: Allocator,
/// What the agent sees.
seen: Values,
/// What a later invocation would see.
stored: Values,
/// What is stored of this run's changes.
changes: std.array_hash_map.String(Change) = .empty,
/// What is not stored yet.
pending: std.array_hash_map.String(Change) = .empty,

pub fn init(arena: Allocator, preset: Values) Allocator.Error!State {
    return .{ .arena = arena, .seen = try preset.clone(arena), .stored = try preset.clone(arena) };
}

/// The keys that begin with `prefix`, sorted.
pub fn keys(state: *const State, allocator: Allocator, prefix: []const u8) Allocator.Error![]const []const u8 {
    var found: std.ArrayList([]const u8) = .empty;
    for (state.seen.keys()) |key| {
        if (std.mem.startsWith(u8, key, prefix)) try found.append(allocator, key);
    }
    std.mem.sort([]const u8, found.items, {}, isBefore);
    return found.toOwnedSlice(allocator);
}

/// Sets or removes a value; setting `null` is removing.
pub fn put(state: *State, key: []const u8, value: Change) Allocator.Error!void {
    const own_key = try state.arena.dupe(u8, key);
    var own_value: Change = null;
    if (value) |json| if (!std.mem.eql(u8, json, "null")) {
        own_value = try state.arena.dupe(u8, json);
    };
    try state.apply(&state.seen, own_key, own_value);
    if (!std.mem.startsWith(u8, key, temp)) try state.pending.put(state.arena, own_key, own_value);
}

/// Stores what was changed so far.
pub fn store(state: *State) Allocator.Error!void {
    for (state.pending.keys(), state.pending.values()) |key, value| {
        try state.apply(&state.stored, key, value);
        try state.changes.put(state.arena, key, value);
    }
    state.pending.clearRetainingCapacity();
}

fn apply(state: *State, values: *Values, key: []const u8, value: Change) Allocator.Error!void {
    if (value) |json| {
        try values.put(state.arena, key, json);
    } else {
        _ = values.orderedRemove(key);
    }
}

/// For sorting keys.
pub fn isBefore(_: void, a: []const u8, b: []const u8) bool {
    return std.mem.lessThan(u8, a, b);
}
