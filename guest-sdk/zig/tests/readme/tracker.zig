const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "tracker", .description = "Finds what broke." };

const Issue = struct { title: []const u8, log: []const u8 };

pub fn run(cx: *rak.Context, query: []const u8) ![]const u8 {
    // The host adds the key on the way; the agent never sees it.
    const found = try cx.http.fetch("https://tracker.example.com/search", .{
        .method = "POST",
        .json = try cx.json(.{ .query = query }),
        .credential = "tracker",
    });
    if (!found.isSuccess()) return cx.print("The tracker says {d}: {s}", .{ found.status, found.body });
    const issues = try cx.http.parse([]const Issue, found);
    if (issues.len == 0) return "Nothing is broken.";

    // Line by line, while it comes.
    const log = try cx.http.open(issues[0].log, .{});
    defer log.deinit();
    var buffer: [4096]u8 = undefined;
    var body = log.reader(&buffer);
    while (try body.interface.takeDelimiter('\n')) |line| {
        if (std.mem.startsWith(u8, line, "error")) return cx.print("{s}: {s}", .{ issues[0].title, line });
    }
    return cx.print("{s}: no error in its log", .{issues[0].title});
}

test "finds the error of the newest issue" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const issues: rak.Json = .literal(.{.{ .title = "It broke", .log = "https://logs.example.com/7" }});
    try host.http("POST", "https://tracker.example.com/search", .{ .json = issues });
    try host.http("GET", "https://logs.example.com/*", .{ .pieces = &.{ "started\nerr", "or: no space left\n" } });
    const result = try host.run(run, "disk full");
    try std.testing.expectEqualStrings("It broke: error: no space left", try result.answer());
    try std.testing.expectEqualStrings("{\"query\":\"disk full\"}", result.http_calls[0].options.body);
}

test "says what the tracker says" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.http("POST", "https://tracker.example.com/*", .{ .status = 503, .text = "come back later" });
    const result = try host.run(run, "disk full");
    try std.testing.expectEqualStrings("The tracker says 503: come back later", try result.answer());
}
