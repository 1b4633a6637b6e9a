//! Failing.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;

pub const behaviours = struct {
    pub fn fail(cx: *rak.Context, call: Call) !rak.Outcome {
        return cx.fail(.{
            .kind = rak.FailureKind.named(call.argument) orelse return error.UnknownKind,
            .code = "E_ASKED",
            .message = "failed as asked",
            .retry_after = .fromMilliseconds(1500),
            .details = .literal(.{ .asked = true }),
        });
    }

    pub fn throw(_: *rak.Context, call: Call) !rak.Outcome {
        thrower(call.argument);
    }

    pub fn overflow(cx: *rak.Context, _: Call) !rak.Outcome {
        return cx.answer(try cx.print("{d}", .{recurse(cx.remaining() != null)}));
    }

    pub fn memory(cx: *rak.Context, _: Call) !rak.Outcome {
        while (true) @memset(try cx.allocator.alloc(u8, 1 << 20), 1);
    }

    pub fn output(cx: *rak.Context, _: Call) !rak.Outcome {
        var stdout = std.Io.File.stdout().writer(cx.io(), &.{});
        while (true) try stdout.interface.writeAll("a line of output\n");
    }
};

noinline fn thrower(text: []const u8) noreturn {
    @panic(text);
}

/// The sum needs the caller's frame, so that no call takes its place.
noinline fn recurse(odd: bool) u64 {
    return @intFromBool(odd) + @call(.never_tail, recurse, .{!odd});
}
