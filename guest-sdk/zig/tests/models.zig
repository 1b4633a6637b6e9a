//! Asking models.

const std = @import("std");
const expect = std.testing.expect;
const expectEqual = std.testing.expectEqual;
const expectEqualDeep = std.testing.expectEqualDeep;
const expectEqualStrings = std.testing.expectEqualStrings;
const expectError = std.testing.expectError;

const rak = @import("../src/rak.zig");
const FakeHost = rak.testing.FakeHost;
const ModelAnswer = rak.testing.ModelAnswer;

/// Answers what it was told last, with a thought first, in three seconds.
fn polite(cx: *rak.Context, contents: []const rak.Content, _: rak.ModelOptions) !ModelAnswer {
    try cx.sleep(.fromSeconds(3));
    const asked = try contents[contents.len - 1].text(cx.allocator);
    const parts = try cx.content(&.{ .{ .thought = "hm" }, .{ .text = try cx.print("{s} indeed", .{asked}) } });
    return .{ .parts = parts.parts, .usage = .{ .input_tokens = 3, .output_tokens = 4 } };
}

fn lengths(cx: *rak.Context, texts: []const []const u8) ![]const []const f32 {
    try cx.sleep(.fromSeconds(1));
    const vectors = try cx.allocator.alloc([]const f32, texts.len);
    for (texts, vectors) |text, *vector| {
        vector.* = try cx.allocator.dupe(f32, &.{ @floatFromInt(text.len), 0.5 });
    }
    return vectors;
}

fn list(cx: *rak.Context, _: []const u8) !void {
    try expectEqualDeep(@as([]const rak.ModelSummary, &.{
        .{ .name = "polite", .description = "Answers in whole sentences." },
        .{ .name = "alpha", .extra = .literal(.{1}) },
        .{ .name = "zeta" },
    }), try cx.models.available());
}

test "available models come by alias, the default one first" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite", .description = "Answers in whole sentences." }, polite);
    try host.model(.{ .name = "zeta" }, &.{});
    try host.model(.{ .name = "alpha", .extra = .literal(.{1}) }, &.{});
    _ = try (try host.run(list, "")).outcome();
}

const how: rak.ModelOptions = .{
    .model = "polite",
    .system = "Be brief.",
    .tools = &.{.{ .name = "add", .description = "Adds.", .parameters = .literal(.{}) }},
    .tool_choice = .{ .named = "add" },
    .max_output_tokens = 9,
    .temperature = 0.5,
    .stop = &.{"."},
    .response_schema = .literal(true),
    .relay = .text,
    .extra = .literal(.{ .seed = 1 }),
};
const conversation: []const rak.Content = &.{
    .{ .role = "user", .parts = &.{.{ .text = "a" }} },
    .{ .parts = &.{.{ .text = "b" }} },
    .{ .role = "user", .parts = &.{.{ .text = "c" }} },
};

fn askTwice(cx: *rak.Context, text: []const u8) !void {
    try expectEqualDeep(rak.ModelResponse{
        .model = "polite",
        .content = .{ .parts = &.{ .{ .thought = "hm" }, .{ .text = "so it is indeed" } } },
        .finish = .stop,
        .usage = .{ .input_tokens = 3, .output_tokens = 4 },
    }, try cx.models.complete(text, .{}));
    const second = try cx.models.completeContents(conversation, how);
    try expectEqualStrings("c indeed", try second.text(cx.allocator));
}

test "a model answers, and what it was asked is kept" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    const result = try host.run(askTwice, "so it is");
    _ = try result.outcome();
    try expectEqual(6, result.slept.toSeconds());
    const said: rak.Content = .{ .role = "user", .parts = &.{.{ .text = "so it is" }} };
    try expectEqualDeep(@as([]const rak.testing.ModelCall, &.{
        .{ .model = "polite", .contents = &.{said}, .options = .{} },
        .{ .model = "polite", .contents = conversation, .options = how },
    }), result.model_calls);
}

