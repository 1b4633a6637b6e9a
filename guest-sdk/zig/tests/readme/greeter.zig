const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{
    .name = "greeter",
    .description = "Greets people and remembers how often.",
    .version = "0.1.0",
};

pub fn run(cx: *rak.Context, name: []const u8) ![]const u8 {
    if (std.mem.trim(u8, name, " ").len == 0) {
        return cx.fail(.{ .kind = .invalid_argument, .message = "send your name, for example `Ada`" });
    }

    // State: `greetings` alone would be this session's.
    const times = (try cx.session.get(u32, "user:greetings") orelse 0) + 1;
    try cx.session.set("user:greetings", times);

    // What the client sees while the agent works.
    try cx.events.progress(.{ .message = "thinking of something nice" });
    try cx.sleep(.fromSeconds(1));

    cx.log.info("greeted", .{ .times = times });
    return cx.print("Hello, {s}! That makes {d}.", .{ name, times });
}

test "greets and counts" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.state("user:greetings", 2);
    const result = try host.run(run, "Ada");
    try std.testing.expectEqualStrings("Hello, Ada! That makes 3.", try result.answer());
    try std.testing.expectEqual(3, try result.stateOf(u32, "user:greetings"));
}

test "says what to send" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(run, " ");
    try std.testing.expectEqual(.invalid_argument, (try result.failure()).kind);
}
