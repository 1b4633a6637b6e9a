//! What is said: one `Content` is one turn of the conversation, made of `Part`s.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Json = @import("Json.zig");

/// The roles that a `Content` can have.
pub const role = struct {
    /// The person, or the program that speaks for them.
    pub const user = "user";
    /// The agent.
    pub const model = "model";
    /// The answer of a tool.
    pub const function = "function";
    /// Instructions that neither the user nor the agent wrote.
    pub const system = "system";
};

/// One turn of the conversation.
///
/// `parts` refers to memory of its maker: `&.{ … }` with values that are known at run time lies on the stack of the
/// function that wrote it. Emit it, or return it by way of `Context.content`, which copies it.
pub const Content = struct {
    /// Who speaks: one of the words in `role`.
    role: []const u8 = role.model,
    /// What is said, in order.
    parts: []const Part = &.{},

    /// All text parts as one string: the text itself where there is one part, else allocated. Thoughts are not part of
    /// it.
    pub fn text(content: Content, allocator: Allocator) Allocator.Error![]const u8 {
        if (content.parts.len == 1 and content.parts[0] == .text) return content.parts[0].text;
        var joined: std.ArrayList(u8) = .empty;
        for (content.parts) |part| switch (part) {
            .text => |piece| try joined.appendSlice(allocator, piece),
            else => {},
        };
        return joined.toOwnedSlice(allocator);
    }
};

/// One piece of a `Content`.
pub const Part = union(enum) {
    /// Text to show.
    text: []const u8,
    /// The model's reasoning: shown apart, never an answer.
    thought: []const u8,
    /// Bytes that travel with the message.
    inline_data: Blob,
    /// Bytes that are somewhere else.
    file_data: FileRef,
    /// A tool that the model wants called.
    function_call: FunctionCall,
    /// What the tool answered.
    function_response: FunctionResponse,
    /// Anything the agent and its client agree on.
    other: Custom,
};

/// Bytes and what they are.
pub const Blob = struct {
    /// For example `image/png`.
    mime_type: []const u8,
    /// The bytes themselves.
    data: []const u8,
};

/// Where bytes are.
pub const FileRef = struct {
    /// For example `image/png`, where it is known.
    mime_type: ?[]const u8 = null,
    /// The address.
    uri: []const u8,
};

/// A tool that the model wants called.
pub const FunctionCall = struct {
    /// Pairs the call with its response. Where it is empty, as some models leave it, `Tools` makes one.
    id: []const u8 = "",
    /// The tool.
    name: []const u8,
    /// Its arguments, in the tool's own shape.
    args: Json,
};

/// What a tool answered.
pub const FunctionResponse = struct {
    /// The id of the call.
    id: []const u8,
    /// The tool.
    name: []const u8,
    /// The answer, in the tool's own shape.
    response: Json,
    /// Whether the answer is an error.
    failed: bool = false,
};

/// A named JSON value: anything the agent and its client agree on.
pub const Custom = struct {
    /// What the value means.
    name: []const u8,
    /// The value.
    value: Json,
};
