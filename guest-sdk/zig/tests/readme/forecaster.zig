const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "forecaster", .description = "Mails the weather." };

pub fn run(cx: *rak.Context, city: []const u8) ![]const u8 {
    // Both at once. The names are those of the operator's configuration.
    const args = try cx.json(.{ .city = city });
    var forecast: []const u8 = "";
    for (try cx.tools.callAll(&.{
        .{ .name = "mcp.weather.today", .args = args },
        .{ .name = "mcp.weather.tomorrow", .args = args },
    }, .{})) |result| switch (result) {
        // The tool's own word for it, also where it failed.
        .response => |answer| forecast = try cx.print("{s}{f}\n", .{ forecast, answer.response }),
        .failure => |failure| return cx.fail(failure),
    };

    // The host asks a person first, where the operator wants it to.
    _ = cx.tools.callNamed("mcp.mail.send", .{ .text = forecast }, .{}) catch |err| {
        return if (cx.isRejected(err)) cx.print("Not sent:\n{s}", .{forecast}) else err;
    };
    return "Sent.";
}

fn sunny(cx: *rak.Context, args: struct { city: []const u8 }) ![]const u8 {
    return cx.print("sun in {s}", .{args.city});
}

fn unknown(_: *rak.Context, _: rak.Json) rak.testing.ToolAnswer {
    return .{ .response = .literal("no forecast"), .failed = true };
}

fn send(_: *rak.Context, _: rak.Json) void {}

test "shows the forecast that is not to be sent" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "mcp.weather.today" }, sunny);
    try host.tool(.{ .name = "mcp.weather.tomorrow" }, unknown);
    try host.tool(.{ .name = "mcp.mail.send", .hints = .{ .needs_approval = true } }, send);
    try host.rejects("not today");
    const result = try host.run(run, "Rome");
    try std.testing.expectEqualStrings("Not sent:\n\"sun in Rome\"\n\"no forecast\"\n", try result.answer());
    try std.testing.expectEqual(2, result.tool_calls.len);
}
