//! HTTP: what the host lets an agent ask of the web.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;
const Header = std.http.Header;

const Current = @import("host.zig").Current;
const Error = @import("failure.zig").Error;
const HostReader = @import("host_reader.zig").HostReader;
const Json = @import("Json.zig");
const Run = @import("Run.zig");
const Waitable = @import("wait.zig").Waitable;
const decode = @import("session.zig").decode;

/// The web, as far as the agent's manifest lets it go there: `cx.http`. The host makes the connections, follows redirects, and
/// adds the credentials, which the agent never sees.
///
/// An answer with a status of 400 and more is an answer. A call fails where there is none: `error.Denied` (the place, its
/// port or the credential is not granted), `error.InvalidArgument` (it is no request), `error.Unavailable` (nobody is there,
/// or the connection was cut off), `error.DeadlineExceeded`, `error.LimitExceeded` (the answer is too large), and
/// `error.Conflict` with the code `unknown_outcome` where the host ended during a request that may not be made twice: one
/// that is no `GET`, `HEAD`, `OPTIONS`, `PUT` or `DELETE` and has no header `Idempotency-Key`.
pub const Http = struct {
    run: *Run,
    allocator: Allocator,

    /// Asks, and waits for the whole answer: `try cx.http.fetch("https://example.com/", .{})`.
    pub fn fetch(http: Http, url: []const u8, options: HttpOptions) Error!HttpResponse {
        const reply = try http.run.host.fetch(http.allocator, url, try options.sent(http.allocator));
        return http.run.check(HttpResponse, reply);
    }

    /// Asks, and gives the answer as it comes. Does not wait, so several can be asked at once.
    pub fn open(http: Http, url: []const u8, options: HttpOptions) Error!HttpExchange {
        const reply = try http.run.host.openExchange(http.allocator, url, try options.sent(http.allocator));
        return .{
            .run = http.run,
            .allocator = http.allocator,
            .handle = try http.run.check(Current.Exchange, reply),
        };
    }

    /// Reads the body of an answer, which is JSON, into any type that `std.json` reads. Fails with `error.Failed` where it
    /// has another shape.
    pub fn parse(http: Http, comptime T: type, response: HttpResponse) Error!T {
        return decode(T, http.run, http.allocator, response.body, "the answer of", response.url);
    }
};

/// What else is asked, beside the URL.
pub const HttpOptions = struct {
    method: []const u8 = "GET",
    /// The host sets `Host`, `Content-Length`, and what belongs to the connection.
    headers: []const Header = &.{},
    /// What is sent.
    body: []const u8 = "",
    /// What is sent in place of `body`, with a header `Content-Type` where there is none.
    json: ?Json = null,
    /// A credential of the host's, by name: the host adds it on the way.
    credential: ?[]const u8 = null,
    /// How long it may take to the end of the answer; the host's own limit where it is `null`, and never longer than that.
    timeout: ?Duration = null,
    /// Whether the host goes where an answer leads.
    follow_redirects: bool = true,
    /// Anything else the host understands.
    extra: ?Json = null,

    /// The same with the document as its body.
    fn sent(options: HttpOptions, allocator: Allocator) Allocator.Error!HttpOptions {
        const document = options.json orelse return options;
        var plain = options;
        plain.json = null;
        plain.body = document.text;
        if (headerOf(options.headers, "content-type") == null) {
            const type_of_json: Header = .{ .name = "Content-Type", .value = "application/json" };
            plain.headers = try std.mem.concat(allocator, Header, &.{ options.headers, &.{type_of_json} });
        }
        return plain;
    }
};

