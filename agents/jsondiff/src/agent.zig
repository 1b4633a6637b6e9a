//! `jsondiff`: what changed between two JSON documents. Input of several parts, failures that say where, and an answer
//! for people beside an event for programs.

const std = @import("std");
const rak = @import("rak");

const Change = @import("Change.zig");
const diff = @import("diff.zig").diff;
const documents = @import("documents.zig");

pub const agent: rak.Descriptor = .{
    .name = "jsondiff",
    .description = "Compares two JSON documents: what was added, removed and changed, and where.",
    .version = "0.1.0",
    .skills = &.{.{
        .id = "diff",
        .name = "Compare JSON",
        .description = "Answers with one line a change, each with its JSON Pointer, and emits the changes as a " ++
            "list of JSON Patch operations. Send the documents as two parts, text or data, or as one text with a " ++
            "line `---` between them.",
        .tags = &.{ "json", "diff" },
        .examples = &.{"{\"name\": \"Ada\", \"langs\": [1]}\n---\n{\"name\": \"Ada L.\", \"langs\": [1, 2]}"},
    }},
};

pub fn run(cx: *rak.Context, input: rak.Content) ![]const u8 {
    const before, const after = try documents.read(cx, input);
    const changes = try diff(cx.allocator, before, after);
    // For programs: stored, and there even when nothing changed.
    _ = try cx.events.other("json-patch", changes);
    if (changes.len == 0) return "No difference.";

    var answer: std.Io.Writer.Allocating = .init(cx.allocator);
    var buffer: [1024]u8 = undefined;
    // The client shows the lines as they come.
    var stream = cx.events.writer(&buffer);
    for (changes, 0..) |change, index| {
        const end = if (index + 1 < changes.len) "\n" else "";
        try answer.writer.print("{f}{s}", .{ change, end });
        try stream.interface.print("{f}{s}", .{ change, end });
    }
    try stream.interface.flush();
    return answer.written();
}

test {
    _ = @import("tests.zig");
    _ = @import("diff_tests.zig");
    _ = @import("number.zig");
}