fn callFunctions(cx: *rak.Context, text: []const u8) ![]const u8 {
    const asked: rak.Content = .{ .role = rak.role.user, .parts = &.{.{ .text = text }} };
    const first = try cx.models.completeContents(&.{asked}, .{});
    const calls = try first.functionCalls(cx.allocator);
    try expectEqual(.function_calls, first.finish);
    try expectEqual(1, calls.len);
    const told: rak.Content = .{ .role = rak.role.function, .parts = &.{.{ .function_response = .{
        .id = calls[0].id,
        .name = calls[0].name,
        .response = .literal(3),
    } }} };
    const second = try cx.models.completeContents(&.{ asked, first.content, told }, .{});
    try expectEqual(0, (try second.functionCalls(cx.allocator)).len);
    return second.text(cx.allocator);
}

test "a model wants functions called" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const call: rak.FunctionCall = .{ .id = "1", .name = "add", .args = .literal(.{}) };
    try host.model(.{ .name = "small" }, &.{
        .{ .text = "Let me see.", .parts = &.{.{ .function_call = call }} },
        .{ .text = "three" },
    });
    // Each run begins with the first answer.
    for (0..2) |_| try expectEqualStrings("three", try (try host.run(callFunctions, "add, please")).answer());
    const result = try host.run(callFunctions, "add, please");
    try expectEqual(3, result.model_calls[1].contents.len);
    try expectEqualStrings("1", result.model_calls[1].contents[2].parts[0].function_response.id);
}

fn readMood(cx: *rak.Context, _: []const u8) !void {
    const Mood = struct { mood: []const u8 };
    const mood = try cx.models.parse(Mood, try cx.models.complete("How is it?", .{}));
    try expectEqualStrings("good", mood.mood);
    try expectError(error.Failed, cx.models.parse(Mood, try cx.models.complete("How is it?", .{})));
    try expect(std.mem.find(u8, cx.failure(error.Failed).?.message, "small") != null);
}

test "a structured answer is read" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.model(.{ .name = "small" }, &.{ .{ .text = "{\"mood\":\"good\"}" }, .{ .text = "good" } });
    _ = try (try host.run(readMood, "")).outcome();
}

fn stream(cx: *rak.Context, text: []const u8) !void {
    const completion = try cx.models.open(text, .{});
    defer completion.deinit();
    var all: std.ArrayList(rak.Delta) = .empty;
    while (try completion.next()) |deltas| try all.appendSlice(cx.allocator, deltas);
    try expectEqualDeep(
        @as([]const rak.Delta, &.{ .{ .thought = "hm" }, .{ .text = "so " }, .{ .text = "indeed" } }),
        all.items,
    );
    try expectEqual(null, try completion.next());
    try expectEqualDeep(try completion.finish(), try completion.finish());
}

test "an answer is read as it comes" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    const result = try host.run(stream, "so");
    _ = try result.outcome();
    try expectEqual(3, result.slept.toSeconds());
    try expectEqual(0, result.events.len);
    try expect(!result.model_calls[0].cancelled);
}

const call_delta: rak.Delta = .{ .function_call = .{ .id = "1", .name = "add", .args = .literal(.{}) } };
const own_deltas: []const rak.Delta = &.{ .{ .text = "a" }, .{ .text = "b" }, call_delta, .{ .other = .literal(1) } };

fn readOwn(cx: *rak.Context, _: []const u8) !void {
    const completion = try cx.models.openContents(conversation, .{});
    defer completion.deinit();
    try expectEqualDeep(own_deltas, (try completion.next()).?);
    try expectEqual(null, try completion.next());
}

test "deltas are what the test says" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.model(.{ .name = "small" }, &.{.{ .text = "ab", .deltas = own_deltas }});
    _ = try (try host.run(readOwn, "")).outcome();
}

fn waitBeside(cx: *rak.Context, text: []const u8) !void {
    const completion = try cx.models.open(text, .{});
    defer completion.deinit();
    const written = completion.waitable();
    defer written.deinit();
    const all = [_]rak.Waitable{ written, cx.timer(.fromMilliseconds(1500)) };
    try expect(!written.ready());
    try std.testing.expectEqualSlices(u32, &.{0}, try cx.waitAny(&all, null));
    try expectEqual(1, (try completion.next()).?.len);
    // It is ready again with the next delta.
    try std.testing.expectEqualSlices(u32, &.{1}, try cx.waitAny(&all, null));
    try std.testing.expectEqualSlices(u32, &.{0}, try cx.waitAny(all[0..1], null));
}

test "an answer is waited for beside other things" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    const result = try host.run(waitBeside, "so");
    _ = try result.outcome();
    try expectEqual(2, result.slept.toSeconds());
}

