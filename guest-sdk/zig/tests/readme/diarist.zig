const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "diarist", .description = "Keeps a diary." };

pub fn run(cx: *rak.Context, entry: []const u8) ![]const u8 {
    // The user's, in all their sessions with this agent. Without `user:` it would be this session's.
    const diary = if (try cx.artifacts.load("user:diary.md", null)) |file| file.data else "";
    if (std.mem.eql(u8, entry, "print")) return diary;
    const longer = try cx.print("{s}- {s}\n", .{ diary, entry });
    const version = try cx.artifacts.save("user:diary.md", .{ .mime_type = "text/markdown", .data = longer });
    return cx.print("Kept, as version {d}.", .{version});
}

test "writes below what is there" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.artifact("user:diary.md", .{ .mime_type = "text/markdown", .data = "- It rained.\n" });
    const first = try host.run(run, "The sun shone.");
    try std.testing.expectEqualStrings("Kept, as version 2.", try first.answer());
    const diary = first.artifact("user:diary.md").?;
    try std.testing.expectEqualStrings("- It rained.\n- The sun shone.\n", diary.data);

    try host.artifactsAfter(first);
    const second = try host.run(run, "print");
    try std.testing.expectEqualStrings(diary.data, try second.answer());
}
