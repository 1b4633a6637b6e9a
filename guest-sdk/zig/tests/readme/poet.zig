const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "poet", .description = "Writes loud poems." };

pub fn run(cx: *rak.Context, topic: []const u8) ![]const u8 {
    const completion = try cx.models.open(try cx.print("Write a poem about {s}", .{topic}), .{});
    defer completion.deinit();
    while (completion.next() catch |err| {
        return if (cx.isInterrupted(err)) "The poem broke off; ask for it again." else err;
    }) |deltas| for (deltas) |delta| switch (delta) {
        .text => |text| try cx.events.textDelta(try std.ascii.allocUpperString(cx.allocator, text)),
        else => {},
    };
    const poem = try completion.finish();
    return std.ascii.allocUpperString(cx.allocator, try poem.text(cx.allocator));
}

test "says that the poem broke off" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.model(.{ .name = "small" }, &.{.{
        .deltas = &.{.{ .text = "O sea" }},
        .failure = .{ .kind = .unavailable, .code = "interrupted", .message = "the host ended" },
    }});
    const result = try host.run(run, "the sea");
    try std.testing.expectEqualStrings("O SEA", try result.streamed());
    try std.testing.expectEqualStrings("The poem broke off; ask for it again.", try result.answer());
}
