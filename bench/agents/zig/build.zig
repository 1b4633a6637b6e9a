const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    _ = rak.addAgent(b, .{ .name = "greeter", .root_source_file = b.path("src/agent.zig") });
}
