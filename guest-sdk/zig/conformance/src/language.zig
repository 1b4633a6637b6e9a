//! The language's own: log, standard output, time and randomness.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;

pub const behaviours = struct {
    pub fn log(cx: *rak.Context, _: Call) !rak.Outcome {
        for (std.enums.values(rak.Level)) |level| {
            cx.log.write(level, try cx.print("line {t}", .{level}), .{ .k = "v" });
        }
        return cx.answer("logged");
    }

    pub fn print(cx: *rak.Context, call: Call) !rak.Outcome {
        var buffer: [256]u8 = undefined;
        var stdout = std.Io.File.stdout().writer(cx.io(), &buffer);
        try stdout.interface.print("{s}\n", .{call.argument});
        try stdout.interface.flush();
        return cx.answer("printed");
    }

    pub fn time(cx: *rak.Context, _: Call) !rak.Outcome {
        return cx.answer(try cx.print("{d}", .{std.Io.Clock.real.now(cx.io()).toMilliseconds()}));
    }

    pub fn random(cx: *rak.Context, _: Call) !rak.Outcome {
        var bytes: [16]u8 = undefined;
        cx.io().random(&bytes);
        return cx.answer(try cx.print("{x}", .{&bytes}));
    }
};
