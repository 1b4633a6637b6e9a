//! The agent as a whole.

const std = @import("std");
const expectEqual = std.testing.expectEqual;
const expectEqualStrings = std.testing.expectEqualStrings;
const rak = @import("rak");
const FakeHost = rak.testing.FakeHost;

const run = @import("agent.zig").run;

test "a line and an operation for each change" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(run,
        \\{"name": "Ada", "langs": ["Zig", "C"], "a/b": {"x~y": null}, "gone": [1]}
        \\---
        \\{"name": "Ada L.", "langs": ["Zig", "Rust", "C"], "a/b": {"x~y": 1.50}}
    );
    const lines =
        \\changed /name: "Ada" -> "Ada L."
        \\added /langs/1: "Rust"
        \\changed /a~1b/x~0y: null -> 1.50
        \\removed /gone: [1]
    ;
    try expectEqualStrings(lines, try result.answer());
    try expectEqualStrings(lines, try result.streamed());
    const event = result.events[0].other;
    try expectEqualStrings("json-patch", event.name);
    const operations =
        "[{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"Ada L.\",\"old\":\"Ada\"}," ++
        "{\"op\":\"add\",\"path\":\"/langs/1\",\"value\":\"Rust\"}," ++
        "{\"op\":\"replace\",\"path\":\"/a~1b/x~0y\",\"value\":1.50,\"old\":null}," ++
        "{\"op\":\"remove\",\"path\":\"/gone\",\"old\":[1]}]";
    try expectEqualStrings(operations, event.value.text);
}

test "equal documents have no difference" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(run, "{\"a\":1,\"b\":[1e2]}\r\n--- \r\n{\"b\": [100.0], \"a\": 1}");
    try expectEqualStrings("No difference.", try result.answer());
    try expectEqualStrings("[]", result.events[0].other.value.text);
}

test "documents come as parts of text and data" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const data: rak.Part = .{ .inline_data = .{ .mime_type = "application/json", .data = "[1]" } };
    const text: rak.Part = .{ .text = "[2]" };
    const asking: rak.Part = .{ .text = "What is new?" };
    try expectDifference(&host, &.{ text, data }, "changed /0: 2 -> 1");
    try expectDifference(&host, &.{ data, text }, "changed /0: 1 -> 2");
    // Where two are data, a text may say what to do with them.
    try expectDifference(&host, &.{ asking, data, data }, "No difference.");
}

fn expectDifference(host: *FakeHost, parts: []const rak.Part, answer: []const u8) !void {
    const result = try host.runContent(run, .{ .role = rak.role.user, .parts = parts });
    try expectEqualStrings(answer, try result.answer());
}

test "a long value is cut within no character" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const long: [50]u8 = @splat('x');
    const result = try host.run(run, "1\n---\n\"" ++ long ++ "€€€€€€€€€€€€€€\"");
    const answer = try result.answer();
    try expectEqualStrings("changed (everything): 1 -> \"" ++ long ++ "€€€€€€€€€…", answer);
}

fn expectFailure(text: []const u8, message: []const u8) !void {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(run, text)).failure();
    try expectEqual(.invalid_argument, failure.kind);
    try expectEqualStrings(message, failure.message);
}

test "what is malformed is said with its place" {
    const deep: [201]u8 = @splat('[');
    try expectFailure("{\"a\":1,}\n---\n1", "the first document, line 1, column 8: this is not JSON");
    try expectFailure("1\n---\n[\n  \"ü\" 2\n]", "the second document, line 2, column 7: this is not JSON");
    try expectFailure("[1\n---\n1", "the first document, line 2, column 1: it ends too early");
    try expectFailure("---\n1", "the first document, line 1, column 1: it ends too early");
    try expectFailure("1 2\n---\n1", "the first document, line 1, column 3: this is not JSON");
    try expectFailure("1\n---\n1\n---\n1", "the second document, line 2, column 1: this is not JSON");
    try expectFailure(
        "1\n---\n{\"a\":1,\"a\":2}",
        "the second document, line 1, column 13: the member that ends here has the key of another",
    );
    try expectFailure(
        deep ++ "\n---\n1",
        "the first document, line 1, column 202: it is nested more than 200 deep",
    );
}

test "the place is there for programs" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const failure = try (try host.run(run, "1\n---\n\n\n x")).failure();
    try expectEqualStrings("{\"document\":\"second\",\"line\":3,\"column\":2}", failure.details.?.text);
}

test "says what to send" {
    const usage = "send two JSON documents: as two parts, or as one text with a line `---` between them";
    try expectFailure("", usage);
    try expectFailure("{}", usage);
    try expectFailure("{} --- {}", usage);
}

test "stops when cancelled" {
    var host: FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    host.cancelAfterCalls(0);
    const result = try host.run(run, "1\n---\n2");
    try expectEqual(.cancelled, (try result.failure()).kind);
}
