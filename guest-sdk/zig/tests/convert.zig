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

test "a request asks for everything" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const content: rak.Content = .{ .role = "user", .parts = &.{.{ .text = "hi" }} };
    const full = try lower.modelRequest(arena.allocator(), &.{content}, .{
        .model = "small",
        .system = "Be brief.",
        .tools = &.{.{ .name = "add", .description = "Adds.", .parameters = .raw("{}") }},
        .tool_choice = .{ .named = "add" },
        .max_output_tokens = 9,
        .temperature = 0.5,
        .stop = &.{ ".", "!" },
        .response_schema = .raw("true"),
        .relay = .all,
        .extra = .raw("[1]"),
    });
    try std.testing.expectEqualStrings("small", full.model.get().?.slice());
    try std.testing.expectEqualStrings("Be brief.", full.system.get().?.slice());
    try std.testing.expectEqualDeep(content, try lift.content(arena.allocator(), full.contents.slice()[0]));
    try std.testing.expectEqualStrings("add", full.tools.slice()[0].name.slice());
    try std.testing.expectEqualStrings("Adds.", full.tools.slice()[0].description.slice());
    try std.testing.expectEqualStrings("{}", full.tools.slice()[0].parameters.slice());
    try std.testing.expectEqual(.named, full.tool_choice.tag);
    try std.testing.expectEqualStrings("add", full.tool_choice.value.named.slice());
    try std.testing.expectEqual(9, full.max_output_tokens.get());
    try std.testing.expectEqual(0.5, full.temperature.get());
    try std.testing.expectEqualStrings("!", full.stop.slice()[1].slice());
    try std.testing.expectEqualStrings("true", full.response_schema.get().?.slice());
    try std.testing.expectEqual(2, full.relay);
    try std.testing.expectEqualStrings("[1]", full.extra.get().?.slice());

    const bare = try lower.modelRequest(arena.allocator(), &.{}, .{});
    try std.testing.expectEqual(null, bare.model.get());
    try std.testing.expectEqual(null, bare.max_output_tokens.get());
    try std.testing.expectEqual(null, bare.temperature.get());
    try std.testing.expectEqual(.auto, bare.tool_choice.tag);
    try std.testing.expectEqual(0, bare.relay);
    for ([_]rak.ToolChoice{ .none, .required }, [_]abi.ToolChoice.Tag{ .none, .required }) |choice, tag| {
        const lowered = try lower.modelRequest(arena.allocator(), &.{}, .{ .tool_choice = choice });
        try std.testing.expectEqual(tag, lowered.tool_choice.tag);
    }
}

const bare_usage: abi.Usage = .{
    .input_tokens = 1,
    .output_tokens = 2,
    .cached_tokens = 3,
    .thought_tokens = 4,
    .extra = .some(.of("[1]")),
};
const usage: rak.Usage = .{
    .input_tokens = 1,
    .output_tokens = 2,
    .cached_tokens = 3,
    .thought_tokens = 4,
    .extra = .raw("[1]"),
};

test "a response has what the model answered" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const content: rak.Content = .{ .parts = &.{.{ .text = "hi" }} };
    const pairs = [_]struct { abi.FinishReason, rak.FinishReason }{
        .{ .{ .tag = .stop, .value = undefined }, .stop },
        .{ .{ .tag = .length, .value = undefined }, .length },
        .{ .{ .tag = .function_calls, .value = undefined }, .function_calls },
        .{ .{ .tag = .filtered, .value = undefined }, .filtered },
        .{ .{ .tag = .other, .value = .{ .other = .of("bored") } }, .{ .other = "bored" } },
    };
    for (pairs) |pair| {
        const response = try lift.modelResponse(arena.allocator(), .{
            .model = .of("small-1"),
            .content = try lower.content(arena.allocator(), content),
            .finish = pair[0],
            .usage = bare_usage,
            .extra = .some(.of("{}")),
        });
        try std.testing.expectEqualDeep(rak.ModelResponse{
            .model = "small-1",
            .content = content,
            .finish = pair[1],
            .usage = usage,
            .extra = .raw("{}"),
        }, response);
    }
    const summaries = try lift.modelSummaries(arena.allocator(), .of(&.{
        .{ .name = .of("small"), .description = .of("Quick."), .extra = .some(.of("1")) },
    }));
    try std.testing.expectEqualDeep(@as([]const rak.ModelSummary, &.{
        .{ .name = "small", .description = "Quick.", .extra = .raw("1") },
    }), summaries);
}

