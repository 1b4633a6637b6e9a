//! Content and events.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;

pub const behaviours = struct {
    pub fn echo(cx: *rak.Context, call: Call) !rak.Outcome {
        // Without a buffer, each write is a delta.
        var stream = cx.events.writer(&.{});
        var rest = call.argument;
        while (rest.len > 0) {
            const end = if (std.mem.findScalar(u8, rest, ' ')) |space| space + 1 else rest.len;
            try stream.interface.writeAll(rest[0..end]);
            rest = rest[end..];
        }
        return cx.answer(call.argument);
    }

    pub fn answer(cx: *rak.Context, call: Call) !rak.Outcome {
        return cx.answer(call.argument);
    }

    pub fn nothing(cx: *rak.Context, _: Call) !rak.Outcome {
        _ = try cx.events.say("said before");
        return .{};
    }

    pub fn parts(_: *rak.Context, call: Call) !rak.Outcome {
        return .{ .content = .{ .parts = call.input.parts[1..] } };
    }

    pub fn kinds(cx: *rak.Context, _: Call) !rak.Outcome {
        return .{ .content = try cx.content(&.{
            .{ .text = "a" },
            .{ .thought = "b" },
            .{ .inline_data = .{ .mime_type = "application/octet-stream", .data = &.{ 0x00, 0x01, 0xfe, 0xff } } },
            .{ .file_data = .{ .uri = "file:///a", .mime_type = "text/plain" } },
            .{ .file_data = .{ .uri = "file:///b" } },
            .{ .function_call = .{ .id = "1", .name = "f", .args = .literal(.{ .a = 1 }) } },
            .{ .function_response = .{
                .id = "1",
                .name = "f",
                .response = .literal(.{ .b = .{2} }),
                .failed = true,
            } },
            .{ .other = .{ .name = "x", .value = .literal(.{ .c = null }) } },
        }) };
    }

    pub fn events(cx: *rak.Context, _: Call) !rak.Outcome {
        const newest = try cx.events.emit(&.{
            .{ .content = .{ .parts = &.{.{ .text = "one" }} } },
            .{ .progress = .{ .message = "half", .done = 1, .total = 2 } },
            .{ .other = .{ .name = "note", .value = .literal(.{ .k = "v" }) } },
            .{ .thought_delta = "hm" },
            .{ .text_delta = "two" },
        });
        return cx.answer(try cx.print("{d}", .{newest}));
    }

    pub fn progress(cx: *rak.Context, _: Call) !rak.Outcome {
        try cx.events.progress(.{ .message = "no numbers" });
        return cx.answer("done");
    }

    pub fn outcome(cx: *rak.Context, _: Call) !rak.Outcome {
        return .{
            .content = try cx.content(&.{.{ .text = "done" }}),
            .escalate = true,
            .transfer_to = "other",
            .extra = .literal(.{ .n = 1 }),
        };
    }

    pub fn bytes(cx: *rak.Context, call: Call) !rak.Outcome {
        const text = try cx.allocator.alloc(u8, try std.fmt.parseInt(usize, call.argument, 10));
        @memset(text, 'x');
        return cx.answer(text);
    }

    pub fn @"text-size"(cx: *rak.Context, call: Call) !rak.Outcome {
        return cx.answer(try cx.print("{d}", .{call.input.parts[1].text.len}));
    }

    pub fn @"data-size"(cx: *rak.Context, call: Call) !rak.Outcome {
        return cx.answer(try cx.print("{d}", .{call.input.parts[1].inline_data.data.len}));
    }
};
