//! The web of one run under test: what the test answers by method and URL.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;
const Header = std.http.Header;

const Clock = @import("Clock.zig");
const Context = @import("../context.zig").Context;
const Failure = @import("../failure.zig").Failure;
const HttpHead = @import("../http.zig").HttpHead;
const HttpOptions = @import("../http.zig").HttpOptions;
const HttpResponse = @import("../http.zig").HttpResponse;
const Invocation = @import("Invocation.zig");
const Json = @import("../Json.zig");
const Reply = @import("../host.zig").Reply;
const Work = @import("work.zig").Work;
const copies = @import("copies.zig");
const millis = @import("../wait.zig").millis;

const Http = @This();

/// Outlives the run.
arena: Allocator,
known: []const Known,
opened: std.ArrayList(*Exchange) = .empty,

/// A place of the web.
pub const Known = struct {
    method: []const u8,
    /// All that begin with the rest, where it ends with `*`.
    url: []const u8,
    answer: union(enum) {
        given: HttpAnswer,
        function: *const fn (cx: *Context, url: []const u8, options: HttpOptions) HttpAnswer,
    },

    fn takes(known: Known, method: []const u8, url: []const u8) bool {
        if (!std.mem.eql(u8, known.method, method)) return false;
        const beginning = std.mem.cutSuffix(u8, known.url, "*") orelse return std.mem.eql(u8, known.url, url);
        return std.mem.startsWith(u8, url, beginning);
    }

    /// Whether it says as much as another one, or more: first one URL, then a longer beginning.
    fn saysMore(known: Known, other: Known) bool {
        const is_one = !std.mem.endsWith(u8, known.url, "*");
        const other_is_one = !std.mem.endsWith(u8, other.url, "*");
        return if (is_one == other_is_one) known.url.len >= other.url.len else is_one;
    }
};

/// What a place of the web answers.
pub const HttpAnswer = struct {
    status: u16 = 200,
    /// Names in lower case, as the host gives them.
    headers: []const Header = &.{},
    /// A body of the type `text/plain; charset=utf-8`. An answer of something else has `json`, `body` or `pieces`.
    text: ?[]const u8 = null,
    /// A body of the type `application/json`.
    json: ?Json = null,
    /// A body of no type.
    body: ?[]const u8 = null,
    /// A body that comes in pieces.
    pieces: []const []const u8 = &.{},
    /// Where it comes from, as after redirects; the URL that was asked where it is `null`. The fake host follows none by
    /// itself.
    url: ?[]const u8 = null,
    /// What there is in place of an answer.
    failure: ?Failure = null,
    /// What the answer ends with after its last piece. The code `interrupted` is what the host says that ended meanwhile.
    broken_by: ?Failure = null,
    /// How long it takes. The pieces come evenly over this time, and it begins with the first of them.
    takes: Duration = .zero,

    fn whole(given: HttpAnswer) ?[]const u8 {
        if (given.text) |text| return text;
        return if (given.json) |json| json.text else given.body;
    }

    fn mimeType(given: HttpAnswer) ?[]const u8 {
        if (given.text != null) return "text/plain; charset=utf-8";
        return if (given.json != null) "application/json" else null;
    }

    fn allPieces(given: HttpAnswer, arena: Allocator) Allocator.Error![]const []const u8 {
        var all: std.ArrayList([]const u8) = .empty;
        if (given.whole()) |body| try all.append(arena, body);
        try all.appendSlice(arena, given.pieces);
        // Nothing would be the end.
        var count: usize = 0;
        for (all.items) |piece| if (piece.len > 0) {
            all.items[count] = piece;
            count += 1;
        };
        return all.items[0..count];
    }

    fn head(given: HttpAnswer, arena: Allocator, url: []const u8) Allocator.Error!HttpHead {
        var headers = given.headers;
        if (given.mimeType()) |mime_type| {
            const type_of_body: Header = .{ .name = "content-type", .value = mime_type };
            // One of the test's own comes first, and is the one that is found.
            headers = try std.mem.concat(arena, Header, &.{ headers, &.{type_of_body} });
        }
        return .{ .status = given.status, .url = given.url orelse url, .headers = headers };
    }
};

/// What was asked of the web. What the test has no answer for is not among it.
pub const HttpCall = struct {
    url: []const u8,
    /// What else was asked. What was given as `json` is the body.
    options: HttpOptions,
    /// Whether it was given up before its end, by the agent or because its run was over. A timeout is an end.
    cancelled: bool = false,
};

