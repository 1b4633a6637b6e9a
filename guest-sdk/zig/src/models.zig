//! Models: who the host asks for an agent.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Content = @import("content.zig").Content;
const Current = @import("host.zig").Current;
const Error = @import("failure.zig").Error;
const FunctionCall = @import("content.zig").FunctionCall;
const Json = @import("Json.zig");
const Part = @import("content.zig").Part;
const Run = @import("Run.zig");
const Waitable = @import("wait.zig").Waitable;
const decode = @import("session.zig").decode;
const role = @import("content.zig").role;

/// The models that the host brokers: `cx.models`. The agent names an alias; the host holds the key and counts the tokens.
///
/// The host asks a model again that refuses, breaks off or is too slow, and then others, as it is set up. A call fails
/// with what is left: `error.NotFound` (no such alias), `error.Denied`, `error.InvalidArgument` (the provider refused the
/// request, or cannot do what is asked), `error.RateLimited`, `error.Unavailable`, `error.DeadlineExceeded`,
/// `error.LimitExceeded` (a budget of tokens is used up, or the answer is too large), and `error.Failed` with the code
/// `invalid_response` where the answer is not what was asked for.
pub const Models = struct {
    run: *Run,
    allocator: Allocator,

    /// The models that may be asked, by alias, the agent's default first.
    pub fn available(models: Models) Error![]const ModelSummary {
        return models.run.check([]const ModelSummary, try models.run.host.models(models.allocator));
    }

    /// Asks a model with a text of the user, and waits for the whole answer.
    pub fn complete(models: Models, text: []const u8, options: ModelOptions) Error!ModelResponse {
        return models.completeContents(&.{saying(&.{.{ .text = text }})}, options);
    }

    /// The same with a conversation, oldest first: what the user said, what the model answered, and in the role
    /// `function` what came of the functions that it called.
    pub fn completeContents(models: Models, contents: []const Content, options: ModelOptions) Error!ModelResponse {
        const reply = try models.run.host.complete(models.allocator, contents, options);
        return models.run.check(ModelResponse, reply);
    }

    /// Asks a model with a text of the user, and gives what it writes as it comes.
    pub fn open(models: Models, text: []const u8, options: ModelOptions) Error!Completion {
        return models.openContents(&.{saying(&.{.{ .text = text }})}, options);
    }

    /// The same with a conversation.
    pub fn openContents(models: Models, contents: []const Content, options: ModelOptions) Error!Completion {
        const reply = try models.run.host.openCompletion(models.allocator, contents, options);
        return .{
            .run = models.run,
            .allocator = models.allocator,
            .handle = try models.run.check(Current.Completion, reply),
        };
    }

    /// Reads an answer that was asked for with a `response_schema` into any type that `std.json` reads. Fails with
    /// `error.Failed` where it has another shape.
    pub fn parse(models: Models, comptime T: type, response: ModelResponse) Error!T {
        const text = try response.text(models.allocator);
        return decode(T, models.run, models.allocator, text, "the answer of the model", response.model);
    }

    /// Turns texts into vectors. The model is an alias; the agent's default where it is `null`.
    pub fn embed(models: Models, model: ?[]const u8, texts: []const []const u8) Error!Embeddings {
        return models.run.check(Embeddings, try models.run.host.embed(models.allocator, model, texts));
    }
};

fn saying(parts: []const Part) Content {
    return .{ .role = role.user, .parts = parts };
}

/// A model that may be asked.
pub const ModelSummary = struct {
    /// The alias to ask it by.
    name: []const u8,
    /// What it is good for.
    description: []const u8 = "",
    /// Anything else the host says of it.
    extra: ?Json = null,
};

/// How a model is to answer.
pub const ModelOptions = struct {
    /// An alias; the agent's default where it is `null`.
    model: ?[]const u8 = null,
    /// The instruction.
    system: ?[]const u8 = null,
    /// The functions that it may call.
    tools: []const ModelTool = &.{},
    /// Which of them it is to call.
    tool_choice: ToolChoice = .auto,
    /// The longest answer, in tokens.
    max_output_tokens: ?u32 = null,
    /// How freely it chooses its words.
    temperature: ?f32 = null,
    /// Texts that end the answer.
    stop: []const []const u8 = &.{},
    /// JSON Schema that the answer has to satisfy, which is JSON then: `Models.parse` reads it.
    response_schema: ?Json = null,
    /// What the host sends on to the client while the model writes.
    relay: Relay = .off,
    /// Members of the provider's own request that have no field here: an object.
    extra: ?Json = null,
};

/// A function that a model may call. The agent calls it, and tells the model what came of it.
pub const ModelTool = struct {
    /// What the model calls it by.
    name: []const u8,
    /// What it does, and when to use it.
    description: []const u8 = "",
    /// JSON Schema of the arguments.
    parameters: Json = .literal(.{ .type = "object" }),
};

