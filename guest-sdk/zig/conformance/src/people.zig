//! Asking people, and hearing what they say.

const std = @import("std");
const Duration = std.Io.Duration;
const rak = @import("rak");

const Call = @import("agent.zig").Call;

pub const behaviours = struct {
    pub fn approve(cx: *rak.Context, call: Call) !rak.Outcome {
        const question = try Question.of(call);
        const decision = try cx.people.approve("Do it?", question.json, question.expires_in);
        const answer = try cx.json(.{
            .approved = decision.approved,
            .by = decision.by,
            .reason = decision.reason,
            .edited = decision.edited,
        });
        return cx.answer(answer.text);
    }

    pub fn ask(cx: *rak.Context, call: Call) !rak.Outcome {
        const question = try Question.of(call);
        const answer = try cx.people.ask(rak.Json, "Well?", question.json, question.expires_in);
        return cx.answer(answer.text);
    }

    pub fn message(cx: *rak.Context, call: Call) !rak.Outcome {
        const timeout = if (std.mem.eql(u8, call.argument, "ever")) null else try milliseconds(call.argument);
        const said = try cx.people.nextMessage(timeout) orelse return cx.answer("none");
        return cx.answer(if (said.parts.len > 0 and said.parts[0] == .text) said.parts[0].text else "none");
    }

    pub fn expired(cx: *rak.Context, _: Call) !rak.Outcome {
        _ = cx.people.ask(rak.Json, "Well?", rak.Json.raw("{}"), .fromMilliseconds(1)) catch |err| {
            const failure = cx.failure(err) orelse return err;
            return cx.answer(try cx.print("{s} {s}", .{ failure.kind.name(), failure.code orelse "" }));
        };
        return cx.answer("answered");
    }
};

/// What an argument asks for: when the question expires, never where that is 0, and a JSON text.
const Question = struct {
    expires_in: ?Duration,
    json: rak.Json,

    fn of(call: Call) !Question {
        const expiry, const json = std.mem.cutScalar(u8, call.argument, ' ') orelse return error.NoJson;
        const time = try milliseconds(expiry);
        return .{ .expires_in = if (time.nanoseconds == 0) null else time, .json = .raw(json) };
    }
};

fn milliseconds(text: []const u8) !Duration {
    return .fromMilliseconds(try std.fmt.parseInt(i64, text, 10));
}
