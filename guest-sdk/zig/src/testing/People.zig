//! The persons in the loop of one run under test. What they say is scripted.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Clock = @import("Clock.zig");
const Content = @import("../content.zig").Content;
const Decision = @import("../people.zig").Decision;
const Failure = @import("../failure.zig").Failure;
const Json = @import("../Json.zig");
const Reply = @import("../host.zig").Reply;
const copies = @import("copies.zig");
const millis = @import("../wait.zig").millis;

const People = @This();

/// Outlives the run.
arena: Allocator,
script: Script,
questions: std.ArrayList(Question) = .empty,
/// What the agent does that no test can wait for.
mistake: ?[]const u8 = null,

/// What people say, in order.
pub const Script = struct {
    /// To the questions of the agent, one each.
    replies: []const Said,
    /// While the agent works.
    messages: []const Content,
};

/// What a person says to one question.
pub const Said = union(enum) {
    nothing,
    decision: Decision,
    /// A JSON document.
    answer: []const u8,
};

/// What an agent asked people.
pub const Question = struct {
    kind: Kind,
    /// The question, or what the agent wanted to do.
    prompt: []const u8,
    /// What a person was shown to decide; `null` where a value is wanted.
    details: ?Json = null,
    /// The JSON Schema of the value; `null` where a decision is wanted.
    schema: ?Json = null,
    /// How long it could be answered; `null` where it had no end.
    expires_in: ?Duration = null,

    /// What sort of answer a question wants.
    pub const Kind = enum {
        /// A decision: `People.approve`.
        approve,
        /// A value: `People.ask`.
        ask,
    };
};

const expired: Failure = .{ .kind = .deadline_exceeded, .code = "expired", .message = "nobody answered in time" };

pub fn approve(people: *People, clock: *Clock, question: Question) Allocator.Error!Reply(Decision) {
    return switch (try people.take(question)) {
        .decision => |decision| .{ .ok = decision },
        .answer => people.unfit(Decision, question),
        .nothing => .{ .refused = try people.waitForAnswer(clock, question) },
    };
}

pub fn ask(people: *People, clock: *Clock, question: Question) Allocator.Error!Reply([]const u8) {
    return switch (try people.take(question)) {
        .answer => |json| .{ .ok = json },
        .decision => people.unfit([]const u8, question),
        .nothing => .{ .refused = try people.waitForAnswer(clock, question) },
    };
}

pub fn nextMessage(people: *People, clock: *Clock, timeout_ms: ?u64) Allocator.Error!Reply(?Content) {
    const messages = people.script.messages;
    if (messages.len > 0) {
        people.script.messages = messages[1..];
        return .{ .ok = messages[0] };
    }
    if (waitInVain(clock, timeout_ms)) {
        return if (clock.refusal()) |failure| .{ .refused = failure } else .{ .ok = null };
    }
    return .{ .refused = try people.wrong("the user says nothing more, and the agent waits for it without end", .{}) };
}

/// Keeps the question, and takes what a person says to it.
fn take(people: *People, question: Question) Allocator.Error!Said {
    try people.questions.append(people.arena, try copies.question(people.arena, question));
    const replies = people.script.replies;
    if (replies.len == 0) return .nothing;
    people.script.replies = replies[1..];
    return replies[0];
}

fn waitForAnswer(people: *People, clock: *Clock, question: Question) Allocator.Error!Failure {
    const expires_in_ms = if (question.expires_in) |time| millis(time) else null;
    if (waitInVain(clock, expires_in_ms)) return clock.refusal() orelse expired;
    return people.wrong("nobody answers `{s}`, which never expires", .{question.prompt});
}

fn unfit(people: *People, comptime T: type, question: Question) Allocator.Error!Reply(T) {
    return .{ .refused = try people.wrong(
        "`{s}` is a question of the kind {t}, and what the next person says is for another kind",
        .{ question.prompt, question.kind },
    ) };
}

/// Notes a mistake of the test, and refuses the call.
fn wrong(people: *People, comptime format: []const u8, args: anytype) Allocator.Error!Failure {
    people.mistake = try std.fmt.allocPrint(people.arena, format, args);
    return .{ .message = people.mistake.? };
}

/// Waits for what does not come, until the time is over, or the run is cancelled or too late. `false`, and at once, where
/// none of this is to come.
fn waitInVain(clock: *Clock, timeout_ms: ?u64) bool {
    const limits = clock.limits;
    if (timeout_ms == null and limits.cancel_at_ms == null and limits.deadline_ms == null) return false;
    clock.waitUntil(if (timeout_ms) |ms| clock.now_ms +| ms else std.math.maxInt(u64));
    return true;
}
