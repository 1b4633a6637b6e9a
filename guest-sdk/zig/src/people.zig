//! The persons in the loop: they decide, answer, and say something while the agent works.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Content = @import("content.zig").Content;
const Error = @import("failure.zig").Error;
const Json = @import("Json.zig");
const Run = @import("Run.zig");
const decode = @import("session.zig").decode;
const millis = @import("wait.zig").millis;

/// The persons in the loop: `cx.people`.
///
/// A run that waits for a person may wait for weeks. Where it is durable the host gives up its memory meanwhile, and makes
/// it again by running the agent from the beginning, with what the host answered before: code before the question may run
/// again, but its calls to the host are answered from the record and have no effect a second time. So write a plain
/// function, and keep effects behind calls to the host.
///
/// Every call fails with `error.Cancelled` where the run is cancelled while it waits, and with `error.DeadlineExceeded`
/// where its time is over, or where nobody answered in time: `Context.isExpired` tells these two apart.
pub const People = struct {
    run: *Run,
    allocator: Allocator,

    /// Asks whether something may be done. `details` is what a person needs to see to decide: any value that `std.json`
    /// writes, `null` where the action says it all. Where `expires_in` is `null` the question never expires. A rejection
    /// is no failure.
    pub fn approve(people: People, action: []const u8, details: anytype, expires_in: ?Duration) Error!Decision {
        var scratch: std.heap.ArenaAllocator = .init(people.run.gpa);
        defer scratch.deinit();
        const json: Json = try .from(scratch.allocator(), details);
        const reply = try people.run.host.approve(people.allocator, action, json.text, optionalMillis(expires_in));
        return people.run.check(Decision, reply);
    }

    /// Asks a question, whose answer satisfies the JSON Schema: any value that `std.json` writes, for example
    /// `.{ .type = "integer" }`. Where `expires_in` is `null` the question never expires.
    ///
    /// Fails with `error.Failed` where the answer has another shape; ask for a `Json` or a `std.json.Value` to look at
    /// whatever is there.
    pub fn ask(
        people: People,
        comptime T: type,
        question: []const u8,
        schema: anytype,
        expires_in: ?Duration,
    ) Error!T {
        var scratch: std.heap.ArenaAllocator = .init(people.run.gpa);
        defer scratch.deinit();
        const json: Json = try .from(scratch.allocator(), schema);
        const reply = try people.run.host.ask(scratch.allocator(), question, json.text, optionalMillis(expires_in));
        const text = try people.run.check([]const u8, reply);
        return decode(T, people.run, people.allocator, text, "the answer to", question);
    }

    /// What the user says while the agent works, in the order in which it was sent. Waits for it, and without end where
    /// `timeout` is `null`; `null` after that, and at once for a timeout of `.zero` where nothing was said.
    pub fn nextMessage(people: People, timeout: ?Duration) Error!?Content {
        const reply = try people.run.host.nextMessage(people.allocator, optionalMillis(timeout));
        return people.run.check(?Content, reply);
    }
};

/// What a person says to `People.approve`.
pub const Decision = struct {
    /// Whether it may be done.
    approved: bool,
    /// Who decided, where the client said so.
    by: ?[]const u8 = null,
    /// Why, where they said so.
    reason: ?[]const u8 = null,
    /// What is to be done instead of what was asked: the details as the person changed them.
    edited: ?Json = null,
};

fn optionalMillis(time: ?Duration) ?u64 {
    return if (time) |some| millis(some) else null;
}
