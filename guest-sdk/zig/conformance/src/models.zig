//! Models.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;
const cut = @import("agent.zig").cut;
const kindAndCode = @import("agent.zig").kindAndCode;

pub const behaviours = struct {
    pub fn models(cx: *rak.Context, _: Call) !rak.Outcome {
        var names: std.ArrayList([]const u8) = .empty;
        for (try cx.models.available()) |known| try names.append(cx.allocator, known.name);
        return cx.answer(try std.mem.join(cx.allocator, ",", names.items));
    }

    pub fn complete(cx: *rak.Context, asked: Call) !rak.Outcome {
        const model, const text = cut(asked.argument);
        const response = try cx.models.complete(text, .{ .model = aliasOf(model) });
        const shown = try cx.json(.{
            .text = try response.text(cx.allocator),
            .finish = response.finish.name(),
            .input = response.usage.input_tokens,
            .output = response.usage.output_tokens,
        });
        return cx.answer(shown.text);
    }

    pub fn relay(cx: *rak.Context, asked: Call) !rak.Outcome {
        const response = try cx.models.complete(asked.argument, .{ .relay = .all });
        return cx.answer(try response.text(cx.allocator));
    }

    pub fn deltas(cx: *rak.Context, asked: Call) !rak.Outcome {
        const completion = try cx.models.open(asked.argument, .{});
        defer completion.deinit();
        while (try completion.next()) |written| for (written) |delta| switch (delta) {
            .text => |text| try cx.events.textDelta(text),
            .thought => |thought| try cx.events.thoughtDelta(thought),
            else => {},
        };
        return cx.answer(try (try completion.finish()).text(cx.allocator));
    }

    pub fn @"drop-model"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const completion = try cx.models.open(asked.argument, .{});
        defer completion.deinit();
        return cx.answer("dropped");
    }

    pub fn function(cx: *rak.Context, _: Call) !rak.Outcome {
        const options: rak.ModelOptions = .{ .model = "caller", .tools = &.{add} };
        const asked: rak.Content = .{ .role = rak.role.user, .parts = &.{.{ .text = "add, please" }} };
        const first = try cx.models.completeContents(&.{asked}, options);
        const calls = try first.functionCalls(cx.allocator);
        if (calls.len != 1) return cx.failPrint(.failed, "the model called {d} functions", .{calls.len});
        const told: rak.Content = .{ .role = rak.role.function, .parts = &.{.{ .function_response = .{
            .id = calls[0].id,
            .name = calls[0].name,
            .response = .literal(.{ .sum = 3 }),
        } }} };
        const second = try cx.models.completeContents(&.{ asked, first.content, told }, options);
        // Read once, so that it has no white space.
        const args = try calls[0].args.parse(rak.Json, cx.allocator);
        return cx.answer(try cx.print("{f} {s}", .{ args, try second.text(cx.allocator) }));
    }

    pub fn structured(cx: *rak.Context, asked: Call) !rak.Outcome {
        const schema: rak.Json = .literal(.{ .type = "object", .required = .{"mood"} });
        const response = try cx.models.complete(asked.argument, .{ .response_schema = schema });
        return cx.answer((try cx.models.parse(rak.Json, response)).text);
    }

    pub fn @"model-fails"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const model, const text = cut(asked.argument);
        const response = cx.models.complete(text, .{ .model = aliasOf(model) }) catch |err| return kindAndCode(cx, err);
        return cx.answer(try response.text(cx.allocator));
    }

    pub fn embed(cx: *rak.Context, asked: Call) !rak.Outcome {
        const vectors = (try cx.models.embed(null, &.{ asked.argument, "" })).vectors;
        return cx.answer(try cx.print("{d},{d},{d}", .{ vectors[0].len, vectors[1].len, vectors[0][0] }));
    }
};

const add: rak.ModelTool = .{
    .name = "add",
    .description = "Adds.",
    .parameters = .literal(.{
        .type = "object",
        .properties = .{ .a = .{ .type = "number" }, .b = .{ .type = "number" } },
    }),
};

/// The default model is called `-`.
fn aliasOf(model: []const u8) ?[]const u8 {
    return if (std.mem.eql(u8, model, "-")) null else model;
}
