const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "sender", .description = "Sends things, where it may." };

pub fn run(cx: *rak.Context, item: []const u8) ![]const u8 {
    const three_days: std.Io.Duration = .fromSeconds(3 * 24 * 60 * 60);
    const decision = cx.people.approve("Send it?", .{ .item = item }, three_days) catch |err| {
        return if (cx.isExpired(err)) "Nobody decided, so nothing was sent." else err;
    };
    if (!decision.approved) return cx.print("Not sent: {s}", .{decision.reason orelse "no reason"});

    const copies = try cx.people.ask(u32, "How many copies?", .{ .type = "integer", .minimum = 1 }, null);
    return cx.print("Sent {s} {d} times.", .{ item, copies });
}

test "sends what is approved" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.approves();
    try host.answers(2);
    const result = try host.run(run, "a card");
    try std.testing.expectEqualStrings("Sent a card 2 times.", try result.answer());
}
