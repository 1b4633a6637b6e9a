//! What the parts of a `Context` share: the host, the memory of the run, and why calls failed.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Current = @import("host.zig").Current;
const Reply = @import("host.zig").Reply;
const Error = @import("failure.zig").Error;
const Failure = @import("failure.zig").Failure;
const FailureKind = @import("failure.zig").FailureKind;

const Run = @This();

host: *Current,
/// Freed at once when the run is over.
arena: Allocator,
/// For what is freed sooner.
gpa: Allocator,
/// The newest failure of each kind. An error of Zig carries no text, so the text waits here until the error leaves the
/// agent; a kind of its own each, so that a call in an `errdefer` does not take its place.
failures: std.EnumArray(FailureKind, ?Failure) = .initFill(null),
/// How many calls of tools got an id of the run.
calls_named: u64 = 0,
/// Why a `TextWriter` could not write: all it can say itself is `error.WriteFailed`.
write_failure: ?FailureKind = null,
/// Why a reader could not read: all it can say itself is `error.ReadFailed`.
read_failure: ?FailureKind = null,

/// What the host answered, or the error that stands for its refusal.
pub fn check(run: *Run, comptime T: type, reply: Reply(T)) Error!T {
    return switch (reply) {
        .ok => |value| value,
        .refused => |failure| run.fail(failure),
    };
}

/// Keeps a copy of the failure, and returns the error that stands for it.
pub fn fail(run: *Run, failure: Failure) Error {
    const copy = failure.dupe(run.arena) catch |err| return err;
    run.failures.set(failure.kind, copy);
    return failure.kind.toError();
}

/// Like `fail`, with nothing but a kind and a message.
pub fn failPrint(run: *Run, kind: FailureKind, comptime format: []const u8, args: anytype) Error {
    const message = std.fmt.allocPrint(run.arena, format, args) catch |err| return err;
    run.failures.set(kind, .{ .kind = kind, .message = message });
    return kind.toError();
}

/// The failure that an error of this run stands for; `null` where it stands for none.
pub fn failureOf(run: *const Run, err: anyerror) ?Failure {
    const kind = kind: {
        if (err == error.WriteFailed) if (run.write_failure) |kind| break :kind kind;
        if (err == error.ReadFailed) if (run.read_failure) |kind| break :kind kind;
        break :kind FailureKind.ofError(err) orelse return null;
    };
    return run.failures.get(kind) orelse .{ .kind = kind, .message = defaultMessage(kind) };
}

fn defaultMessage(kind: FailureKind) []const u8 {
    return switch (kind) {
        .cancelled => "the invocation was cancelled",
        .deadline_exceeded => "the deadline has passed",
        else => @errorName(kind.toError()),
    };
}