fn giveUp(cx: *rak.Context, text: []const u8) !void {
    const completion = try cx.models.open(text, .{});
    defer completion.deinit();
    try cx.sleep(.fromSeconds(1));
    completion.cancel();
    try expect(completion.waitable().ready());
    try expectEqual(1, (try completion.next()).?.len);
    try expectError(error.Failed, completion.next());
    try expectError(error.Failed, completion.finish());
    try expectEqualStrings("cancelled", cx.failure(error.Failed).?.code.?);
    (try cx.models.open(text, .{})).deinit();
    _ = try cx.models.open(text, .{});
}

test "an answer is given up" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    const result = try host.run(giveUp, "so");
    _ = try result.outcome();
    try expectEqual(1, result.slept.toSeconds());
    try expectEqual(3, result.model_calls.len);
    for (result.model_calls) |call| try expect(call.cancelled);
}

fn relayed(cx: *rak.Context, relay: []const u8) !void {
    const completion = try cx.models.open("so", .{ .relay = std.meta.stringToEnum(rak.Relay, relay).? });
    defer completion.deinit();
    try cx.sleep(.fromSeconds(2));
    try cx.events.progress(.{ .message = "still at it" });
    _ = try completion.finish();
}

test "an answer is relayed" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    const progress: rak.Event = .{ .progress = .{ .message = "still at it" } };
    const thought: rak.Event = .{ .thought_delta = "hm" };
    const so: rak.Event = .{ .text_delta = "so " };
    const indeed: rak.Event = .{ .text_delta = "indeed" };
    const off: []const rak.Event = &.{progress};
    try expectEqualDeep(off, (try host.run(relayed, "off")).events);
    const text: []const rak.Event = &.{ so, progress, indeed };
    try expectEqualDeep(text, (try host.run(relayed, "text")).events);
    const all: []const rak.Event = &.{ thought, so, progress, indeed };
    try expectEqualDeep(all, (try host.run(relayed, "all")).events);
    // What is not written when the run ends is not shown.
    host.cancelAfter(.fromSeconds(1));
    const begun: []const rak.Event = &.{thought};
    try expectEqualDeep(begun, (try host.run(relayed, "all")).events);
}

fn isSlow(cx: *rak.Context, _: []const rak.Content, _: rak.ModelOptions) ![]const u8 {
    return cx.fail(.{ .kind = .deadline_exceeded, .message = "silent for too long" });
}

fn breaks(_: *rak.Context, _: []const rak.Content, _: rak.ModelOptions) ![]const u8 {
    return error.OutOfPaper;
}

fn readFailures(cx: *rak.Context, _: []const u8) !void {
    try expectError(error.RateLimited, cx.models.complete("a", .{}));
    try expectEqualStrings("not now", cx.failure(error.RateLimited).?.message);
    try expectError(error.DeadlineExceeded, cx.models.complete("a", .{ .model = "slow" }));
    try expect(!cx.isCancelled());
    try expectError(error.Failed, cx.models.complete("a", .{ .model = "broken" }));
    try expectEqualStrings("OutOfPaper", cx.failure(error.Failed).?.message);
    try expectError(error.NotFound, cx.models.complete("a", .{ .model = "large" }));
    try expectEqualStrings(
        "no model is called `large`; there is `small`, `slow`, `broken`",
        cx.failure(error.NotFound).?.message,
    );
    try expectError(error.NotFound, cx.models.open("a", .{ .model = "large" }));
    try expectError(error.NotFound, cx.models.embed("large", &.{"a"}));
}

fn askNobody(cx: *rak.Context, _: []const u8) !void {
    try expectEqual(0, (try cx.models.available()).len);
    _ = try cx.models.complete("a", .{});
}

test "a model that does not answer is a failure" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectEqualStrings("there is no model", (try (try host.run(askNobody, "")).failure()).message);
    try host.model(.{ .name = "small" }, &.{.{ .failure = .{ .kind = .rate_limited, .message = "not now" } }});
    try host.modelFunction(.{ .name = "slow" }, isSlow);
    try host.modelFunction(.{ .name = "broken" }, breaks);
    const result = try host.run(readFailures, "");
    _ = try result.outcome();
    try expectEqual(3, result.model_calls.len);
}

