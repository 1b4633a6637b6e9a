//! Waiting and stopping.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;

const hour: std.Io.Duration = .fromSeconds(60 * 60);
const moment: std.Io.Duration = .fromMilliseconds(5);

pub const behaviours = struct {
    pub fn sleep(cx: *rak.Context, call: Call) !rak.Outcome {
        try cx.sleep(.fromMilliseconds(try std.fmt.parseInt(i64, call.argument, 10)));
        return cx.answer("slept");
    }

    pub fn any(cx: *rak.Context, _: Call) !rak.Outcome {
        const timers = [_]rak.Waitable{ cx.timer(hour), cx.timer(moment), cx.timer(hour) };
        defer for (timers) |timer| timer.deinit();
        var joined: std.Io.Writer.Allocating = .init(cx.allocator);
        for (try cx.waitAny(&timers, null), 0..) |index, place| {
            if (place > 0) try joined.writer.writeByte(',');
            try joined.writer.print("{d}", .{index});
        }
        return cx.answer(joined.written());
    }

    pub fn timeout(cx: *rak.Context, _: Call) !rak.Outcome {
        const timer = cx.timer(hour);
        defer timer.deinit();
        const ready = try cx.waitAny(&.{timer}, moment);
        return cx.answer(if (ready.len == 0) "none" else "ready");
    }

    pub fn block(cx: *rak.Context, _: Call) !rak.Outcome {
        const timer = cx.timer(moment);
        defer timer.deinit();
        timer.block();
        return cx.answer(if (timer.ready()) "ready" else "not ready");
    }

    pub fn loop(cx: *rak.Context, _: Call) !rak.Outcome {
        try cx.events.progress(.{ .message = "looping" });
        var number: u64 = 1;
        // The optimizer may not see that nothing comes of it.
        while (true) std.mem.doNotOptimizeAway(&number);
    }

    pub fn wait(cx: *rak.Context, _: Call) !rak.Outcome {
        try cx.events.progress(.{ .message = "waiting" });
        // Fails as cancelled by itself.
        try cx.sleep(hour);
        return cx.answer("slept");
    }

    pub fn poll(cx: *rak.Context, _: Call) !rak.Outcome {
        try cx.events.progress(.{ .message = "polling" });
        while (true) {
            cx.io().sleep(.fromMilliseconds(1), .awake) catch {};
            try cx.checkCancelled();
        }
    }
};
