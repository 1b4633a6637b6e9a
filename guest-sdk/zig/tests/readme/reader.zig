const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "reader", .description = "Reads the conversation back." };

pub fn run(cx: *rak.Context, _: rak.Content) !rak.Outcome {
    var buffer: [256]u8 = undefined;
    var stream = cx.events.writer(&buffer);
    var words: usize = 0;
    // The newest page first.
    var pages = cx.session.pages(100);
    while (try pages.next()) |page| for (page.entries) |entry| {
        const text = try entry.content.text(cx.allocator);
        try stream.interface.print("{s} said: {s}\n", .{ entry.author, text });
        try stream.interface.flush();
        words += std.mem.countScalar(u8, text, ' ') + 1;
    };
    return cx.answer(try cx.print("{d} words so far", .{words}));
}