fn readBroken(cx: *rak.Context, _: []const u8) !void {
    const completion = try cx.models.open("Tell me more.", .{});
    defer completion.deinit();
    try expectEqualStrings("Once upon", (try completion.next()).?[0].text);
    try expectError(error.Unavailable, completion.next());
    try expect(cx.isInterrupted(error.Unavailable));
    try expectError(error.Unavailable, cx.models.complete("Tell me more.", .{}));
    try expect(!cx.isInterrupted(error.Unavailable));
}

test "an answer that breaks off says so" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.model(.{ .name = "small" }, &.{
        .{
            .deltas = &.{.{ .text = "Once upon" }},
            .failure = .{ .kind = .unavailable, .code = "interrupted", .message = "the host ended" },
        },
        .{ .failure = .{ .kind = .unavailable, .message = "down" } },
    });
    _ = try (try host.run(readBroken, "")).outcome();
}

test "a question that the test has no answer for is a mistake of the test" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.model(.{ .name = "small" }, &.{.{ .text = "one" }});
    const invocation = try host.arena.allocator().create(@import("../src/testing/Invocation.zig"));
    invocation.* = try .init(host.arena.allocator(), &host);
    var shared = invocation.shared();
    var cx: rak.Context = .init(&shared);
    _ = try cx.models.complete("a", .{});
    try expectError(error.Failed, cx.models.complete("b", .{}));
    try expectEqualStrings("the model `small` has no answer left, and is asked", invocation.advisers.mistake.?);
}

fn embedTwice(cx: *rak.Context, _: []const u8) !void {
    const embeddings = try cx.models.embed(null, &.{ "abc", "" });
    const vectors: []const []const f32 = &.{ &.{ 3, 0.5 }, &.{ 0, 0.5 } };
    try expectEqualDeep(rak.Embeddings{ .model = "polite", .vectors = vectors, .usage = .{} }, embeddings);
    try expectError(error.Unsupported, cx.models.embed("small", &.{"abc"}));
}

test "texts become vectors" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectError(error.NoModel, host.embeds(lengths));
    try host.modelFunction(.{ .name = "polite" }, polite);
    try host.embeds(lengths);
    try host.model(.{ .name = "small" }, &.{});
    const result = try host.run(embedTwice, "");
    _ = try result.outcome();
    try expectEqual(1, result.slept.toSeconds());
    try expectEqualDeep(@as([]const rak.testing.EmbedCall, &.{
        .{ .model = "polite", .texts = &.{ "abc", "" } },
        .{ .model = "small", .texts = &.{"abc"} },
    }), result.embed_calls);
}

fn ask(cx: *rak.Context, text: []const u8) !void {
    _ = try cx.models.complete(text, .{});
}

fn wantVectors(cx: *rak.Context, text: []const u8) !void {
    _ = try cx.models.embed(null, &.{text});
}

test "a cancelled or late run waits for no model" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    try host.embeds(lengths);
    host.deadline(.fromSeconds(2));
    try expectEqual(.deadline_exceeded, (try (try host.run(ask, "a")).failure()).kind);
    host.cancelAfter(.fromSeconds(1));
    const cancelled = try host.run(ask, "a");
    try expectEqual(.cancelled, (try cancelled.failure()).kind);
    try expectEqual(1, cancelled.slept.toSeconds());
    try expect(cancelled.model_calls[0].cancelled);
    try expectEqual(.cancelled, (try (try host.run(wantVectors, "a")).failure()).kind);
    host.cancelAfterCalls(0);
    const early = try host.run(ask, "a");
    try expectEqual(.cancelled, (try early.failure()).kind);
    try expectEqual(0, early.model_calls.len);
}

fn countCalls(cx: *rak.Context, _: []const u8) !void {
    _ = try cx.models.available();
    const completion = try cx.models.open("a", .{});
    _ = try completion.next();
    _ = try completion.finish();
    completion.cancel();
    _ = completion.waitable();
    _ = try cx.models.embed(null, &.{"a"});
    _ = try cx.models.complete("a", .{});
}

test "every call counts" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "polite" }, polite);
    try host.embeds(lengths);
    host.cancelAfterCalls(8);
    _ = try (try host.run(countCalls, "")).outcome();
    host.cancelAfterCalls(7);
    try expectEqual(.cancelled, (try (try host.run(countCalls, "")).failure()).kind);
}
