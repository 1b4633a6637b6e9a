const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    rak.addAgent(b, .{
        .name = "columns",
        .sources = &.{ "src/agent.cpp", "src/column.cpp", "src/csv.cpp" },
        .tests = &.{ "tests/agent_test.cpp", "tests/csv_test.cpp" },
    });
}
