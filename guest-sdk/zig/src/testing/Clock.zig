//! The fake clock, and with it when a run is cancelled or too late.

const std = @import("std");

const Failure = @import("../failure.zig").Failure;

const Clock = @This();

/// Since the run began. It moves only when somebody waits.
now_ms: u64 = 0,
calls: u64 = 0,
limits: Limits,

/// When a run is to end.
pub const Limits = struct {
    cancel_after_calls: ?u64 = null,
    cancel_at_ms: ?u64 = null,
    deadline_ms: ?u64 = null,
};

/// Counts a call to the host. It is the call after the last allowed one that is the first to see the cancellation.
pub fn countCall(clock: *Clock) void {
    clock.calls += 1;
}

pub fn isCancelled(clock: *const Clock) bool {
    if (clock.limits.cancel_after_calls) |calls| if (clock.calls > calls) return true;
    return if (clock.limits.cancel_at_ms) |at| clock.now_ms >= at else false;
}

pub fn remainingMs(clock: *const Clock) ?u64 {
    return (clock.limits.deadline_ms orelse return null) -| clock.now_ms;
}

/// What every call that can be refused asks first, in the order in which the real host does.
pub fn refusal(clock: *const Clock) ?Failure {
    if (clock.isCancelled()) return .{ .kind = .cancelled, .message = "the invocation was cancelled" };
    if (clock.remainingMs() == 0) return .{ .kind = .deadline_exceeded, .message = "the deadline has passed" };
    return null;
}

/// Waits until `at_ms`, or until the run is cancelled or too late, whichever is first.
pub fn waitUntil(clock: *Clock, at_ms: u64) void {
    if (clock.refusal() != null) return;
    var end = at_ms;
    if (clock.limits.cancel_at_ms) |at| end = @min(end, at);
    if (clock.limits.deadline_ms) |at| end = @min(end, at);
    clock.now_ms = @max(clock.now_ms, end);
}
