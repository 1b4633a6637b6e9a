//! What an agent's function may take and return.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;

fn takesContent(_: *rak.Context, input: rak.Content) rak.Content {
    return .{ .parts = input.parts[1..] };
}

fn takesText(_: *rak.Context, text: []const u8) []const u8 {
    return text;
}

fn takesNumbers(cx: *rak.Context, numbers: struct { a: i64, b: i64 }) !rak.Json {
    return cx.json(.{ .sum = numbers.a + numbers.b });
}

fn returnsNothing(_: *rak.Context, _: []const u8) void {}

fn returnsOutcome(cx: *rak.Context, _: []const u8) !rak.Outcome {
    var outcome = try cx.answer("handed over");
    outcome.transfer_to = "billing";
    return outcome;
}

test "everything reasonable is an input and an answer" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const parts: rak.Content = .{ .role = rak.role.user, .parts = &.{
        .{ .text = "a" },
        .{ .thought = "hm" },
        .{ .text = "b" },
    } };
    const rest = try host.runContent(takesContent, parts);
    try expectEqualStrings("hm", (try rest.outcome()).content.?.parts[0].thought);
    try expectEqualStrings("ab", try (try host.runContent(takesText, parts)).answer());
    try expectEqualStrings("{\"sum\":3}", try (try host.run(takesNumbers, "{\"a\":1,\"b\":2}")).answer());
    try expectEqual(null, (try (try host.run(returnsNothing, "")).outcome()).content);
    const outcome = try (try host.run(returnsOutcome, "")).outcome();
    try expectEqualStrings("billing", outcome.transfer_to.?);
    try expectEqualStrings("model", outcome.content.?.role);
}

test "an input of another shape is the caller's mistake" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(takesNumbers, "three")).failure();
    try expectEqual(.invalid_argument, failure.kind);
    try expectEqualStrings("the input is not the JSON that this agent takes: SyntaxError", failure.message);
}

test "an agent's file is checked natively too" {
    rak.exportAgent(struct {
        pub const agent: rak.Descriptor = .{ .name = "checked" };
        pub const run = takesText;
    });
}