/// An answer of the run.
pub const Exchange = struct {
    call: HttpCall,
    work: Work(void),
    head: Reply(HttpHead),
    begins_at_ms: u64,
    /// What was not read yet.
    coming: []Piece,
    /// When there is something that the agent does not know: the beginning, the next piece, or the end.
    tells_at_ms: u64,

    /// Bytes, and when they are there.
    const Piece = struct { bytes: []const u8, at_ms: u64 };

    /// Waits for the beginning.
    pub fn begin(exchange: *Exchange, clock: *Clock) Reply(HttpHead) {
        clock.waitUntil(exchange.begins_at_ms);
        if (clock.refusal()) |failure| return .{ .refused = failure };
        exchange.lookAhead();
        return exchange.head;
    }

    /// Waits for the next bytes.
    pub fn read(exchange: *Exchange, clock: *Clock, max: u32) Reply([]const u8) {
        clock.waitUntil(exchange.nextAt());
        if (clock.refusal()) |failure| return .{ .refused = failure };
        // A failure is told after everything that came before it.
        if (exchange.coming.len == 0) return switch (exchange.work.end) {
            .ok => .{ .ok = "" },
            .refused => |failure| .{ .refused = failure },
        };
        const piece = &exchange.coming[0];
        const bytes = piece.bytes[0..@min(max, piece.bytes.len)];
        piece.bytes = piece.bytes[bytes.len..];
        if (piece.bytes.len == 0) exchange.coming = exchange.coming[1..];
        exchange.lookAhead();
        return .{ .ok = bytes };
    }

    /// Waits for the whole of it.
    pub fn finish(exchange: *Exchange, arena: Allocator, clock: *Clock) Allocator.Error!Reply(HttpResponse) {
        switch (exchange.work.finish(clock)) {
            .ok => {},
            .refused => |failure| return .{ .refused = failure },
        }
        var body: std.ArrayList(u8) = .empty;
        for (exchange.coming) |piece| try body.appendSlice(arena, piece.bytes);
        return switch (exchange.head) {
            .ok => |head| .{ .ok = .init(head, body.items) },
            .refused => |failure| .{ .refused = failure },
        };
    }

    pub fn cancel(exchange: *Exchange, clock: *const Clock) void {
        exchange.work.cancel(clock);
        // What came may still be read.
        var count: usize = 0;
        while (count < exchange.coming.len and exchange.coming[count].at_ms <= clock.now_ms) count += 1;
        exchange.coming = exchange.coming[0..count];
        if (exchange.begins_at_ms > clock.now_ms) {
            exchange.begins_at_ms = clock.now_ms;
            exchange.head = .{ .refused = exchange.work.when_cancelled };
        }
        exchange.tells_at_ms = @min(exchange.tells_at_ms, exchange.work.over_at_ms);
    }

    fn lookAhead(exchange: *Exchange) void {
        exchange.tells_at_ms = exchange.nextAt();
    }

    /// When the next piece is there, or the end.
    fn nextAt(exchange: *const Exchange) u64 {
        return if (exchange.coming.len > 0) exchange.coming[0].at_ms else exchange.work.over_at_ms;
    }
};

/// Makes one function of any: it takes the context, the URL and the options, and returns a `HttpAnswer`, a text, a `Json`, or
/// an error.
pub fn erase(
    comptime function: anytype,
) *const fn (cx: *Context, url: []const u8, options: HttpOptions) HttpAnswer {
    return &struct {
        fn answer(cx: *Context, url: []const u8, options: HttpOptions) HttpAnswer {
            const given = function(cx, url, options);
            const answered = if (@typeInfo(@TypeOf(given)) == .error_union)
                given catch |err| return .{ .failure = failureOf(cx, err) }
            else
                given;
            return switch (@TypeOf(answered)) {
                HttpAnswer => answered,
                Json => .{ .json = answered },
                else => .{ .text = answered },
            };
        }
    }.answer;
}

fn failureOf(cx: *const Context, err: anyerror) Failure {
    return cx.failure(err) orelse .{ .code = "exception", .message = @errorName(err) };
}

/// What was asked, in order.
pub fn calls(http: *const Http) Allocator.Error![]const HttpCall {
    const all = try http.arena.alloc(HttpCall, http.opened.items.len);
    for (http.opened.items, all) |exchange, *call| {
        call.* = exchange.call;
        call.cancelled = exchange.work.cancelled;
    }
    return all;
}

