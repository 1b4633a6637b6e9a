//! The component: its exports, and what its root file declares.

const std = @import("std");

const Context = @import("../context.zig").Context;
const Field = @import("../log.zig").Field;
const Imports = @import("Imports.zig");
const Level = @import("../log.zig").Level;
const Run = @import("../Run.zig");
const abi = @import("abi.zig");
const invoke = @import("../invoke.zig").invoke;
const io = @import("../io.zig");
const lift = @import("lift.zig");
const lower = @import("lower.zig");
const memory = @import("memory.zig");

/// Exports an agent.
pub fn exportAgent(comptime Agent: type) void {
    const exports = struct {
        var described: abi.Descriptor = undefined;
        var ended: abi.Result(abi.Outcome) = undefined;

        fn describe() callconv(.c) *const abi.Descriptor {
            described = lower.descriptor(memory.run(), Agent.agent) catch outOfMemory();
            return &described;
        }

        fn run(
            role: [*]const u8,
            role_len: usize,
            parts: [*]const abi.Part,
            parts_len: usize,
        ) callconv(.c) *const abi.Result(abi.Outcome) {
            const input: abi.Content = .{
                .role = .{ .ptr = role, .len = role_len },
                .parts = .{ .ptr = parts, .len = parts_len },
            };
            ended = end(Agent, input) catch outOfMemory();
            return &ended;
        }
    };
    @export(&exports.describe, .{ .name = abi.entry.describe });
    @export(&exports.run, .{ .name = abi.entry.run });
    @export(&memory.realloc, .{ .name = "cabi_realloc" });
    @export(&memory.prepare, .{ .name = "wizer-initialize" });
}

fn end(comptime Agent: type, input: abi.Content) std.mem.Allocator.Error!abi.Result(abi.Outcome) {
    const arena = memory.run();
    var run: Run = .{ .host = &Imports.instance, .arena = arena, .gpa = memory.gpa };
    var cx: Context = .init(&run);
    return switch (invoke(Agent.run, &cx, try lift.content(arena, input))) {
        .outcome => |outcome| .{ .is_err = false, .value = .{ .ok = try lower.outcome(arena, outcome) } },
        .failure => |failure| .{ .is_err = true, .value = .{ .err = try lower.failure(arena, failure) } },
    };
}

fn outOfMemory() noreturn {
    @panic("out of memory");
}

/// Writes why to stderr, which the host reports, and traps.
pub fn panic(message: []const u8, _: ?usize) noreturn {
    @branchHint(.cold);
    for ([_][]const u8{ "panic: ", message, "\n" }) |piece| Imports.instance.write(.stderr, piece) catch {};
    @trap();
}

/// What `std.debug` writes with. The one of the standard library brings all of a system's calls along.
pub const debug_io: std.Io = io.outputOf(&Imports.instance);

/// Writes a line of `std.log` to the host's log, with its scope as a field.
pub fn log(
    comptime level: std.log.Level,
    comptime scope: @EnumLiteral(),
    comptime format: []const u8,
    args: anytype,
) void {
    var scratch: std.heap.ArenaAllocator = .init(memory.gpa);
    defer scratch.deinit();
    const message = std.fmt.allocPrint(scratch.allocator(), format, args) catch return;
    const severity: Level = switch (level) {
        .err => .severe,
        .warn => .warning,
        .info => .info,
        .debug => .debug,
    };
    const fields: []const Field = if (scope == .default) &.{} else &.{.{ .name = "scope", .value = @tagName(scope) }};
    Imports.instance.log(scratch.allocator(), severity, message, fields) catch {};
}
