const std = @import("std");
const rak = @import("rak");

pub fn build(b: *std.Build) void {
    rak.addAgent(b, .{
        .name = "conformance",
        .sources = &.{
            "src/agent.c",
            "src/agents.c",
            "src/artifacts.c",
            "src/content.c",
            "src/context.c",
            "src/failing.c",
            "src/http.c",
            "src/models.c",
            "src/own.c",
            "src/people.c",
            "src/session.c",
            "src/tools.c",
            "src/waiting.c",
        },
    });
}
