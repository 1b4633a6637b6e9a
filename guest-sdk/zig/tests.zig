//! The SDK's tests, of all of it that runs natively: one file for each part of the context. Here, and not in `src`,
//! because a new project is given no more than what it builds with.

test {
    _ = @import("src/TextWriter.zig");
    _ = @import("src/wait.zig");
    _ = @import("tests/agents.zig");
    _ = @import("tests/artifacts.zig");
    _ = @import("tests/context.zig");
    _ = @import("tests/contract.zig");
    _ = @import("tests/convert.zig");
    _ = @import("tests/events.zig");
    _ = @import("tests/failure.zig");
    _ = @import("tests/http.zig");
    _ = @import("tests/io.zig");
    _ = @import("tests/json.zig");
    _ = @import("tests/models.zig");
    _ = @import("tests/people.zig");
    _ = @import("tests/run.zig");
    _ = @import("tests/session.zig");
    _ = @import("tests/tools.zig");
    _ = @import("tests/wait.zig");
}
