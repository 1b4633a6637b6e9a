//! The conformance agent in Zig: each behaviour of CONFORMANCE.md is one function of a group of them.

const std = @import("std");
const rak = @import("rak");

const content = @import("content.zig");
const failing = @import("failing.zig");
const language = @import("language.zig");
const people = @import("people.zig");
const session = @import("session.zig");
const waiting = @import("waiting.zig");

pub const agent: rak.Descriptor = .{
    .name = "conformance",
    .description = "Does what the specification says.",
    .version = "1.2.3",
    .skills = &.{.{
        .id = "conform",
        .name = "Conform",
        .description = "Runs one behaviour.",
        .tags = &.{ "test", "contract" },
        .examples = &.{"echo hello"},
    }},
    .input_schema = .literal(.{ .type = "string" }),
    .extra = .literal(.{ .language = "zig" }),
};

// Lines of every level: the host decides which of them are kept.
pub const std_options: std.Options = .{ .log_level = .debug };

/// What a behaviour is given: what stands after its name, and the whole input.
pub const Call = struct { argument: []const u8, input: rak.Content };

const Behaviour = fn (cx: *rak.Context, call: Call) anyerror!rak.Outcome;

const groups = .{ content, failing, session, waiting, people, language };

pub fn run(cx: *rak.Context, input: rak.Content) !rak.Outcome {
    const text = if (input.parts.len > 0 and input.parts[0] == .text) input.parts[0].text else "";
    const name, const argument = std.mem.cutScalar(u8, text, ' ') orelse .{ text, "" };
    inline for (groups) |group| inline for (@typeInfo(group.behaviours).@"struct".decl_names) |known| {
        if (std.mem.eql(u8, known, name)) {
            return @field(group.behaviours, known)(cx, .{ .argument = argument, .input = input });
        }
    };
    return cx.failPrint(.invalid_argument, "no behaviour is called {s}", .{name});
}

test {
    _ = @import("tests.zig");
}
