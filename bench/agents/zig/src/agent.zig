//! Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do.

const rak = @import("rak");

pub const agent: rak.Descriptor = .{
    .name = "greeter",
    .description = "Greets whoever writes.",
    .version = "0.1.0",
};

pub fn run(cx: *rak.Context, name: []const u8) ![]const u8 {
    var buffer: [256]u8 = undefined;
    var stream = cx.events.writer(&buffer);
    try stream.interface.writeAll("Hello, ");
    try stream.interface.flush();
    try stream.interface.print("{s}!", .{name});
    try stream.interface.flush();
    return cx.print("Hello, {s}!", .{name});
}
