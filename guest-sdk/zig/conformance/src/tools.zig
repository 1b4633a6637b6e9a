//! Tools.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;
const cut = @import("agent.zig").cut;
const kindAndCode = @import("agent.zig").kindAndCode;

pub const behaviours = struct {
    pub fn tools(cx: *rak.Context, _: Call) !rak.Outcome {
        var names: std.ArrayList([]const u8) = .empty;
        for (try cx.tools.available()) |known| try names.append(cx.allocator, known.name);
        return cx.answer(try std.mem.join(cx.allocator, ",", names.items));
    }

    pub fn hints(cx: *rak.Context, asked: Call) !rak.Outcome {
        for (try cx.tools.available()) |known| if (std.mem.eql(u8, known.name, asked.argument)) {
            return cx.answer(try std.mem.join(cx.allocator, ",", try known.hints.names(cx.allocator)));
        };
        return cx.failPrint(.not_found, "no tool is called {s}", .{asked.argument});
    }

    pub fn tool(cx: *rak.Context, asked: Call) !rak.Outcome {
        return shown(cx, try cx.tools.call(functionOf(asked), .{}));
    }

    pub fn @"tool-fails"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const answer = cx.tools.call(functionOf(asked), .{}) catch |err| return kindAndCode(cx, err);
        return shown(cx, answer);
    }

    pub fn @"tool-all"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const function = functionOf(asked);
        var answers: [3]Shown = undefined;
        for (try cx.tools.callAll(&.{ function, function, function }, .{}), &answers) |result, *answer| {
            answer.* = switch (result) {
                .response => |response| try .of(cx, response),
                .failure => |failure| return cx.fail(failure),
            };
        }
        return cx.answer((try cx.json(answers)).text);
    }

    pub fn @"tool-start"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const running = try cx.tools.start(functionOf(asked), .{});
        defer running.deinit();
        const done = running.waitable();
        defer done.deinit();
        done.block();
        return shown(cx, try running.finish());
    }
};

/// What of a response is shown.
const Shown = struct {
    response: rak.Json,
    failed: bool,

    fn of(cx: *rak.Context, answer: rak.FunctionResponse) !Shown {
        // Read once, so that it has no white space.
        return .{ .response = try answer.response.parse(rak.Json, cx.allocator), .failed = answer.failed };
    }
};

fn shown(cx: *rak.Context, answer: rak.FunctionResponse) !rak.Outcome {
    return cx.answer((try cx.json(try Shown.of(cx, answer))).text);
}

/// The call that `NAME ARGS` asks for.
fn functionOf(asked: Call) rak.FunctionCall {
    const name, const args = cut(asked.argument);
    return .{ .id = "1", .name = name, .args = .raw(args) };
}
