//! What of the behaviours can be seen without a host.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;
const rak = @import("rak");

const run = @import("agent.zig").run;

test "answers" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.config("a", .{ .b = 1 });
    try host.state("n", 7);
    try host.said("user", "one");
    try host.said("conformance", "two");
    const answers = [_][2][]const u8{
        .{ "answer x  y", "x  y" },
        .{ "answer", "" },
        .{ "events", "2" },
        .{ "progress", "done" },
        .{ "bytes 3", "xxx" },
        .{ "set k {\"a\": 1}", "set" },
        .{ "get n", "7" },
        .{ "get k", "none" },
        .{ "remove n", "removed" },
        .{ "keys ", "n" },
        .{ "keys x", "" },
        .{ "history 1", "conformance: two" },
        .{ "pages 1", "user: one\nconformance: two" },
        .{ "config-keys", "a" },
        .{ "config a", "{\"b\":1}" },
        .{ "config b", "none" },
        .{ "remaining", "none" },
        .{ "sleep 5", "slept" },
        .{ "any", "1" },
        .{ "timeout", "none" },
        .{ "block", "ready" },
        .{ "wait", "slept" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
    }
}

test "asks people" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.decides(.{ .approved = true, .by = "ada", .edited = .literal(.{ .n = 2 }) });
    const approved = try host.run(run, "approve 0 {\"n\":1}");
    const decision = "{\"approved\":true,\"by\":\"ada\",\"reason\":null,\"edited\":{\"n\":2}}";
    try expectEqualStrings(decision, try approved.answer());
    try expectEqual(null, approved.questions[0].expires_in);
    host.replies.clearRetainingCapacity();
    try expectEqualStrings("deadline-exceeded expired", try (try host.run(run, "expired")).answer());
    try expectEqualStrings("none", try (try host.run(run, "message 5")).answer());
    try host.answers([_]u16{ 1, 2 });
    try host.message("hi");
    try expectEqualStrings("[1,2]", try (try host.run(run, "ask 9 {}")).answer());
    try expectEqualStrings("hi", try (try host.run(run, "message ever")).answer());
}

fn sleeper(cx: *rak.Context, text: []const u8) ![]const u8 {
    const ms = if (std.mem.startsWith(u8, text, "sleep ")) try std.fmt.parseInt(i64, text["sleep ".len..], 10) else 5;
    try cx.sleep(.fromMilliseconds(ms));
    return cx.print("slept {s}", .{text});
}

test "calls agents" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.agent(.{ .name = "other" }, sleeper);
    const answers = [_][2][]const u8{
        .{ "agents", "other" },
        .{ "call other a b", "{\"answer\":\"slept a b\",\"escalate\":false,\"transferTo\":null,\"extra\":null}" },
        .{ "call-in s other a b", "slept a b" },
        .{ "call-fails 1 other a", "deadline-exceeded timed_out" },
        .{ "call-fails 0 nobody a", "not-found -" },
        .{ "fan other x", "slept x 1,slept x 2,slept x 3" },
        .{ "race other", "1 slept sleep 1" },
        .{ "drop other", "child-1" },
        .{ "detach other x", "child-1" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
    }
}

fn double(_: *rak.Context, args: struct { n: i64 }) i64 {
    return args.n * 2;
}

test "uses tools" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.tool(.{ .name = "double", .hints = .{ .read_only = true, .idempotent = true } }, double);
    const answers = [_][2][]const u8{
        .{ "tools", "double" },
        .{ "hints double", "read-only,idempotent" },
        .{ "tool double {\"n\":2}", "{\"response\":4,\"failed\":false}" },
        .{ "tool-fails double {}", "invalid-argument -" },
        .{ "tool-start double {\"n\": 3}", "{\"response\":6,\"failed\":false}" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
    }
    const one = "{\"response\":2,\"failed\":false}";
    const all = try host.run(run, "tool-all double {\"n\":1}");
    try expectEqualStrings("[" ++ one ++ "," ++ one ++ "," ++ one ++ "]", try all.answer());
}

fn small(_: *rak.Context, contents: []const rak.Content, _: rak.ModelOptions) rak.testing.ModelAnswer {
    const asked = contents[0].parts[0].text;
    var answer: rak.testing.ModelAnswer = .{
        .text = "what?",
        .usage = .{ .input_tokens = 3, .output_tokens = 4 },
    };
    if (std.mem.eql(u8, asked, "mood")) answer.text = "{\"mood\": \"good\"}";
    if (std.mem.eql(u8, asked, "hello")) {
        answer.text = null;
        answer.parts = &.{ .{ .thought = "hm" }, .{ .text = "good day to you" } };
    }
    return answer;
}

fn vectors(_: *rak.Context, _: []const []const u8) []const []const f32 {
    return &.{ &.{ 0.5, 0, 1 }, &.{ 0, 0, 0 } };
}

