//! How a run ends badly, and how a host call is refused.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Json = @import("Json.zig");

/// What a host call fails with: one error for each kind of failure, and memory that is used up. The message and the
/// rest are kept by the context (`Context.failure`), and are what the client reads where the error leaves `run`.
pub const Error = error{
    Cancelled,
    DeadlineExceeded,
    Denied,
    NotFound,
    InvalidArgument,
    Conflict,
    LimitExceeded,
    RateLimited,
    Unavailable,
    Unsupported,
    Failed,
    OutOfMemory,
};

/// Why something failed. The client reads the kind and the message, so the message is written for them.
pub const Failure = struct {
    /// What sort of failure it is: what a program looks at.
    kind: FailureKind = .failed,
    /// A finer, stable word of the agent's own, for example `quota_exceeded`.
    code: ?[]const u8 = null,
    /// What happened, for a person.
    message: []const u8,
    /// When trying again makes sense. Whole milliseconds, rounded up.
    retry_after: ?std.Io.Duration = null,
    /// More for a program, in the agent's own shape.
    details: ?Json = null,

    /// A copy that shares no memory with the failure.
    pub fn dupe(failure: Failure, allocator: Allocator) Allocator.Error!Failure {
        var copy = failure;
        copy.message = try allocator.dupe(u8, failure.message);
        if (failure.code) |code| copy.code = try allocator.dupe(u8, code);
        if (failure.details) |details| copy.details = .raw(try allocator.dupe(u8, details.text));
        return copy;
    }

    /// Whether nobody answered a question in time: the kind is `deadline_exceeded` then.
    pub fn isExpired(failure: Failure) bool {
        return failure.kind == .deadline_exceeded and std.mem.eql(u8, failure.code orelse "", "expired");
    }

    /// Whether another agent took longer than it may: the kind is `deadline_exceeded` then.
    pub fn isTimedOut(failure: Failure) bool {
        return failure.kind == .deadline_exceeded and std.mem.eql(u8, failure.code orelse "", "timed_out");
    }

    /// Whether a person said no to a tool: the kind is `denied` then.
    pub fn isRejected(failure: Failure) bool {
        return failure.kind == .denied and std.mem.eql(u8, failure.code orelse "", "rejected");
    }

    /// Whether the host ended while a model wrote or the web answered: the kind is `unavailable` then.
    pub fn isInterrupted(failure: Failure) bool {
        return failure.kind == .unavailable and std.mem.eql(u8, failure.code orelse "", "interrupted");
    }

    /// Writes the kind and the message.
    pub fn format(failure: Failure, writer: *std.Io.Writer) std.Io.Writer.Error!void {
        try writer.print("{s}: {s}", .{ failure.kind.name(), failure.message });
    }
};

/// What sort of failure it is.
pub const FailureKind = enum(u8) {
    /// The invocation is being cancelled.
    cancelled,
    /// There was not enough time.
    deadline_exceeded,
    /// The agent's manifest does not grant this.
    denied,
    /// It is not there.
    not_found,
    /// The input is wrong; say what to send instead.
    invalid_argument,
    /// It was changed by another.
    conflict,
    /// A quota of the invocation, the agent or the user is used up.
    limit_exceeded,
    /// Too much in too short a time.
    rate_limited,
    /// It is down now and may be back later.
    unavailable,
    /// The agent or the host cannot do this.
    unsupported,
    /// Anything else.
    failed,

    /// The kind's name in the contract, for example `invalid-argument`.
    pub fn name(kind: FailureKind) []const u8 {
        return switch (kind) {
            inline else => |known| comptime contractName(known),
        };
    }

    /// The kind of this name in the contract.
    pub fn named(text: []const u8) ?FailureKind {
        return for (std.enums.values(FailureKind)) |kind| {
            if (std.mem.eql(u8, kind.name(), text)) break kind;
        } else null;
    }

    /// The error that stands for the kind.
    pub fn toError(kind: FailureKind) Error {
        return switch (kind) {
            .cancelled => error.Cancelled,
            .deadline_exceeded => error.DeadlineExceeded,
            .denied => error.Denied,
            .not_found => error.NotFound,
            .invalid_argument => error.InvalidArgument,
            .conflict => error.Conflict,
            .limit_exceeded => error.LimitExceeded,
            .rate_limited => error.RateLimited,
            .unavailable => error.Unavailable,
            .unsupported => error.Unsupported,
            .failed => error.Failed,
        };
    }

    /// The kind that an error stands for. `error.Canceled` is what `std.Io` calls a cancellation.
    pub fn ofError(err: anyerror) ?FailureKind {
        if (err == error.Canceled) return .cancelled;
        return for (std.enums.values(FailureKind)) |kind| {
            if (kind.toError() == err) break kind;
        } else null;
    }

    fn contractName(comptime kind: FailureKind) []const u8 {
        var dashed = @tagName(kind)[0..].*;
        std.mem.replaceScalar(u8, &dashed, '_', '-');
        const final = dashed;
        return &final;
    }
};
