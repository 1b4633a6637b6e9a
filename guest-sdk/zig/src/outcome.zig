//! How a run ends well.

const Content = @import("content.zig").Content;
const Json = @import("Json.zig");

/// How a run ends well: mostly with an answer. `Context.answer` makes one of a text.
pub const Outcome = struct {
    /// The answer, where it was not emitted already.
    content: ?Content = null,
    /// Tells a workflow above to stop.
    escalate: bool = false,
    /// Hands the conversation to another agent.
    transfer_to: ?[]const u8 = null,
    /// Anything else the client and the agent agree on.
    extra: ?Json = null,
};
