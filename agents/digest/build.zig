const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    rak.addAgent(b, .{
        .name = "digest",
        .sources = &.{ "src/agent.c", "src/crc32.c", "src/hex.c", "src/sha256.c" },
        .tests = &.{ "tests/agent_test.c", "tests/digest_test.c" },
    });
}
