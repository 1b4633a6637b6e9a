//! HTTP.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;
const cut = @import("agent.zig").cut;
const kindAndCode = @import("agent.zig").kindAndCode;

pub const behaviours = struct {
    pub fn http(cx: *rak.Context, asked: Call) !rak.Outcome {
        const method, const url = cut(asked.argument);
        return shown(cx, try cx.http.fetch(url, .{ .method = method }));
    }

    pub fn @"http-send"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const url, const text = cut(asked.argument);
        return shown(cx, try cx.http.fetch(url, .{
            .method = "POST",
            .headers = &.{.{ .name = "X-Sent", .value = "1" }},
            .body = text,
        }));
    }

    pub fn @"http-header"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const response = try cx.http.fetch(asked.argument, .{});
        return cx.answer(response.header("X-KIND") orelse "");
    }

    pub fn @"http-stays"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const response = try cx.http.fetch(asked.argument, .{ .follow_redirects = false });
        return cx.answer(try cx.print("{d} {}", .{ response.status, response.header("location") != null }));
    }

    pub fn @"http-secret"(cx: *rak.Context, asked: Call) !rak.Outcome {
        return shown(cx, try cx.http.fetch(asked.argument, .{ .credential = "sesame" }));
    }

    pub fn @"http-stream"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const exchange = try cx.http.open(asked.argument, .{});
        defer exchange.deinit();
        const status = (try exchange.head()).status;
        var all: std.ArrayList(u8) = .empty;
        while (try exchange.next()) |piece| {
            try cx.events.textDelta(piece);
            try all.appendSlice(cx.allocator, piece);
        }
        return cx.answer(try cx.print("{d} {s}", .{ status, all.items }));
    }

    pub fn @"http-two"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const first_url, const second_url = cut(asked.argument);
        const first = try cx.http.open(first_url, .{});
        defer first.deinit();
        const second = try cx.http.open(second_url, .{});
        defer second.deinit();
        return cx.answer(try cx.print("{s},{s}", .{ try read(cx, first), try read(cx, second) }));
    }

    pub fn @"http-drop"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const exchange = try cx.http.open(asked.argument, .{});
        defer exchange.deinit();
        return cx.answer("dropped");
    }

    pub fn @"http-fails"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const method, const url = cut(asked.argument);
        const response = cx.http.fetch(url, .{ .method = method }) catch |err| return kindAndCode(cx, err);
        return shown(cx, response);
    }
};

fn read(cx: *rak.Context, exchange: rak.HttpExchange) ![]const u8 {
    var body = exchange.reader(&.{});
    return body.interface.allocRemaining(cx.allocator, .unlimited);
}

fn shown(cx: *rak.Context, response: rak.HttpResponse) !rak.Outcome {
    return cx.answer(try cx.print("{d} {s}", .{ response.status, response.body }));
}