/// The beginning of an answer: all but its body.
pub const HttpHead = struct {
    /// For example 200.
    status: u16,
    /// Where the answer came from, after redirects.
    url: []const u8,
    /// Their names are in lower case.
    headers: []const Header = &.{},
    /// Anything else the host says of it.
    extra: ?Json = null,

    /// Whether the status is one from 200 to 299.
    pub fn isSuccess(head: HttpHead) bool {
        return isTwoHundred(head.status);
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(head: HttpHead, name: []const u8) ?[]const u8 {
        return headerOf(head.headers, name);
    }
};

/// A whole answer.
pub const HttpResponse = struct {
    /// For example 200.
    status: u16,
    /// Where the answer came from, after redirects.
    url: []const u8,
    /// Their names are in lower case.
    headers: []const Header = &.{},
    /// The body, which `Http.parse` reads where it is JSON.
    body: []const u8,
    /// Anything else the host says of it.
    extra: ?Json = null,

    /// Not for authors.
    pub fn init(head: HttpHead, body: []const u8) HttpResponse {
        return .{ .status = head.status, .url = head.url, .headers = head.headers, .body = body, .extra = head.extra };
    }

    /// Whether the status is one from 200 to 299.
    pub fn isSuccess(response: HttpResponse) bool {
        return isTwoHundred(response.status);
    }

    /// The value of the first header of this name, in whatever case.
    pub fn header(response: HttpResponse, name: []const u8) ?[]const u8 {
        return headerOf(response.headers, name);
    }
};

fn isTwoHundred(status: u16) bool {
    return status >= 200 and status < 300;
}

fn headerOf(headers: []const Header, name: []const u8) ?[]const u8 {
    return for (headers) |known| {
        if (std.ascii.eqlIgnoreCase(known.name, name)) break known.value;
    } else null;
}

/// How much of an answer `HttpExchange.next` asks for at once.
const piece_bytes = 64 << 10;

/// An answer that is coming.
///
/// Reading fails as `Http.fetch` does, and with `error.Unavailable` where the host ended meanwhile, which
/// `Context.isInterrupted` knows: the rest is lost, and may be asked for again.
pub const HttpExchange = struct {
    run: *Run,
    allocator: Allocator,
    handle: Current.Exchange,

    /// Waits for the beginning of the answer. The same again for who asks again.
    pub fn head(exchange: HttpExchange) Error!HttpHead {
        const reply = try exchange.run.host.exchangeHead(exchange.allocator, exchange.handle);
        return exchange.run.check(HttpHead, reply);
    }

    /// The next piece of the body, waiting for it; `null` at the end: `while (try exchange.next()) |piece| …`. A piece may end
    /// within a character, which the writers of `Events` know to keep back.
    pub fn next(exchange: HttpExchange) Error!?[]const u8 {
        const piece = try exchange.read(piece_bytes);
        return if (piece.len > 0) piece else null;
    }

    /// The next bytes, `max` at most, waiting for them; empty at the end.
    pub fn read(exchange: HttpExchange, max: u32) Error![]const u8 {
        return exchange.readWith(exchange.allocator, max);
    }

    fn readWith(exchange: HttpExchange, allocator: Allocator, max: u32) Error![]const u8 {
        const reply = try exchange.run.host.readExchange(allocator, exchange.handle, max);
        return exchange.run.check([]const u8, reply);
    }

    /// The body as a `std.Io.Reader`: `var body = exchange.reader(&buffer);`, then `body.interface`.
    pub fn reader(exchange: HttpExchange, buffer: []u8) Reader {
        return .init(exchange.run, .{ .exchange = exchange }, buffer);
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(exchange: HttpExchange) void {
        exchange.run.host.cancelExchange(exchange.handle);
    }

    /// Something that is ready when there is more of the answer than the agent knows: its beginning, bytes, or the end. For
    /// `Context.waitAny`. It is given up before the answer is.
    pub fn waitable(exchange: HttpExchange) Waitable {
        return .{ .run = exchange.run, .timer = exchange.run.host.exchangeTimer(exchange.handle) };
    }

    /// Gives it up, unless it is over. What is left when the run is over is given up then.
    pub fn deinit(exchange: HttpExchange) void {
        exchange.run.host.dropExchange(exchange.handle);
    }

    /// Reads the body.
    pub const Reader = HostReader(struct {
        exchange: HttpExchange,

        /// Not for authors.
        pub fn read(source: @This(), allocator: Allocator, max: u32) Error![]const u8 {
            return source.exchange.readWith(allocator, max);
        }
    });
};
