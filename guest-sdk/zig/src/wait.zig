//! Waiting for several things at once.

const std = @import("std");
const Duration = std.Io.Duration;

const Current = @import("host.zig").Current;
const Run = @import("Run.zig");

/// Something that becomes ready: `Context.timer` makes one, and so does what was started. Wait for several with
/// `Context.waitAny`.
pub const Waitable = struct {
    run: *Run,
    timer: Current.Timer,

    /// Whether it is ready.
    pub fn ready(waitable: Waitable) bool {
        return waitable.run.host.isReady(waitable.timer);
    }

    /// Returns when it is ready, or at once when the invocation is being cancelled.
    pub fn block(waitable: Waitable) void {
        waitable.run.host.block(waitable.timer);
    }

    /// Gives it up, and forgets a timer. What is left when the run is over is forgotten then.
    pub fn deinit(waitable: Waitable) void {
        waitable.run.host.drop(waitable.timer);
    }
};

/// Whole milliseconds, rounded up so that a wait is never shorter than what was asked for; none for a negative time.
pub fn millis(time: Duration) u64 {
    const nanoseconds: u96 = @intCast(@max(time.nanoseconds, 0));
    return std.math.lossyCast(u64, std.math.divCeil(u96, nanoseconds, std.time.ns_per_ms) catch unreachable);
}

/// The opposite of `millis`.
pub fn duration(ms: u64) Duration {
    return .{ .nanoseconds = @as(i96, ms) * std.time.ns_per_ms };
}

test millis {
    try std.testing.expectEqual(0, millis(.zero));
    try std.testing.expectEqual(0, millis(.fromSeconds(-1)));
    try std.testing.expectEqual(1, millis(.fromNanoseconds(1)));
    try std.testing.expectEqual(20, millis(.fromMilliseconds(20)));
    try std.testing.expectEqual(std.math.maxInt(u64), millis(.max));
    try std.testing.expectEqual(1500, millis(duration(1500)));
}
