const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "editor", .description = "Has articles written." };

pub fn run(cx: *rak.Context, topic: []const u8) ![]const u8 {
    // Both at once, each in an invocation of its own.
    var notes: []const u8 = "";
    for (try cx.agents.callAll(&.{
        .{ .agent = "historian", .text = topic },
        .{ .agent = "critic", .text = topic },
    }, .{})) |result| switch (result) {
        .reply => |reply| notes = try cx.print("{s}{s}\n", .{ notes, try reply.text(cx.allocator) }),
        .failure => |failure| return cx.fail(failure),
    };

    // The client sees the writer at work, for two minutes at most.
    const options: rak.AgentOptions = .{ .timeout = .fromSeconds(120), .relay = true };
    const article = cx.agents.call("writer", notes, options) catch |err| {
        return if (cx.isTimedOut(err)) cx.print("Only notes:\n{s}", .{notes}) else err;
    };
    return article.text(cx.allocator);
}

fn saysOld(cx: *rak.Context, topic: []const u8) ![]const u8 {
    return cx.print("{s} is old.", .{topic});
}

fn writesSlowly(cx: *rak.Context, notes: []const u8) ![]const u8 {
    try cx.sleep(.fromSeconds(60 * 60));
    return notes;
}

test "gives the notes when the writer is slow" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "historian" }, saysOld);
    try host.agent(.{ .name = "critic" }, saysOld);
    try host.agent(.{ .name = "writer" }, writesSlowly);
    const result = try host.run(run, "Rome");
    try std.testing.expectEqualStrings("Only notes:\nRome is old.\nRome is old.\n", try result.answer());
    try std.testing.expectEqual(120, result.slept.toSeconds());
    try std.testing.expectEqualStrings("writer", result.agent_calls[2].agent);
}
