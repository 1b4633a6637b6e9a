//! The way of values to the contract's types and back.

const std = @import("std");

const abi = @import("../src/guest/abi.zig");
const lift = @import("../src/guest/lift.zig");
const lower = @import("../src/guest/lower.zig");
const rak = @import("../src/rak.zig");

test "every part survives the way there and back" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const content: rak.Content = .{ .role = "model", .parts = &.{
        .{ .text = "text" },
        .{ .text = "" },
        .{ .thought = "hm" },
        .{ .inline_data = .{ .mime_type = "image/png", .data = &.{ 0, 255 } } },
        .{ .file_data = .{ .uri = "s3://a", .mime_type = "text/plain" } },
        .{ .file_data = .{ .uri = "s3://b" } },
        .{ .function_call = .{ .id = "1", .name = "look", .args = .raw("{\"q\":\"ü\"}") } },
        .{ .function_response = .{ .id = "1", .name = "look", .response = .raw("[1.5,null]"), .failed = true } },
        .{ .other = .{ .name = "card", .value = .raw("\"x\"") } },
    } };
    const there = try lower.content(arena.allocator(), content);
    try std.testing.expectEqualDeep(content, try lift.content(arena.allocator(), there));
}

test "failures survive the way there and back" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    for (std.enums.values(rak.FailureKind)) |kind| {
        const full: rak.Failure = .{
            .kind = kind,
            .code = "own",
            .message = "why",
            .retry_after = .fromMilliseconds(1500),
            .details = .raw("{\"a\":[1]}"),
        };
        for ([_]rak.Failure{ full, .{ .kind = kind, .message = "" } }) |failure| {
            const there = try lower.failure(arena.allocator(), failure);
            try std.testing.expectEqualDeep(failure, lift.failure(there));
        }
    }
}

test "text that is no UTF-8 is made some" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const bad = try lower.string(arena.allocator(), "a\xffb");
    try std.testing.expectEqualStrings("a\u{fffd}b", bad.slice());
    const good = try lower.string(arena.allocator(), "aüb");
    try std.testing.expectEqualStrings("aüb", good.slice());
}

test "an outcome and a descriptor carry everything" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const outcome = try lower.outcome(arena.allocator(), .{
        .content = .{ .parts = &.{.{ .text = "x" }} },
        .escalate = true,
        .transfer_to = "b",
        .extra = .null,
    });
    try std.testing.expectEqualStrings("model", outcome.content.get().?.role.slice());
    try std.testing.expectEqualStrings("b", outcome.transfer_to.get().?.slice());
    try std.testing.expectEqualStrings("null", outcome.extra.get().?.slice());
    try std.testing.expect(outcome.escalate);
    const descriptor = try lower.descriptor(arena.allocator(), .{
        .name = "a",
        .skills = &.{.{ .id = "i", .name = "n", .tags = &.{ "t", "u" } }},
    });
    try std.testing.expectEqualStrings("u", descriptor.skills.slice()[0].tags.slice()[1].slice());
    try std.testing.expectEqual(null, descriptor.input_schema.get());
}

test "entries have a time" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const entry: abi.Entry = .{
        .seq = 7,
        .author = .of("user"),
        .content = try lower.content(arena.allocator(), .{}),
        .at_ms = 1500,
    };
    const page = try lift.page(arena.allocator(), .{ .entries = .of(&.{entry}), .next = .some(7) });
    try std.testing.expectEqual(1500, page.entries[0].at.toMilliseconds());
    try std.testing.expectEqual(7, page.next);
}

test "a reply has what the agent answered" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const content: rak.Content = .{ .parts = &.{.{ .text = "hi" }} };
    const full = try lift.agentReply(arena.allocator(), .{
        .invocation_id = .of("i"),
        .content = .some(try lower.content(arena.allocator(), content)),
        .escalate = true,
        .transfer_to = .some(.of("b")),
        .extra = .some(.of("[1]")),
    });
    try std.testing.expectEqualDeep(rak.Reply{
        .invocation_id = "i",
        .content = content,
        .escalate = true,
        .transfer_to = "b",
        .extra = .raw("[1]"),
    }, full);
    const summaries = try lift.summaries(arena.allocator(), .of(&.{.{
        .name = .of("a"),
        .description = .of("Adds."),
        .version = .of("1.0.0"),
        .input_schema = .some(.of("{}")),
        .extra = .none,
    }}));
    try std.testing.expectEqualDeep(@as([]const rak.AgentSummary, &.{
        .{ .name = "a", .description = "Adds.", .version = "1.0.0", .input_schema = .raw("{}") },
    }), summaries);
}

test "a tool has each hint" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const pairs = [_]struct { abi.Hints, rak.Hints }{
        .{ .{}, .{} },
        .{ .{ .read_only = true }, .{ .read_only = true } },
        .{ .{ .destructive = true }, .{ .destructive = true } },
        .{ .{ .idempotent = true }, .{ .idempotent = true } },
        .{ .{ .open_world = true }, .{ .open_world = true } },
        .{ .{ .needs_approval = true }, .{ .needs_approval = true } },
    };
    for (pairs) |pair| {
        const tools = try lift.tools(arena.allocator(), .of(&.{.{
            .name = .of("f"),
            .description = .of("Does."),
            .parameters = .of("{}"),
            .hints = pair[0],
            .extra = .some(.of("1")),
        }}));
        try std.testing.expectEqualDeep(@as([]const rak.Tool, &.{
            .{ .name = "f", .description = "Does.", .parameters = .raw("{}"), .hints = pair[1], .extra = .raw("1") },
        }), tools);
    }
}

test "a decision has what the person said" {
    const full = lift.decision(.{
        .approved = true,
        .by = .some(.of("ada")),
        .reason = .some(.of("why")),
        .edited = .some(.of("{\"n\":2}")),
    });
    try std.testing.expectEqualDeep(rak.Decision{
        .approved = true,
        .by = "ada",
        .reason = "why",
        .edited = .raw("{\"n\":2}"),
    }, full);
    const bare = lift.decision(.{ .approved = false, .by = .none, .reason = .none, .edited = .none });
    try std.testing.expectEqualDeep(rak.Decision{ .approved = false }, bare);
}
