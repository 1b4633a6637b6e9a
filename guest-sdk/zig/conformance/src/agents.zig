//! Other agents.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;
const cut = @import("agent.zig").cut;
const kindAndCode = @import("agent.zig").kindAndCode;

pub const behaviours = struct {
    pub fn agents(cx: *rak.Context, _: Call) !rak.Outcome {
        var names: std.ArrayList([]const u8) = .empty;
        for (try cx.agents.available()) |agent| try names.append(cx.allocator, agent.name);
        return cx.answer(try std.mem.join(cx.allocator, ",", names.items));
    }

    pub fn call(cx: *rak.Context, asked: Call) !rak.Outcome {
        const agent, const text = cut(asked.argument);
        const reply = try cx.agents.call(agent, text, .{ .relay = true });
        const shown = try cx.json(.{
            .answer = firstText(reply),
            .escalate = reply.escalate,
            .transferTo = reply.transfer_to,
            .extra = reply.extra,
        });
        return cx.answer(shown.text);
    }

    pub fn @"call-in"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const session, const rest = cut(asked.argument);
        const agent, const text = cut(rest);
        const reply = try cx.agents.call(agent, text, .{ .session = session });
        return cx.answer(try reply.text(cx.allocator));
    }

    pub fn @"call-fails"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const ms, const rest = cut(asked.argument);
        const agent, const text = cut(rest);
        const limit = try std.fmt.parseInt(i64, ms, 10);
        const options: rak.AgentOptions = .{ .timeout = if (limit == 0) null else .fromMilliseconds(limit) };
        const reply = cx.agents.call(agent, text, options) catch |err| return kindAndCode(cx, err);
        return cx.answer(try reply.text(cx.allocator));
    }

    pub fn fan(cx: *rak.Context, asked: Call) !rak.Outcome {
        const agent, const text = cut(asked.argument);
        var tasks: [3]rak.AgentTask = undefined;
        for (&tasks, 1..) |*task, number| {
            task.* = .{ .agent = agent, .text = try cx.print("{s} {d}", .{ text, number }) };
        }
        var texts: std.ArrayList([]const u8) = .empty;
        for (try cx.agents.callAll(&tasks, .{})) |result| switch (result) {
            .reply => |reply| try texts.append(cx.allocator, try reply.text(cx.allocator)),
            .failure => |failure| return cx.fail(failure),
        };
        return cx.answer(try std.mem.join(cx.allocator, ",", texts.items));
    }

    pub fn race(cx: *rak.Context, asked: Call) !rak.Outcome {
        const children = [_]rak.Child{
            try cx.agents.start(asked.argument, "sleep 3600000", .{}),
            try cx.agents.start(asked.argument, "sleep 1", .{}),
        };
        defer for (children) |child| child.deinit();
        const waitables = [_]rak.Waitable{ children[0].waitable(), children[1].waitable() };
        defer for (waitables) |waitable| waitable.deinit();
        const ready = try cx.waitAny(&waitables, null);
        try cx.checkCancelled();
        children[0].cancel();
        const reply = try children[ready[0]].finish();
        return cx.answer(try cx.print("{d} {s}", .{ ready[0], try reply.text(cx.allocator) }));
    }

    pub fn drop(cx: *rak.Context, asked: Call) !rak.Outcome {
        const child = try cx.agents.start(asked.argument, "sleep 3600000", .{});
        defer child.deinit();
        return cx.answer(try child.invocationId());
    }

    pub fn detach(cx: *rak.Context, asked: Call) !rak.Outcome {
        const agent, const text = cut(asked.argument);
        const child = try cx.agents.start(agent, text, .{ .detached = true });
        defer child.deinit();
        return cx.answer(try child.invocationId());
    }
};

fn firstText(reply: rak.Reply) ?[]const u8 {
    const content = reply.content orelse return null;
    return if (content.parts.len > 0 and content.parts[0] == .text) content.parts[0].text else null;
}