test "each delta is what the model wrote" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const call: abi.FunctionCall = .{ .id = .of("1"), .name = .of("add"), .args = .of("{}") };
    const deltas = try lift.deltas(arena.allocator(), .of(&.{
        .{ .tag = .text, .value = .{ .text = .of("a") } },
        .{ .tag = .thought, .value = .{ .thought = .of("b") } },
        .{ .tag = .function_call, .value = .{ .function_call = call } },
        .{ .tag = .other, .value = .{ .other = .of("[1]") } },
    }));
    try std.testing.expectEqualDeep(@as([]const rak.Delta, &.{
        .{ .text = "a" },
        .{ .thought = "b" },
        .{ .function_call = .{ .id = "1", .name = "add", .args = .raw("{}") } },
        .{ .other = .raw("[1]") },
    }), deltas);
}

test "vectors come as they are" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const embeddings = try lift.embeddings(arena.allocator(), .{
        .model = .of("small-1"),
        .vectors = .of(&.{ .of(&.{ 0.5, 1 }), .of(&.{}) }),
        .usage = bare_usage,
        .extra = .none,
    });
    try std.testing.expectEqualDeep(rak.Embeddings{
        .model = "small-1",
        .vectors = &.{ &.{ 0.5, 1 }, &.{} },
        .usage = usage,
    }, embeddings);
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

test "a request has what the agent asks" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const full = try lower.httpRequest(arena.allocator(), "https://a", .{
        .method = "PUT",
        .headers = &.{.{ .name = "X-A", .value = "b" }},
        .body = "c",
        .credential = "d",
        .timeout = .fromNanoseconds(1_500_000),
        .follow_redirects = false,
        .extra = .raw("1"),
    });
    try std.testing.expectEqualStrings("PUT", full.method.slice());
    try std.testing.expectEqualStrings("https://a", full.url.slice());
    try std.testing.expectEqualStrings("X-A", full.headers.slice()[0].name.slice());
    try std.testing.expectEqualStrings("b", full.headers.slice()[0].value.slice());
    try std.testing.expectEqualStrings("c", full.body.slice());
    try std.testing.expectEqualStrings("d", full.credential.get().?.slice());
    try std.testing.expectEqual(2, full.timeout_ms.get());
    try std.testing.expect(!full.follow_redirects);
    try std.testing.expectEqualStrings("1", full.extra.get().?.slice());
    const bare = try lower.httpRequest(arena.allocator(), "https://a", .{});
    try std.testing.expectEqualStrings("GET", bare.method.slice());
    try std.testing.expect(bare.follow_redirects and !bare.credential.is_some and !bare.timeout_ms.is_some);
}

test "an answer's beginning and a version have what the host says" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const head = try lift.httpHead(arena.allocator(), .{
        .status = 404,
        .url = .of("https://a"),
        .headers = .of(&.{.{ .name = .of("x-a"), .value = .of("b") }}),
        .extra = .some(.of("{}")),
    });
    try std.testing.expectEqualDeep(rak.HttpHead{
        .status = 404,
        .url = "https://a",
        .headers = &.{.{ .name = "x-a", .value = "b" }},
        .extra = .raw("{}"),
    }, head);
    const infos = try lift.artifactInfos(arena.allocator(), .of(&.{.{
        .name = .of("user:a"),
        .version = 2,
        .mime_type = .of("text/plain"),
        .size = 3,
        .created_at_ms = 1500,
        .extra = .some(.of("[1]")),
    }}));
    try std.testing.expectEqualDeep(@as([]const rak.ArtifactInfo, &.{.{
        .name = "user:a",
        .version = 2,
        .mime_type = "text/plain",
        .size = 3,
        .created_at = .{ .nanoseconds = 1500 * std.time.ns_per_ms },
        .extra = .raw("[1]"),
    }}), infos);
}
