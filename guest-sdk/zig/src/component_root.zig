//! The root file of a component: `addAgent` compiles it with the author's file as the module `agent`.

const std = @import("std");

const agent = @import("agent");
const rak = @import("rak");

comptime {
    rak.exportAgent(agent);
}

pub const panic = std.debug.FullPanic(rak.component.panic);

pub const std_options_debug_io = rak.component.debug_io;
pub const std_options_debug_threaded_io = null;

/// The author's own options, with the host's log in place of stderr.
pub const std_options: std.Options = options: {
    var options: std.Options = if (@hasDecl(agent, "std_options")) agent.std_options else .{};
    options.logFn = rak.component.log;
    break :options options;
};
