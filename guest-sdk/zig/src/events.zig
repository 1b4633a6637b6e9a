//! What the client sees, in order.

const std = @import("std");

const Content = @import("content.zig").Content;
const Custom = @import("content.zig").Custom;
const Error = @import("failure.zig").Error;
const Json = @import("Json.zig");
const Run = @import("Run.zig");
const TextWriter = @import("TextWriter.zig");

/// One thing the client sees.
pub const Event = union(enum) {
    /// A finished piece of the conversation: stored, then sent.
    content: Content,
    /// Text still being written: sent, not stored.
    text_delta: []const u8,
    /// A thought still being thought: sent, not stored.
    thought_delta: []const u8,
    /// How far the work is: sent, and the newest one kept with the invocation's status.
    progress: Progress,
    /// Anything the client and the agent agree on: stored, then sent.
    other: Custom,

    /// Whether it is stored, and with it the state changed so far.
    pub fn isStored(event: Event) bool {
        return event == .content or event == .other;
    }
};

/// How far the work is.
pub const Progress = struct {
    /// What is being done, for a person.
    message: []const u8,
    /// How much of it is done, in the agent's own unit.
    done: ?u64 = null,
    /// How much there is, in the same unit.
    total: ?u64 = null,
};

/// Sends events to the client: `cx.events`.
///
/// Every call can fail: with `error.Cancelled` once the invocation is being cancelled, or because a limit is reached.
/// `try` is the right answer to both.
pub const Events = struct {
    run: *Run,

    /// Sends all of them or none. Returns the sequence number of this invocation's newest stored event.
    pub fn emit(events: Events, list: []const Event) Error!u64 {
        var scratch: std.heap.ArenaAllocator = .init(events.run.gpa);
        defer scratch.deinit();
        return events.run.check(u64, try events.run.host.emit(scratch.allocator(), list));
    }

    /// Text still being written. A client shows it at once; the finished content follows.
    pub fn textDelta(events: Events, text: []const u8) Error!void {
        _ = try events.emit(&.{.{ .text_delta = text }});
    }

    /// A thought still being thought.
    pub fn thoughtDelta(events: Events, text: []const u8) Error!void {
        _ = try events.emit(&.{.{ .thought_delta = text }});
    }

    /// A finished piece of the conversation. Returns its sequence number.
    pub fn content(events: Events, finished: Content) Error!u64 {
        return events.emit(&.{.{ .content = finished }});
    }

    /// A finished text that the agent says. Returns its sequence number.
    pub fn say(events: Events, finished: []const u8) Error!u64 {
        return events.content(.{ .parts = &.{.{ .text = finished }} });
    }

    /// How far the work is.
    pub fn progress(events: Events, state: Progress) Error!void {
        _ = try events.emit(&.{.{ .progress = state }});
    }

    /// Anything the client and the agent agree on: any value that `std.json` writes. Returns its sequence number.
    pub fn other(events: Events, name: []const u8, value: anytype) Error!u64 {
        var scratch: std.heap.ArenaAllocator = .init(events.run.gpa);
        defer scratch.deinit();
        const json: Json = try .from(scratch.allocator(), value);
        return events.emit(&.{.{ .other = .{ .name = name, .value = json } }});
    }

    /// A writer whose text the client sees as it is written: one text delta each time the buffer is full or flushed,
    /// and without a buffer one for each write.
    pub fn writer(events: Events, buffer: []u8) TextWriter {
        return .init(events, .text, buffer);
    }

    /// The same for thoughts.
    pub fn thoughtWriter(events: Events, buffer: []u8) TextWriter {
        return .init(events, .thought, buffer);
    }
};