/// Which function a model is to call.
pub const ToolChoice = union(enum) {
    /// As it sees fit.
    auto,
    /// None.
    none,
    /// At least one.
    required,
    /// This one.
    named: []const u8,
};

/// What the host sends on to the client while a model writes: as deltas, so that the agent still gives the answer as a
/// whole.
pub const Relay = enum(u8) {
    /// Nothing.
    off,
    /// The text.
    text,
    /// Thoughts too.
    all,
};

/// What a model answered.
pub const ModelResponse = struct {
    /// The provider's name of the model that answered.
    model: []const u8,
    /// The answer, with the role `model`. The next request has it among its contents as it is.
    content: Content,
    /// Why it ends.
    finish: FinishReason,
    /// What it cost.
    usage: Usage,
    /// Anything else the provider says.
    extra: ?Json = null,

    /// The texts of the answer as one string.
    pub fn text(response: ModelResponse, allocator: Allocator) Allocator.Error![]const u8 {
        return response.content.text(allocator);
    }

    /// The functions that the model wants called, in order.
    pub fn functionCalls(response: ModelResponse, allocator: Allocator) Allocator.Error![]const FunctionCall {
        var calls: std.ArrayList(FunctionCall) = .empty;
        for (response.content.parts) |part| switch (part) {
            .function_call => |call| try calls.append(allocator, call),
            else => {},
        };
        return calls.toOwnedSlice(allocator);
    }
};

/// Why an answer ends.
pub const FinishReason = union(enum) {
    /// It is complete.
    stop,
    /// The model had no more tokens.
    length,
    /// Functions are to be called.
    function_calls,
    /// The provider held it back.
    filtered,
    /// A word of the provider.
    other: []const u8,

    /// The reason's name in the contract, for example `function-calls`, or the provider's word.
    pub fn name(reason: FinishReason) []const u8 {
        return switch (reason) {
            .stop => "stop",
            .length => "length",
            .function_calls => "function-calls",
            .filtered => "filtered",
            .other => |word| word,
        };
    }
};

/// What an answer cost, in tokens.
pub const Usage = struct {
    /// What was read, what the provider had cached included.
    input_tokens: u64 = 0,
    /// What was written, thoughts included.
    output_tokens: u64 = 0,
    /// What of the input the provider had cached.
    cached_tokens: u64 = 0,
    /// What of the output were thoughts.
    thought_tokens: u64 = 0,
    /// Anything else the provider says.
    extra: ?Json = null,
};

/// A piece of an answer that is still being written.
pub const Delta = union(enum) {
    /// Text, to be put behind what came before.
    text: []const u8,
    /// The model's reasoning.
    thought: []const u8,
    /// A whole call of a function.
    function_call: FunctionCall,
    /// Whatever else the provider sends.
    other: Json,
};

/// The vectors of texts.
pub const Embeddings = struct {
    /// The provider's name of the model.
    model: []const u8,
    /// One for each text, in their order.
    vectors: []const []const f32,
    /// What they cost.
    usage: Usage,
    /// Anything else the provider says.
    extra: ?Json = null,
};

/// An answer that a model is writing.
pub const Completion = struct {
    run: *Run,
    allocator: Allocator,
    handle: Current.Completion,

    /// What was written since the last time, waiting for it where there is nothing new; `null` at the end:
    /// `while (try completion.next()) |deltas| for (deltas) |delta| …`.
    ///
    /// Fails as `Models.complete` does, and with `error.Unavailable` where the host ended while the model wrote, which
    /// `Context.isInterrupted` knows: the rest is lost, and the model may be asked again.
    pub fn next(completion: Completion) Error!?[]const Delta {
        const reply = try completion.run.host.nextDeltas(completion.allocator, completion.handle);
        const deltas = try completion.run.check([]const Delta, reply);
        return if (deltas.len > 0) deltas else null;
    }

    /// Waits for the whole answer, as `Models.complete` does. The same again for who asks again.
    pub fn finish(completion: Completion) Error!ModelResponse {
        const reply = try completion.run.host.finishCompletion(completion.allocator, completion.handle);
        return completion.run.check(ModelResponse, reply);
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(completion: Completion) void {
        completion.run.host.cancelCompletion(completion.handle);
    }

    /// Something that is ready when `next` has something to tell, or the end, for `Context.waitAny`. It is given up
    /// before the answer is.
    pub fn waitable(completion: Completion) Waitable {
        return .{ .run = completion.run, .timer = completion.run.host.completionTimer(completion.handle) };
    }

    /// Gives it up, unless it is over. What is left when the run is over is given up then.
    pub fn deinit(completion: Completion) void {
        completion.run.host.dropCompletion(completion.handle);
    }
};
