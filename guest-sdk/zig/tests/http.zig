//! Asking the web.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

const url = "https://example.com/a";
const slow: rak.testing.HttpAnswer = .{ .pieces = &.{ "one ", "two ", "", "three ", "four" }, .takes = .fromSeconds(4) };

fn get(cx: *rak.Context, place: []const u8) ![]const u8 {
    return (try cx.http.fetch(place, .{})).body;
}

fn describe(cx: *rak.Context, place: []const u8) ![]const u8 {
    const response = try cx.http.fetch(place, .{});
    const kind = response.header("Content-Type") orelse "-";
    return cx.print("{d} {} {s} {s}", .{ response.status, response.isSuccess(), kind, response.body });
}

fn oops(cx: *rak.Context, _: []const u8, _: rak.HttpOptions) ![]const u8 {
    return cx.fail(.{ .kind = .unavailable, .message = "nobody is there" });
}

test "an answer says what it is" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", "https://a/text", .{ .text = "hi" });
    try host.http("GET", "https://a/json", .{ .json = .literal(.{ .a = 1 }) });
    try host.http("GET", "https://a/bytes", .{ .body = "x" });
    try host.http("GET", "https://a/own", .{
        .status = 404,
        .headers = &.{.{ .name = "content-type", .value = "text/html" }},
        .text = "nothing",
    });
    try host.http("GET", "https://a/empty", .{ .status = 302 });
    try host.httpFunction("GET", "https://a/away", oops);
    const answers = [_][2][]const u8{
        .{ "https://a/text", "200 true text/plain; charset=utf-8 hi" },
        .{ "https://a/json", "200 true application/json {\"a\":1}" },
        .{ "https://a/bytes", "200 true - x" },
        .{ "https://a/own", "404 false text/html nothing" },
        .{ "https://a/empty", "302 false - " },
    };
    for (answers) |answer| {
        try expectEqualStrings(answer[1], try (try host.run(describe, answer[0])).answer());
    }
    const away = try host.run(describe, "https://a/away");
    try expectEqualStrings("nobody is there", (try away.failure()).message);
}

test "the answer that says most is given, and what has none is denied" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", "https://a/b/c", .{ .text = "one" });
    try host.http("GET", "https://a/b/*", .{ .text = "some" });
    try host.http("GET", "https://a/*", .{ .text = "all" });
    try host.http("GET", "https://a/b/c", .{ .text = "one, said again" });
    const answers = [_][2][]const u8{
        .{ "https://a/x", "all" },
        .{ "https://a/b/d?q", "some" },
        .{ "https://a/b/c", "one, said again" },
    };
    for (answers) |answer| try expectEqualStrings(answer[1], try (try host.run(get, answer[0])).answer());
    const denied = try host.run(get, "https://b");
    try expectEqual(.denied, (try denied.failure()).kind);
    const message = (try denied.failure()).message;
    try expect(std.mem.startsWith(u8, message, "the agent may not ask `GET https://b` in this test; there is `GET https://a/b/c`, "));
    try expectEqual(0, denied.http_calls.len);
}

fn echo(cx: *rak.Context, place: []const u8, options: rak.HttpOptions) ![]const u8 {
    return cx.print("{s} {s} {s}", .{ options.method, place, options.body });
}

fn send(cx: *rak.Context, text: []const u8) ![]const u8 {
    const first = try cx.http.fetch(url, .{
        .method = "POST",
        .headers = &.{.{ .name = "X-A", .value = "b" }},
        .json = try cx.json(.{ .note = text }),
        .credential = "c",
        .timeout = .fromSeconds(1),
        .follow_redirects = false,
        .extra = .literal(1),
    });
    const own: std.http.Header = .{ .name = "content-TYPE", .value = "application/vnd.api+json" };
    _ = try cx.http.fetch(url, .{ .method = "POST", .headers = &.{own}, .json = .literal(.{}) });
    return first.body;
}