/// Asks for `run`, whose web this is. A function does all of its work now, on a clock of its own.
pub fn open(
    http: *Http,
    run: *Invocation,
    url: []const u8,
    options: HttpOptions,
) Allocator.Error!Reply(*Exchange) {
    const arena = http.arena;
    const known = http.find(options.method, url) orelse return .{ .refused = try http.denied(options.method, url) };
    const call = try copies.httpCall(arena, .{ .url = url, .options = options });
    var took_ms: u64 = 0;
    const given = switch (known.answer) {
        .given => |answer| answer,
        .function => |function| answered: {
            const inner = try run.beside("the web", run.setup.info.invocation_id, run.setup.info.session_id);
            var shared = inner.shared();
            var cx: Context = .init(&shared);
            const answer = try copies.httpAnswer(arena, function(&cx, call.url, call.options));
            took_ms = inner.clock.now_ms;
            break :answered answer;
        },
    };
    took_ms +|= millis(given.takes);
    const exchange = try arena.create(Exchange);
    exchange.* = try coming(arena, call, given, run.clock.now_ms, took_ms);
    try http.opened.append(arena, exchange);
    return .{ .ok = exchange };
}

/// An answer that comes piece by piece over the time that it takes, but no longer than the timeout.
fn coming(arena: Allocator, call: HttpCall, given: HttpAnswer, now_ms: u64, took_ms: u64) Allocator.Error!Exchange {
    const timeout_ms = if (call.options.timeout) |time| millis(time) else std.math.maxInt(u64);
    var pieces: std.ArrayList(Exchange.Piece) = .empty;
    var begins_after_ms = took_ms;
    if (given.failure == null) {
        const all = try given.allPieces(arena);
        for (all, 1..) |bytes, number| {
            const after_ms = took_ms *| number / all.len;
            if (number == 1) begins_after_ms = after_ms;
            if (after_ms <= timeout_ms) try pieces.append(arena, .{ .bytes = bytes, .at_ms = now_ms +| after_ms });
        }
    }
    const begins_at_ms = now_ms +| @min(begins_after_ms, timeout_ms);
    return .{
        .call = call,
        .work = .{
            .over_at_ms = now_ms +| @min(took_ms, timeout_ms),
            .end = if (took_ms > timeout_ms)
                .{ .refused = too_late }
            else if (given.failure orelse given.broken_by) |failure|
                .{ .refused = failure }
            else
                .ok,
            .when_cancelled = stopped,
        },
        .head = if (begins_after_ms > timeout_ms)
            .{ .refused = too_late }
        else if (given.failure) |failure|
            .{ .refused = failure }
        else
            .{ .ok = try given.head(arena, call.url) },
        .begins_at_ms = begins_at_ms,
        .coming = pieces.items,
        .tells_at_ms = begins_at_ms,
    };
}

const too_late: Failure = .{ .kind = .deadline_exceeded, .message = "the answer took too long" };
const stopped: Failure = .{ .code = "cancelled", .message = "the request was given up" };

/// The place that says most of the URL; of two that say the same, the later one.
fn find(http: *const Http, method: []const u8, url: []const u8) ?Known {
    var found: ?Known = null;
    for (http.known) |known| {
        if (known.takes(method, url) and (found == null or known.saysMore(found.?))) found = known;
    }
    return found;
}

/// What is refused where nothing is answered, as a place is that the agent's manifest does not grant; it says what there
/// is.
fn denied(http: *const Http, method: []const u8, url: []const u8) Allocator.Error!Failure {
    var text: std.Io.Writer.Allocating = .init(http.arena);
    http.writeDenied(&text.writer, method, url) catch return error.OutOfMemory;
    return .{ .kind = .denied, .message = text.written() };
}

fn writeDenied(
    http: *const Http,
    writer: *std.Io.Writer,
    method: []const u8,
    url: []const u8,
) std.Io.Writer.Error!void {
    try writer.print("the agent may not ask `{s} {s}` in this test; ", .{ method, url });
    if (http.known.len == 0) return writer.writeAll("there is nothing");
    for (http.known, 0..) |known, place| {
        try writer.print("{s}`{s} {s}`", .{ if (place == 0) "there is " else ", ", known.method, known.url });
    }
}
