//! Session and context.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;

pub const behaviours = struct {
    pub fn set(cx: *rak.Context, call: Call) !rak.Outcome {
        const key, const value = std.mem.cutScalar(u8, call.argument, ' ') orelse return error.NoValue;
        try cx.session.set(key, try rak.Json.raw(value).parse(rak.Json, cx.allocator));
        return cx.answer("set");
    }

    pub fn get(cx: *rak.Context, call: Call) !rak.Outcome {
        return answerJson(cx, try cx.session.get(rak.Json, call.argument));
    }

    pub fn remove(cx: *rak.Context, call: Call) !rak.Outcome {
        try cx.session.remove(call.argument);
        return cx.answer("removed");
    }

    pub fn keys(cx: *rak.Context, call: Call) !rak.Outcome {
        return cx.answer(try std.mem.join(cx.allocator, ",", try cx.session.keys(call.argument)));
    }

    pub fn history(cx: *rak.Context, call: Call) !rak.Outcome {
        const page = try cx.session.history(null, try std.fmt.parseInt(u32, call.argument, 10));
        return cx.answer(try lines(cx, page));
    }

    pub fn pages(cx: *rak.Context, call: Call) !rak.Outcome {
        var newest_first: std.ArrayList([]const u8) = .empty;
        var all = cx.session.pages(try std.fmt.parseInt(u32, call.argument, 10));
        while (try all.next()) |page| {
            if (page.entries.len > 0) try newest_first.append(cx.allocator, try lines(cx, page));
        }
        std.mem.reverse([]const u8, newest_first.items);
        return cx.answer(try std.mem.join(cx.allocator, "\n", newest_first.items));
    }

    pub fn context(cx: *rak.Context, _: Call) !rak.Outcome {
        const info = try cx.info();
        const object = try cx.json(.{
            .invocationId = info.invocation_id,
            .sessionId = info.session_id,
            .userId = info.user_id,
            .agent = info.agent,
            .agentVersion = info.agent_version,
            .attempt = info.attempt,
        });
        return cx.answer(object.text);
    }

    pub fn config(cx: *rak.Context, call: Call) !rak.Outcome {
        return answerJson(cx, try cx.config(rak.Json, call.argument));
    }

    pub fn @"config-keys"(cx: *rak.Context, _: Call) !rak.Outcome {
        return cx.answer(try std.mem.join(cx.allocator, ",", try cx.configKeys()));
    }

    pub fn remaining(cx: *rak.Context, _: Call) !rak.Outcome {
        return cx.answer(if (cx.remaining() != null) "some" else "none");
    }
};

fn answerJson(cx: *rak.Context, json: ?rak.Json) !rak.Outcome {
    return cx.answer(if (json) |some| some.text else "none");
}

fn lines(cx: *rak.Context, page: rak.Page) ![]const u8 {
    var texts: std.ArrayList([]const u8) = .empty;
    for (page.entries) |entry| {
        const text = try entry.content.text(cx.allocator);
        try texts.append(cx.allocator, try cx.print("{s}: {s}", .{ entry.author, text }));
    }
    return std.mem.join(cx.allocator, "\n", texts.items);
}
