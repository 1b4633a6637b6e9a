const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    rak.addAgent(b, .{ .name = "greeter", .sources = &.{"src/agent.c"} });
}