test "asks models" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.modelFunction(.{ .name = "small" }, small);
    try host.embeds(vectors);
    const call: rak.FunctionCall = .{ .id = "1", .name = "add", .args = .raw("{\"a\": 1, \"b\": 2}") };
    try host.model(.{ .name = "caller" }, &.{ .{ .parts = &.{.{ .function_call = call }} }, .{ .text = "so it is" } });
    try host.model(.{ .name = "broken" }, &.{.{ .failure = .{ .kind = .unavailable, .message = "nobody is there" } }});
    const answers = [_][2][]const u8{
        .{ "models", "small,broken,caller" },
        .{ "complete - hello", "{\"text\":\"good day to you\",\"finish\":\"stop\",\"input\":3,\"output\":4}" },
        .{ "complete small a b", "{\"text\":\"what?\",\"finish\":\"stop\",\"input\":3,\"output\":4}" },
        .{ "relay hello", "good day to you" },
        .{ "deltas hello", "good day to you" },
        .{ "drop-model hello", "dropped" },
        .{ "function", "{\"a\":1,\"b\":2} so it is" },
        .{ "structured mood", "{\"mood\":\"good\"}" },
        .{ "model-fails broken hi", "unavailable -" },
        .{ "model-fails nobody hi", "not-found -" },
        .{ "embed hello", "3,3,0.5" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
    }
    for ([_][]const u8{ "relay hello", "deltas hello" }) |name| {
        const result = try host.run(run, name);
        try expectEqualStrings("hm", result.events[0].thought_delta);
        try expectEqualStrings("good day to you", try result.streamed());
    }
}

fn echo(cx: *rak.Context, _: []const u8, options: rak.HttpOptions) ![]const u8 {
    const sent = for (options.headers) |header| {
        if (std.ascii.eqlIgnoreCase(header.name, "X-Sent")) break header.value;
    } else "-";
    return cx.print("{s} {s} {s}", .{ options.method, sent, options.body });
}

test "asks the web" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const kind: std.http.Header = .{ .name = "x-kind", .value = "greeting" };
    try host.http("GET", "http://a/hello", .{ .headers = &.{kind}, .text = "hello" });
    try host.httpFunction("POST", "http://a/echo", echo);
    try host.http("GET", "http://a/missing", .{ .status = 404, .text = "nothing here" });
    const place: std.http.Header = .{ .name = "location", .value = "/hello" };
    try host.http("GET", "http://a/away", .{ .status = 302, .headers = &.{place} });
    try host.http("GET", "http://a/pieces", .{ .pieces = &.{ "one", "two", "three" } });
    const answers = [_][2][]const u8{
        .{ "http GET http://a/hello", "200 hello" },
        .{ "http GET http://a/missing", "404 nothing here" },
        .{ "http-send http://a/echo a b", "200 POST 1 a b" },
        .{ "http-header http://a/hello", "greeting" },
        .{ "http-stays http://a/away", "302 true" },
        .{ "http-stream http://a/pieces", "200 onetwothree" },
        .{ "http-two http://a/hello http://a/pieces", "hello,onetwothree" },
        .{ "http-drop http://a/hello", "dropped" },
        .{ "http-fails GET http://b", "denied -" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
    }
    const secret = try host.run(run, "http-secret http://a/hello");
    try expectEqualStrings("sesame", secret.http_calls[0].options.credential.?);
    const streamed = try host.run(run, "http-stream http://a/pieces");
    try expectEqual(3, (try streamed.textDeltas()).len);
}

test "keeps files" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const answers = [_][2][]const u8{
        .{ "artifact-load notes/today.txt", "none" },
        .{ "artifact one", "1" },
        .{ "artifact a b", "2" },
        .{ "artifact-load notes/today.txt", "text/plain a b" },
        .{ "artifact-version notes/today.txt 1", "text/plain one" },
        .{ "artifact-version notes/today.txt 3", "none" },
        .{ "artifact-bytes", "0001feff" },
        .{ "artifact-pieces", "one t|wo th|ree" },
        .{ "artifacts", "long.txt@1:13,notes/today.txt@2:3,user:raw.bin@1:4" },
        .{ "artifacts notes/", "notes/today.txt@2:3" },
        .{ "artifact-versions notes/today.txt", "2,1" },
        .{ "artifact-remove notes/today.txt", "true" },
        .{ "artifact-remove notes/today.txt", "false" },
        .{ "artifact-versions notes/today.txt", "" },
        .{ "artifact-fails ../x", "invalid-argument -" },
    };
    for (answers) |answer| {
        const result = try host.run(run, answer[0]);
        try expectEqualStrings(answer[1], try result.answer());
        try host.artifactsAfter(result);
    }
}

test "echo streams pieces that end after a space" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(run, "echo a  ü b");
    const pieces = try std.mem.join(host.arena.allocator(), "|", try result.textDeltas());
    try expectEqualStrings("a | |ü |b", pieces);
    try expectEqualStrings("a  ü b", try result.answer());
}

test "parts come back" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const rest = [_]rak.Part{ .{ .thought = "hm" }, .{ .text = "x" } };
    const result = try host.runContent(run, .{ .role = "user", .parts = &[_]rak.Part{.{ .text = "parts" }} ++ rest });
    try std.testing.expectEqualDeep(&rest, (try result.outcome()).content.?.parts);
}

test "fails as asked" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const asked = try (try host.run(run, "fail not-found")).failure();
    try expectEqual(.not_found, asked.kind);
    try expectEqual(1500, asked.retry_after.?.toMilliseconds());
    const unknown = try (try host.run(run, "dance")).failure();
    try expectEqualStrings("no behaviour is called dance", unknown.message);
}

test "stops when cancelled" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfter(.fromMilliseconds(3));
    for ([_][]const u8{ "wait", "poll" }) |name| {
        const result = try host.run(run, name);
        try expectEqual(.cancelled, (try result.failure()).kind);
        try expectEqual(3, result.slept.toMilliseconds());
    }
}

test "prints and logs" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try expectEqualStrings("a line\n", (try host.run(run, "print a line")).printed);
    const logged = try host.run(run, "log");
    try expectEqualStrings("line severe", logged.logs[4].message);
    try expectEqualStrings("v", logged.logs[4].fields[0].value);
}
