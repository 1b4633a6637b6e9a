const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    rak.addAgent(b, .{
        .name = "conformance",
        .sources = &.{
            "src/agent.cpp",
            "src/agents.cpp",
            "src/artifacts.cpp",
            "src/content.cpp",
            "src/context.cpp",
            "src/failing.cpp",
            "src/http.cpp",
            "src/models.cpp",
            "src/own.cpp",
            "src/people.cpp",
            "src/session.cpp",
            "src/tools.cpp",
            "src/waiting.cpp",
        },
    });
}
