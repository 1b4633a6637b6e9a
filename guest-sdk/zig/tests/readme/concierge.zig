const std = @import("std");
const rak = @import("rak");

pub const agent: rak.Descriptor = .{ .name = "concierge", .description = "Knows the weather." };

const weather: rak.ModelTool = .{
    .name = "weather",
    .description = "The weather in a city.",
    .parameters = .literal(.{ .type = "object", .properties = .{ .city = .{ .type = "string" } } }),
};

pub fn run(cx: *rak.Context, question: []const u8) ![]const u8 {
    // The client sees the answer while it is being written.
    const options: rak.ModelOptions = .{ .system = "You are brief.", .tools = &.{weather}, .relay = .text };
    var contents: std.ArrayList(rak.Content) = .empty;
    try contents.append(cx.allocator, .{ .role = rak.role.user, .parts = &.{.{ .text = question }} });
    for (0..10) |_| {
        const response = try cx.models.completeContents(contents.items, options);
        const calls = try response.functionCalls(cx.allocator);
        if (calls.len == 0) return response.text(cx.allocator);

        // The model wants functions called, and is told what came of them.
        const told = try cx.allocator.alloc(rak.Part, calls.len);
        for (calls, told) |call, *part| part.* = .{ .function_response = .{
            .id = call.id,
            .name = call.name,
            .response = .literal("sunny"),
        } };
        try contents.append(cx.allocator, response.content);
        try contents.append(cx.allocator, .{ .role = rak.role.function, .parts = told });
    }
    return cx.fail(.{ .kind = .limit_exceeded, .message = "the model calls functions without end" });
}

test "asks about the weather" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const rome: rak.FunctionCall = .{ .id = "1", .name = "weather", .args = .literal(.{ .city = "Rome" }) };
    try host.model(.{ .name = "small" }, &.{
        .{ .parts = &.{.{ .function_call = rome }} },
        .{ .text = "Rome is sunny." },
    });
    const result = try host.run(run, "How is Rome?");
    try std.testing.expectEqualStrings("Rome is sunny.", try result.answer());
    try std.testing.expectEqualStrings("Rome is sunny.", try result.streamed());
    try std.testing.expectEqual(3, result.model_calls[1].contents.len);
}
