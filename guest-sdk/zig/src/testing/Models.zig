//! The models of one run under test: answers in order, or functions of the test.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Duration = std.Io.Duration;

const Clock = @import("Clock.zig");
const Content = @import("../content.zig").Content;
const Context = @import("../context.zig").Context;
const Delta = @import("../models.zig").Delta;
const Embeddings = @import("../models.zig").Embeddings;
const Event = @import("../events.zig").Event;
const Failure = @import("../failure.zig").Failure;
const FinishReason = @import("../models.zig").FinishReason;
const Invocation = @import("Invocation.zig");
const Json = @import("../Json.zig");
const ModelOptions = @import("../models.zig").ModelOptions;
const ModelResponse = @import("../models.zig").ModelResponse;
const ModelSummary = @import("../models.zig").ModelSummary;
const Part = @import("../content.zig").Part;
const Reply = @import("../host.zig").Reply;
const Usage = @import("../models.zig").Usage;
const Work = @import("work.zig").Work;
const copies = @import("copies.zig");
const millis = @import("../wait.zig").millis;
const notFound = @import("work.zig").notFound;

const Models = @This();

/// Outlives the run.
arena: Allocator,
/// The agent's default first. A script is what is left of it.
known: []Known,
opened: std.ArrayList(*Completion) = .empty,
embedded: std.ArrayList(EmbedCall) = .empty,
/// What the agent asks that the test has no answer for.
mistake: ?[]const u8 = null,

/// A model of the test.
pub const Known = struct {
    summary: ModelSummary,
    answers: union(enum) {
        script: []const ModelAnswer,
        function: *const fn (cx: *Context, contents: []const Content, options: ModelOptions) ModelAnswer,
    },
    embed: ?*const fn (cx: *Context, texts: []const []const u8) Reply([]const []const f32) = null,
};

/// What a model answers.
pub const ModelAnswer = struct {
    /// A text. An answer of something else has `parts`.
    text: ?[]const u8 = null,
    /// What else it answers, behind the text.
    parts: []const Part = &.{},
    /// Why it ends; where it is `null`, because functions are to be called, or because it is complete.
    finish: ?FinishReason = null,
    /// What it cost.
    usage: Usage = .{},
    /// Anything else the provider says.
    extra: ?Json = null,
    /// How it comes; where it is `null`, the texts in words, the thoughts and the calls as a whole.
    deltas: ?[]const Delta = null,
    /// What it fails with, after the deltas. The code `interrupted` is what the host says that ended meanwhile.
    failure: ?Failure = null,
    /// How long it takes. The deltas come evenly over this time.
    takes: Duration = .zero,

    fn content(given: ModelAnswer, arena: Allocator) Allocator.Error!Content {
        const text = given.text orelse return .{ .parts = given.parts };
        return .{ .parts = try std.mem.concat(arena, Part, &.{ &.{.{ .text = text }}, given.parts }) };
    }
};

/// What a model was asked.
pub const ModelCall = struct {
    /// The alias of the model, that of the default one too.
    model: []const u8,
    /// The conversation.
    contents: []const Content,
    /// How it was to answer.
    options: ModelOptions,
    /// Whether it was given up before its end, by the agent or because its run was over.
    cancelled: bool = false,
};

/// Texts that vectors were wanted of.
pub const EmbedCall = struct {
    /// The alias of the model, that of the default one too.
    model: []const u8,
    texts: []const []const u8,
};

/// An answer of the run.
pub const Completion = struct {
    call: ModelCall,
    work: Work(ModelResponse),
    pieces: []const Piece,
    /// How many of them the agent was told.
    told: usize = 0,
    /// How many of them the client could have been shown.
    shown: usize = 0,
    /// When there is something to tell, or the end.
    next_at_ms: u64 = 0,

    /// A delta, and when it is there.
    const Piece = struct { delta: Delta, at_ms: u64 };

    /// What was written since the last time.
    pub fn next(completion: *Completion, allocator: Allocator, clock: *Clock) Allocator.Error!Reply([]const Delta) {
        clock.waitUntil(completion.next_at_ms);
        if (clock.refusal()) |failure| return .{ .refused = failure };
        const fresh = completion.pieces[completion.told..completion.written(clock)];
        completion.told += fresh.len;
        completion.lookAhead();
        if (fresh.len == 0) switch (completion.work.end) {
            .ok => {},
            .refused => |failure| return .{ .refused = failure },
        };
        const deltas = try allocator.alloc(Delta, fresh.len);
        for (fresh, deltas) |piece, *delta| delta.* = piece.delta;
        return .{ .ok = deltas };
    }

    pub fn cancel(completion: *Completion, clock: *const Clock) void {
        completion.work.cancel(clock);
        completion.lookAhead();
    }

    fn lookAhead(completion: *Completion) void {
        completion.next_at_ms = completion.work.over_at_ms;
        if (completion.told == completion.pieces.len) return;
        completion.next_at_ms = @min(completion.next_at_ms, completion.pieces[completion.told].at_ms);
    }

    /// How many deltas are there. One that was given up has no more.
    fn written(completion: *const Completion, clock: *const Clock) usize {
        const last = @min(clock.now_ms, completion.work.over_at_ms);
        for (completion.pieces, 0..) |piece, count| if (piece.at_ms > last) return count;
        return completion.pieces.len;
    }

    /// What the client sees of a delta.
    fn relayed(completion: *const Completion, delta: Delta) ?Event {
        const relay = completion.call.options.relay;
        return switch (delta) {
            .text => |text| if (relay != .off) .{ .text_delta = text } else null,
            .thought => |text| if (relay == .all) .{ .thought_delta = text } else null,
            .function_call, .other => null,
        };
    }
};

