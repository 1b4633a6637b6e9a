//! The port behind `Context`: what the host offers, in the SDK's own types.
//!
//! It has one adapter a target, chosen when the agent is compiled and not through function pointers: a table of those
//! would keep every import alive, and a component is to import only what its agent uses.

const builtin = @import("builtin");

const Failure = @import("failure.zig").Failure;

/// Whether this is compiled into a component. Natively there is the fake host.
pub const is_component = builtin.target.cpu.arch.isWasm();

/// The host of this target.
pub const Current = if (is_component) @import("guest/Imports.zig") else @import("testing/Invocation.zig");

/// What a call answers with that the host may refuse.
pub fn Reply(comptime T: type) type {
    return union(enum) { ok: T, refused: Failure };
}
