//! Asking people, and hearing what they say.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const Clock = @import("../src/testing/Clock.zig");
const People = @import("../src/testing/People.zig");
const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;
const Question = rak.testing.Question;

const second: std.Io.Duration = .fromSeconds(1);
const hour: std.Io.Duration = .fromSeconds(60 * 60);

fn decide(cx: *rak.Context, _: []const u8) !void {
    try expectEqualDeep(rak.Decision{ .approved = true }, try cx.people.approve("Do it?", null, null));
    const no = try cx.people.approve("Do more?", .{ .n = 1 }, hour);
    try expectEqualDeep(rak.Decision{ .approved = false, .reason = "too dear" }, no);
    const other = try cx.people.approve("Do that?", 1, null);
    try expectEqualStrings("ada", other.by.?);
    try expectEqualStrings("{\"n\":2}", other.edited.?.text);
    try expectError(error.InvalidArgument, cx.people.approve("What?", rak.Json.raw("{"), null));
}

test "a decision is what the person said" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.approves();
    try host.rejects("too dear");
    try host.decides(.{ .approved = true, .by = "ada", .edited = .literal(.{ .n = 2 }) });
    for (0..2) |_| {
        const result = try host.run(decide, "");
        _ = try result.outcome();
        try expectEqual(0, result.slept.toSeconds());
        try expectEqualDeep(&[_]Question{
            .{ .kind = .approve, .prompt = "Do it?", .details = .null },
            .{ .kind = .approve, .prompt = "Do more?", .details = .literal(.{ .n = 1 }), .expires_in = hour },
            .{ .kind = .approve, .prompt = "Do that?", .details = .literal(1) },
        }, result.questions);
    }
}

fn askForAll(cx: *rak.Context, _: []const u8) !void {
    const Place = struct { row: u8, seat: u8 };
    try expectEqual(Place{ .row = 1, .seat = 2 }, try cx.people.ask(Place, "Where?", .{ .type = "object" }, null));
    try expectError(error.Failed, cx.people.ask(u8, "Which?", true, null));
    try expectEqualStrings(
        "the answer to `Which?` has another shape: InvalidCharacter",
        cx.failure(error.Failed).?.message,
    );
    try expectEqualStrings("[1,2]", (try cx.people.ask(rak.Json, "What?", true, second)).text);
    try expectError(error.InvalidArgument, cx.people.ask(u8, "How?", rak.Json.raw("type"), null));
}

test "an answer has the type that is asked for" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.answers(.{ .row = 1, .seat = 2 });
    try host.answers("first");
    try host.answers([_]u16{ 1, 2 });
    const result = try host.run(askForAll, "");
    _ = try result.outcome();
    try expectEqualDeep(&[_]Question{
        .{ .kind = .ask, .prompt = "Where?", .schema = .literal(.{ .type = "object" }) },
        .{ .kind = .ask, .prompt = "Which?", .schema = .literal(true) },
        .{ .kind = .ask, .prompt = "What?", .schema = .literal(true), .expires_in = second },
    }, result.questions);
}

fn askInVain(cx: *rak.Context, _: []const u8) !void {
    try expectError(error.DeadlineExceeded, cx.people.approve("Do it?", null, hour));
    try expect(cx.isExpired(error.DeadlineExceeded) and !cx.isExpired(error.Failed));
    try expectEqualStrings("expired", cx.failure(error.DeadlineExceeded).?.code.?);
    try expect((try cx.people.approve("And now?", null, hour)).approved);
    try expectError(error.DeadlineExceeded, cx.people.ask(u8, "Well?", true, .zero));
    try expect(cx.isExpired(error.DeadlineExceeded));
    try expectError(error.DeadlineExceeded, cx.people.ask(u8, "Well?", true, null));
    try expect(!cx.isExpired(error.DeadlineExceeded));
    return error.DeadlineExceeded;
}

test "a question expires, and the run goes on" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.deadline(.fromSeconds(9 * 60 * 60));
    try host.silence();
    try host.approves();
    const result = try host.run(askInVain, "");
    const failure = try result.failure();
    try expect(failure.kind == .deadline_exceeded and !failure.isExpired());
    try expectEqual(9 * 60 * 60, result.slept.toSeconds());
}

fn waitForPeople(cx: *rak.Context, kind: []const u8) !void {
    if (std.mem.eql(u8, kind, "approve")) {
        _ = try cx.people.approve("Do it?", null, hour);
    } else if (std.mem.eql(u8, kind, "ask")) {
        _ = try cx.people.ask(u8, "Well?", true, null);
    } else {
        _ = try cx.people.nextMessage(null);
    }
}

test "a cancelled run waits for nobody" {
    for ([_][]const u8{ "approve", "ask", "message" }) |kind| {
        var host: FakeHost = .init(std.testing.allocator);
        defer host.deinit();
        host.cancelAfter(second);
        const late = try host.run(waitForPeople, kind);
        try expectEqual(.cancelled, (try late.failure()).kind);
        try expectEqual(1, late.slept.toSeconds());

        host.cancelAfterCalls(0);
        try host.approves();
        try host.message("hi");
        const early = try host.run(waitForPeople, kind);
        try expectEqual(.cancelled, (try early.failure()).kind);
        try expectEqual(0, early.slept.toSeconds());
        try expectEqual(0, early.questions.len);
    }
}

fn hear(cx: *rak.Context, _: []const u8) ![]const u8 {
    const first = (try cx.people.nextMessage(null)).?;
    const next = (try cx.people.nextMessage(hour)).?;
    try expectEqual(null, try cx.people.nextMessage(.zero));
    try expectEqual(null, try cx.people.nextMessage(second));
    return cx.print("{s}: {s}, {s}", .{ first.role, first.parts[0].text, next.parts[0].thought });
}

test "messages come in order" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.message("one");
    try host.messageContent(.{ .role = "user", .parts = &.{.{ .thought = "two" }} });
    const result = try host.run(hear, "");
    try expectEqualStrings("user: one, two", try result.answer());
    try expectEqual(1, result.slept.toSeconds());
    host.cancelAfterCalls(2);
    try expectEqual(.cancelled, (try (try host.run(hear, "")).failure()).kind);
}

test "what no test can wait for is a mistake of the test" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    var clock: Clock = .{ .limits = .{} };
    const question: Question = .{ .kind = .approve, .prompt = "Do it?" };

    var people: People = .{ .arena = arena.allocator(), .script = .{ .replies = &.{}, .messages = &.{} } };
    _ = try people.approve(&clock, question);
    try expectEqualStrings("nobody answers `Do it?`, which never expires", people.mistake.?);
    const heard = try people.nextMessage(&clock, null);
    try expectEqualStrings("the user says nothing more, and the agent waits for it without end", people.mistake.?);
    try expectEqual(.failed, heard.refused.kind);

    people.script.replies = &.{.{ .answer = "1" }};
    _ = try people.approve(&clock, question);
    try expectEqualStrings(
        "`Do it?` is a question of the kind approve, and what the next person says is for another kind",
        people.mistake.?,
    );
    try expectEqual(0, clock.now_ms);
}
