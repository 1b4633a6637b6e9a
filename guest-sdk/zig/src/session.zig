//! The conversation so far, and the state kept with it.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Content = @import("content.zig").Content;
const Error = @import("failure.zig").Error;
const Json = @import("Json.zig");
const Run = @import("Run.zig");

/// The conversation so far, and the state kept with it: `cx.session`.
///
/// A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
/// with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what
/// a failed or cancelled run changed after its last stored event is forgotten.
pub const Session = struct {
    run: *Run,
    allocator: Allocator,

    /// The newest entries before `before` (all of them where it is `null`), oldest first, at most `limit` of them (1 to
    /// 1000): what was said before this invocation began.
    pub fn history(session: Session, before: ?u64, limit: u32) Error!Page {
        return session.run.check(Page, try session.run.host.history(session.allocator, before, limit));
    }

    /// The whole history, page by page: the newest page first, and in each page the oldest entry first.
    ///
    /// ```
    /// var pages = cx.session.pages(100);
    /// while (try pages.next()) |page| for (page.entries) |entry| { … }
    /// ```
    pub fn pages(session: Session, limit: u32) Pages {
        return .{ .session = session, .limit = limit };
    }

    /// The value at `key`; `null` where there is none.
    ///
    /// Fails with `error.Failed` where the value has another shape; ask for a `Json` or a `std.json.Value` to look at
    /// whatever is there.
    pub fn get(session: Session, comptime T: type, key: []const u8) Error!?T {
        var scratch: std.heap.ArenaAllocator = .init(session.run.gpa);
        defer scratch.deinit();
        const reply = try session.run.host.get(scratch.allocator(), key);
        const text = try session.run.check(?[]const u8, reply) orelse return null;
        return try decode(T, session.run, session.allocator, text, "the state at", key);
    }

    /// Sets the value at `key` to any value that `std.json` writes. One that is `null` in JSON removes it.
    pub fn set(session: Session, key: []const u8, value: anytype) Error!void {
        var scratch: std.heap.ArenaAllocator = .init(session.run.gpa);
        defer scratch.deinit();
        const json: Json = try .from(scratch.allocator(), value);
        return session.run.check(void, try session.run.host.set(scratch.allocator(), key, json.text));
    }

    /// Removes the value at `key`, if there is one.
    pub fn remove(session: Session, key: []const u8) Error!void {
        var scratch: std.heap.ArenaAllocator = .init(session.run.gpa);
        defer scratch.deinit();
        return session.run.check(void, try session.run.host.remove(scratch.allocator(), key));
    }

    /// The keys that begin with `prefix`, sorted. The empty prefix lists every key of every scope.
    pub fn keys(session: Session, prefix: []const u8) Error![]const []const u8 {
        return session.run.check([]const []const u8, try session.run.host.keys(session.allocator, prefix));
    }
};

/// Something that was said.
pub const Entry = struct {
    /// Its place in the session.
    seq: u64,
    /// `user`, or the name of the agent that said it.
    author: []const u8,
    /// What was said.
    content: Content,
    /// When it was said, of the clock `real`.
    at: std.Io.Timestamp,
};

/// A stretch of the history.
pub const Page = struct {
    /// Oldest first.
    entries: []const Entry,
    /// The `before` of the page before this one; `null` where this is the oldest.
    next: ?u64,
};

/// The pages of the history, newest first: `Session.pages`.
pub const Pages = struct {
    session: Session,
    limit: u32,
    before: ?u64 = null,
    done: bool = false,

    /// The next page; `null` after the oldest, and after an error.
    pub fn next(pages: *Pages) Error!?Page {
        if (pages.done) return null;
        pages.done = true;
        const page = try pages.session.history(pages.before, pages.limit);
        pages.before = page.next;
        pages.done = page.next == null;
        return page;
    }
};

/// A value of the agent's own shape; `what` and `key` name it where it has another.
pub fn decode(
    comptime T: type,
    run: *Run,
    allocator: Allocator,
    text: []const u8,
    what: []const u8,
    key: []const u8,
) Error!T {
    return Json.raw(text).parse(T, allocator) catch |err| switch (err) {
        error.OutOfMemory => |e| e,
        else => |e| run.failPrint(.failed, "{s} `{s}` has another shape: {t}", .{ what, key, e }),
    };
}