test "what was asked is kept" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.httpFunction("POST", url, echo);
    const result = try host.run(send, "hi");
    try expectEqualStrings("POST " ++ url ++ " {\"note\":\"hi\"}", try result.answer());
    try expectEqualDeep(@as([]const rak.testing.HttpCall, &.{
        .{ .url = url, .options = .{
            .method = "POST",
            .headers = &.{
                .{ .name = "X-A", .value = "b" },
                .{ .name = "Content-Type", .value = "application/json" },
            },
            .body = "{\"note\":\"hi\"}",
            .credential = "c",
            .timeout = .fromSeconds(1),
            .follow_redirects = false,
            .extra = .literal(1),
        } },
        .{ .url = url, .options = .{
            .method = "POST",
            .headers = &.{.{ .name = "content-TYPE", .value = "application/vnd.api+json" }},
            .body = "[]",
        } },
    }), result.http_calls);
}

fn parse(cx: *rak.Context, place: []const u8) ![]const u8 {
    const read = try cx.http.parse(struct { degrees: u8 }, try cx.http.fetch(place, .{}));
    return cx.print("{d}", .{read.degrees});
}

test "a body is read as JSON" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, .{ .json = .literal(.{ .degrees = 21, .more = true }) });
    try expectEqualStrings("21", try (try host.run(parse, url)).answer());
    try host.http("GET", url, .{ .text = "<html>" });
    const failure = try (try host.run(parse, url)).failure();
    try expectEqual(.failed, failure.kind);
    try expect(std.mem.find(u8, failure.message, url) != null);
}

fn readSlowly(cx: *rak.Context, place: []const u8) !void {
    const exchange = try cx.http.open(place, .{});
    defer exchange.deinit();
    const more = exchange.waitable();
    defer more.deinit();
    try expect(!more.ready());
    try expectEqual(200, (try exchange.head()).status);
    try expectEqualStrings(place, (try exchange.head()).url);
    try expectEqualStrings("one ", (try exchange.next()).?);
    try expectEqual(0, (try cx.waitAny(&.{more}, .fromMilliseconds(500))).len);
    try expectEqual(1, (try cx.waitAny(&.{more}, null)).len);
    try expectEqualStrings("two", try exchange.read(3));
    try expect(more.ready());
    try expectEqualStrings(" ", (try exchange.next()).?);
    try expectEqualStrings("three ", (try exchange.next()).?);
    try expectEqualStrings("four", (try exchange.next()).?);
    try expectEqual(null, try exchange.next());
    try expect(more.ready());
}

test "an answer comes piece by piece" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, slow);
    const result = try host.run(readSlowly, url);
    _ = try result.outcome();
    try expectEqual(4, result.slept.toSeconds());
}

fn readLines(cx: *rak.Context, place: []const u8) ![]const u8 {
    const exchange = try cx.http.open(place, .{});
    defer exchange.deinit();
    var buffer: [16]u8 = undefined;
    var body = exchange.reader(&buffer);
    var lines: usize = 0;
    while (try body.interface.takeDelimiter('\n')) |line| : (lines += 1) try cx.events.textDelta(line);
    return cx.print("{d} lines", .{lines});
}

test "a body is read line by line" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const pieces: []const []const u8 = &.{ "one\nt", "wo\n", "three" };
    try host.http("GET", url, .{ .pieces = pieces });
    const whole = try host.run(readLines, url);
    try expectEqualStrings("3 lines", try whole.answer());
    try expectEqualStrings("onetwothree", try whole.streamed());

    // The reason of `error.ReadFailed` is the one that the run ends with.
    try host.http("GET", url, .{
        .pieces = pieces,
        .broken_by = .{ .kind = .unavailable, .code = "interrupted", .message = "the host ended" },
    });
    const broken = try host.run(readLines, url);
    try expectEqualStrings("onetwo", try broken.streamed());
    try expect((try broken.failure()).isInterrupted());
}

fn readTwo(cx: *rak.Context, place: []const u8) ![]const u8 {
    const first = try cx.http.open(place, .{});
    const second = try cx.http.open(place, .{});
    var texts: [2][]const u8 = undefined;
    for ([_]rak.HttpExchange{ first, second }, &texts) |exchange, *text| {
        var body = exchange.reader(&.{});
        text.* = try body.interface.allocRemaining(cx.allocator, .unlimited);
    }
    return std.mem.join(cx.allocator, ",", &texts);
}

