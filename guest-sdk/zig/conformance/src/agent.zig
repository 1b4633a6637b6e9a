//! The conformance agent in Zig: each behaviour of CONFORMANCE.md is one function of a group of them.

const std = @import("std");
const rak = @import("rak");

const agents = @import("agents.zig");
const artifacts = @import("artifacts.zig");
const content = @import("content.zig");
const failing = @import("failing.zig");
const http = @import("http.zig");
const language = @import("language.zig");
const models = @import("models.zig");
const people = @import("people.zig");
const session = @import("session.zig");
const tools = @import("tools.zig");
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

const groups = .{ content, failing, session, waiting, people, agents, tools, models, http, artifacts, language };

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

/// The word before the first space, and what follows it.
pub fn cut(argument: []const u8) [2][]const u8 {
    const word, const rest = std.mem.cutScalar(u8, argument, ' ') orelse return .{ argument, "" };
    return .{ word, rest };
}

/// Answers with the kind and the code of the failure that an error stands for.
pub fn kindAndCode(cx: *rak.Context, err: anyerror) !rak.Outcome {
    const failure = cx.failure(err) orelse return err;
    return cx.answer(try cx.print("{s} {s}", .{ failure.kind.name(), failure.code orelse "-" }));
}

test {
    _ = @import("tests.zig");
}
