//! Failures, and errors that stand for them.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FailureKind = rak.FailureKind;
const FakeHost = rak.testing.FakeHost;

test "every kind has a name and an error" {
    for (std.enums.values(FailureKind)) |kind| {
        try expectEqual(kind, FailureKind.named(kind.name()));
        try expectEqual(kind, FailureKind.ofError(kind.toError()));
    }
    try expectEqualStrings("invalid-argument", FailureKind.invalid_argument.name());
    try expectEqual(null, FailureKind.named("Failed"));
    try expectEqual(null, FailureKind.ofError(error.Odd));
    try expectEqual(.cancelled, FailureKind.ofError(error.Canceled));
}

fn failWithEverything(cx: *rak.Context, _: []const u8) !void {
    var message = [_]u8{ 'o', 'h' };
    defer @memset(&message, '?');
    return cx.fail(.{
        .kind = .rate_limited,
        .code = "own",
        .message = &message,
        .retry_after = .fromSeconds(2),
        .details = try cx.json(.{ .asked = true }),
    });
}

test "a failure keeps what it was made with" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(failWithEverything, "")).failure();
    try expectEqual(.rate_limited, failure.kind);
    try expectEqualStrings("own", failure.code.?);
    try expectEqualStrings("oh", failure.message);
    try expectEqual(2, failure.retry_after.?.toSeconds());
    try expectEqualStrings("{\"asked\":true}", failure.details.?.text);
    var text: [32]u8 = undefined;
    try expectEqualStrings("rate-limited: oh", try std.fmt.bufPrint(&text, "{f}", .{failure}));
}

fn failAndCleanUp(cx: *rak.Context, _: []const u8) !void {
    errdefer cx.events.progress(.{ .message = "cleaning up" }) catch {};
    return cx.failPrint(.not_found, "no page {d}", .{7});
}

test "what fails on the way out does not take the failure's place" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfterCalls(0);
    const failure = try (try host.run(failAndCleanUp, "")).failure();
    try expectEqual(.not_found, failure.kind);
    try expectEqualStrings("no page 7", failure.message);
}

fn parseNumber(_: *rak.Context, text: []const u8) !void {
    _ = try std.fmt.parseInt(u8, text, 10);
}

test "an error that nobody caught has its name and where it came from" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(parseNumber, "x")).failure();
    try expectEqual(.failed, failure.kind);
    try expectEqualStrings("exception", failure.code.?);
    try expectEqualStrings("InvalidCharacter", failure.message);
    if (@errorReturnTrace() == null) return;
    const details = try failure.details.?.parse(struct { stack: []const u8 }, host.arena.allocator());
    try std.testing.expect(std.mem.find(u8, details.stack, "parseNumber") != null);
}

fn returnBareError(_: *rak.Context, text: []const u8) !void {
    return if (std.mem.eql(u8, text, "denied")) error.Denied else error.DeadlineExceeded;
}

test "an error that stands for a kind needs no message" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const denied = try (try host.run(returnBareError, "denied")).failure();
    try expectEqual(.denied, denied.kind);
    try expectEqualStrings("Denied", denied.message);
    const late = try (try host.run(returnBareError, "late")).failure();
    try expectEqualStrings("the deadline has passed", late.message);
}

fn lookAtFailure(cx: *rak.Context, _: []const u8) ![]const u8 {
    cx.events.textDelta("x") catch |err| return cx.failure(err).?.message;
    return "not refused";
}

test "an agent can read why a call was refused" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfterCalls(0);
    const result = try host.run(lookAtFailure, "");
    try expectEqualStrings("the invocation was cancelled", try result.answer());
}