test "several are asked at once" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, slow);
    const result = try host.run(readTwo, url);
    try expectEqualStrings("one two three four,one two three four", try result.answer());
    try expectEqual(4, result.slept.toSeconds());
}

fn hurry(cx: *rak.Context, place: []const u8) !void {
    try expectEqual(18, (try cx.http.fetch(place, .{ .timeout = .fromSeconds(4) })).body.len);
    try expectError(error.DeadlineExceeded, cx.http.fetch(place, .{ .timeout = .fromSeconds(2) }));
    const exchange = try cx.http.open(place, .{ .timeout = .fromSeconds(2) });
    try expectEqualStrings("one ", (try exchange.next()).?);
    try expectEqualStrings("two ", (try exchange.next()).?);
    try expectError(error.DeadlineExceeded, exchange.next());
    const none = try cx.http.open(place, .{ .timeout = .zero });
    try expectError(error.DeadlineExceeded, none.head());
}

test "an answer that takes longer than it may is too late" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, slow);
    const result = try host.run(hurry, url);
    _ = try result.outcome();
    try expectEqual(8, result.slept.toSeconds());
    for (result.http_calls) |call| try expect(!call.cancelled);
}

fn giveUp(cx: *rak.Context, place: []const u8) !void {
    const stopped = try cx.http.open(place, .{});
    const given_up = try cx.http.open(place, .{});
    const finished = try cx.http.open(place, .{});
    _ = try cx.http.open(place, .{ .headers = &.{.{ .name = "x-left", .value = "open" }} });
    try cx.sleep(.fromSeconds(2));
    stopped.cancel();
    try expect(stopped.waitable().ready());
    try expectEqual(200, (try stopped.head()).status);
    try expectEqualStrings("one ", (try stopped.next()).?);
    try expectEqualStrings("two ", (try stopped.next()).?);
    try expectError(error.Failed, stopped.next());
    try expectEqualStrings("cancelled", cx.failure(error.Failed).?.code.?);
    const early = try cx.http.open(place, .{});
    early.cancel();
    try expectError(error.Failed, early.head());
    given_up.deinit();
    var pieces: usize = 0;
    while (try finished.next()) |_| pieces += 1;
    try expectEqual(4, pieces);
    _ = try cx.http.open(place, .{});
}

test "what is cancelled, given up or left is so" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, slow);
    const result = try host.run(giveUp, url);
    _ = try result.outcome();
    for (result.http_calls, [_]bool{ true, true, false, false, true, true }) |call, cancelled| {
        try expectEqual(cancelled, call.cancelled);
    }
}

test "a cancelled or late run waits for no answer" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, slow);
    host.cancelAfter(.fromSeconds(1));
    const cancelled = try host.run(get, url);
    try expectEqual(.cancelled, (try cancelled.failure()).kind);
    try expectEqual(1, cancelled.slept.toSeconds());
    try expect(cancelled.http_calls[0].cancelled);
    host.limits = .{};
    host.deadline(.fromSeconds(1));
    try expectEqual(.deadline_exceeded, (try (try host.run(get, url)).failure()).kind);
    host.limits = .{};
    host.cancelAfterCalls(0);
    try expectEqual(.cancelled, (try (try host.run(get, "https://denied")).failure()).kind);
}

fn callAll(cx: *rak.Context, place: []const u8) !void {
    _ = try cx.http.fetch(place, .{});
    const exchange = try cx.http.open(place, .{});
    _ = try exchange.head();
    _ = try exchange.read(1);
    _ = exchange.waitable();
    exchange.cancel();
    _ = try exchange.read(1);
}

test "every call counts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("GET", url, .{ .text = "hello" });
    host.cancelAfterCalls(7);
    _ = try (try host.run(callAll, url)).outcome();
    host.cancelAfterCalls(6);
    try expectEqual(.cancelled, (try (try host.run(callAll, url)).failure()).kind);
}
