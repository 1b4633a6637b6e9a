//! What goes on beside a run under test: another agent or a tool.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Clock = @import("Clock.zig");
const Failure = @import("../failure.zig").Failure;
const Reply = @import("../host.zig").Reply;

/// Something that was started. Its end is known from the beginning, and comes when the fake clock is there.
pub fn Work(comptime T: type) type {
    return struct {
        over_at_ms: u64,
        end: Reply(T),
        /// What it ends with where it is cancelled before that.
        when_cancelled: Failure,
        /// Whether it goes on when nobody holds it any more.
        detached: bool = false,
        cancelled: bool = false,

        const Self = @This();

        /// Waits for the end.
        pub fn finish(work: *const Self, clock: *Clock) Reply(T) {
            clock.waitUntil(work.over_at_ms);
            return if (clock.refusal()) |failure| .{ .refused = failure } else work.end;
        }

        pub fn cancel(work: *Self, clock: *const Clock) void {
            if (clock.now_ms >= work.over_at_ms) return;
            work.over_at_ms = clock.now_ms;
            work.end = .{ .refused = work.when_cancelled };
            work.cancelled = true;
        }

        /// Nobody holds it any more.
        pub fn drop(work: *Self, clock: *const Clock) void {
            if (!work.detached) work.cancel(clock);
        }
    };
}

/// What a call of an unknown name is refused with; it says which names there are.
pub fn notFound(
    allocator: Allocator,
    comptime what: []const u8,
    name: []const u8,
    known: []const []const u8,
) Allocator.Error!Failure {
    var text: std.Io.Writer.Allocating = .init(allocator);
    write(&text.writer, what, name, known) catch return error.OutOfMemory;
    return .{ .kind = .not_found, .message = text.written() };
}

fn write(
    writer: *std.Io.Writer,
    comptime what: []const u8,
    name: []const u8,
    known: []const []const u8,
) std.Io.Writer.Error!void {
    try writer.print("no " ++ what ++ " is called `{s}`; ", .{name});
    if (known.len == 0) return writer.writeAll("there is none");
    for (known, 0..) |one, place| try writer.print("{s}`{s}`", .{ if (place == 0) "there is " else ", ", one });
}