/// Makes one function of any: it takes the context, the conversation and the options, and returns a `ModelAnswer`, a
/// text, or an error.
pub fn erase(
    comptime function: anytype,
) *const fn (cx: *Context, contents: []const Content, options: ModelOptions) ModelAnswer {
    return &struct {
        fn answer(cx: *Context, contents: []const Content, options: ModelOptions) ModelAnswer {
            const given = function(cx, contents, options);
            const answered = if (@typeInfo(@TypeOf(given)) == .error_union)
                given catch |err| return .{ .failure = failureOf(cx, err) }
            else
                given;
            return if (@TypeOf(answered) == ModelAnswer) answered else .{ .text = answered };
        }
    }.answer;
}

/// The same for vectors of texts.
pub fn eraseEmbed(
    comptime function: anytype,
) *const fn (cx: *Context, texts: []const []const u8) Reply([]const []const f32) {
    return &struct {
        fn vectors(cx: *Context, texts: []const []const u8) Reply([]const []const f32) {
            const given = function(cx, texts);
            if (@typeInfo(@TypeOf(given)) != .error_union) return .{ .ok = given };
            return .{ .ok = given catch |err| return .{ .refused = failureOf(cx, err) } };
        }
    }.vectors;
}

fn failureOf(cx: *const Context, err: anyerror) Failure {
    return cx.failure(err) orelse .{ .code = "exception", .message = @errorName(err) };
}

/// The models, the default one first, the others by name.
pub fn available(models: *const Models, allocator: Allocator) Allocator.Error![]const ModelSummary {
    const all = try allocator.alloc(ModelSummary, models.known.len);
    for (models.known, all) |known, *summary| summary.* = known.summary;
    if (all.len > 0) std.mem.sort(ModelSummary, all[1..], {}, isBefore);
    return all;
}

fn isBefore(_: void, a: ModelSummary, b: ModelSummary) bool {
    return std.mem.lessThan(u8, a.name, b.name);
}

/// What they were asked, in order.
pub fn calls(models: *const Models) Allocator.Error![]const ModelCall {
    const all = try models.arena.alloc(ModelCall, models.opened.items.len);
    for (models.opened.items, all) |completion, *call| {
        call.* = completion.call;
        call.cancelled = completion.work.cancelled;
    }
    return all;
}

/// Shows the client of `run` what was relayed since the last time.
pub fn show(models: *Models, run: *Invocation) Allocator.Error!void {
    for (models.opened.items) |completion| {
        const fresh = completion.pieces[completion.shown..completion.written(&run.clock)];
        completion.shown += fresh.len;
        for (fresh) |piece| if (completion.relayed(piece.delta)) |event| try run.events.append(run.arena, event);
    }
}

