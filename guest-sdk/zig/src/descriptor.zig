//! What an agent says about itself.

const Json = @import("Json.zig");

/// What an agent is: its card. The host asks for it once when the component is loaded.
pub const Descriptor = struct {
    /// What clients call it.
    name: []const u8,
    /// What it does, in a sentence or two.
    description: []const u8 = "",
    /// The version of the agent.
    version: []const u8 = "",
    /// What it can be asked for.
    skills: []const Skill = &.{},
    /// JSON Schema of a structured input, where the agent wants one.
    input_schema: ?Json = null,
    /// Anything else a client may want to know.
    extra: ?Json = null,
};

/// One thing an agent can be asked for.
pub const Skill = struct {
    /// A stable word for it, unique in the agent.
    id: []const u8,
    /// Its name, for a person.
    name: []const u8,
    /// What it does.
    description: []const u8 = "",
    /// Words to find it by.
    tags: []const []const u8 = &.{},
    /// Inputs to try.
    examples: []const []const u8 = &.{},
};