/// Asks a model of `run`, whose models these are. It does all of its work now, on a clock of its own.
pub fn open(
    models: *Models,
    run: *Invocation,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!Reply(*Completion) {
    const known = switch (try models.find(options.model)) {
        .ok => |place| place,
        .refused => |failure| return .{ .refused = failure },
    };
    const arena = models.arena;
    const completion = try arena.create(Completion);
    const call = try copies.modelCall(arena, .{ .model = known.summary.name, .contents = contents, .options = options });
    try models.opened.append(arena, completion);
    var took_ms: u64 = 0;
    const given = switch (known.answers) {
        .script => try models.takeAnswer(known),
        .function => |function| answered: {
            const inner = try run.beside(known.summary.name, run.setup.info.invocation_id, run.setup.info.session_id);
            var shared = inner.shared();
            var cx: Context = .init(&shared);
            const answer = try copies.modelAnswer(arena, function(&cx, call.contents, call.options));
            took_ms = inner.clock.now_ms;
            break :answered answer;
        },
    };
    took_ms +|= millis(given.takes);
    completion.* = .{
        .call = call,
        .work = .{
            .over_at_ms = run.clock.now_ms +| took_ms,
            .end = try ended(arena, known.summary.name, given),
            .when_cancelled = stopped,
        },
        .pieces = try spread(arena, given, run.clock.now_ms, took_ms),
    };
    completion.lookAhead();
    return .{ .ok = completion };
}

const stopped: Failure = .{ .code = "cancelled", .message = "the answer was given up" };

/// Wants vectors of a model of `run`. The time that it takes is waited for.
pub fn embed(
    models: *Models,
    run: *Invocation,
    model: ?[]const u8,
    texts: []const []const u8,
) Allocator.Error!Reply(Embeddings) {
    const known = switch (try models.find(model)) {
        .ok => |place| place,
        .refused => |failure| return .{ .refused = failure },
    };
    const name = known.summary.name;
    const call = try copies.embedCall(models.arena, .{ .model = name, .texts = texts });
    try models.embedded.append(models.arena, call);
    const function = known.embed orelse {
        const message = try std.fmt.allocPrint(models.arena, "the model `{s}` has no vectors of texts", .{name});
        return .{ .refused = .{ .kind = .unsupported, .message = message } };
    };
    const inner = try run.beside(name, run.setup.info.invocation_id, run.setup.info.session_id);
    var shared = inner.shared();
    var cx: Context = .init(&shared);
    const given = function(&cx, call.texts);
    run.clock.waitUntil(run.clock.now_ms +| inner.clock.now_ms);
    if (run.clock.refusal()) |failure| return .{ .refused = failure };
    return switch (given) {
        .ok => |vectors| .{ .ok = .{ .model = name, .vectors = vectors, .usage = .{} } },
        .refused => |failure| .{ .refused = try failure.dupe(models.arena) },
    };
}

/// The model with this alias, the default one where there is none.
fn find(models: *Models, alias: ?[]const u8) Allocator.Error!Reply(*Known) {
    const name = alias orelse {
        if (models.known.len > 0) return .{ .ok = &models.known[0] };
        return .{ .refused = .{ .kind = .not_found, .message = "there is no model" } };
    };
    for (models.known) |*known| if (std.mem.eql(u8, known.summary.name, name)) return .{ .ok = known };
    const names = try models.arena.alloc([]const u8, models.known.len);
    for (models.known, names) |known, *place| place.* = known.summary.name;
    return .{ .refused = try notFound(models.arena, "model", name, names) };
}

/// The next answer of a script.
fn takeAnswer(models: *Models, known: *Known) Allocator.Error!ModelAnswer {
    const script = known.answers.script;
    if (script.len > 0) {
        known.answers = .{ .script = script[1..] };
        return script[0];
    }
    const name = known.summary.name;
    models.mistake = try std.fmt.allocPrint(models.arena, "the model `{s}` has no answer left, and is asked", .{name});
    return .{ .failure = .{ .message = models.mistake.? } };
}

/// What the agent gets of what a model answered.
fn ended(arena: Allocator, model: []const u8, given: ModelAnswer) Allocator.Error!Reply(ModelResponse) {
    if (given.failure) |failure| return .{ .refused = failure };
    const content = try given.content(arena);
    const finish: FinishReason = for (content.parts) |part| {
        if (part == .function_call) break .function_calls;
    } else .stop;
    return .{ .ok = .{
        .model = model,
        .content = content,
        .finish = given.finish orelse finish,
        .usage = given.usage,
        .extra = given.extra,
    } };
}

/// The deltas of an answer, the last of which is there at its end.
fn spread(arena: Allocator, given: ModelAnswer, now_ms: u64, took_ms: u64) Allocator.Error![]const Completion.Piece {
    const deltas = given.deltas orelse try deltasOf(arena, try given.content(arena));
    const pieces = try arena.alloc(Completion.Piece, deltas.len);
    for (deltas, pieces, 1..) |delta, *piece, number| {
        piece.* = .{ .delta = delta, .at_ms = now_ms +| took_ms *| number / deltas.len };
    }
    return pieces;
}

fn deltasOf(arena: Allocator, content: Content) Allocator.Error![]const Delta {
    var deltas: std.ArrayList(Delta) = .empty;
    for (content.parts) |part| switch (part) {
        .text => |text| {
            var rest = text;
            while (rest.len > 0) {
                const word = if (std.mem.findScalar(u8, rest, ' ')) |space| rest[0 .. space + 1] else rest;
                try deltas.append(arena, .{ .text = word });
                rest = rest[word.len..];
            }
        },
        .thought => |thought| try deltas.append(arena, .{ .thought = thought }),
        .function_call => |call| try deltas.append(arena, .{ .function_call = call }),
        else => {},
    };
    return deltas.toOwnedSlice(arena);
}
