//! A `std.Io` over the host: clocks, sleeping, randomness and standard output. What a component has not fails, as
//! `std.Io.failing` has it: files, processes, sockets. Tasks run at once, in the one thread that there is.

const std = @import("std");
const Io = std.Io;

const Current = @import("host.zig").Current;
const wait = @import("wait.zig");

/// The `std.Io` of a host.
pub fn of(host: *Current) Io {
    return .{ .userdata = host, .vtable = &vtable };
}

/// The `std.Io` of a host that only writes: what imports nothing else.
pub fn outputOf(host: *Current) Io {
    return .{ .userdata = host, .vtable = &output_vtable };
}

const vtable: Io.VTable = vtable: {
    var table = output_vtable;
    table.now = now;
    table.clockResolution = clockResolution;
    table.sleep = sleep;
    table.random = random;
    table.randomSecure = randomSecure;
    table.checkCancel = checkCancel;
    table.recancel = recancel;
    break :vtable table;
};

const output_vtable: Io.VTable = vtable: {
    var table = Io.failing.vtable.*;
    table.swapCancelProtection = swapCancelProtection;
    table.operate = operate;
    table.fileWritePositional = fileWritePositional;
    table.fileIsTty = isTty;
    table.fileSupportsAnsiEscapeCodes = isTty;
    table.lockStderr = lockStderr;
    table.tryLockStderr = tryLockStderr;
    table.unlockStderr = unlockStderr;
    break :vtable table;
};

fn hostOf(userdata: ?*anyopaque) *Current {
    return @ptrCast(@alignCast(userdata.?));
}

fn now(userdata: ?*anyopaque, clock: Io.Clock) Io.Timestamp {
    return hostOf(userdata).now(clock);
}

fn clockResolution(_: ?*anyopaque, _: Io.Clock) Io.Clock.ResolutionError!Io.Duration {
    return .fromMilliseconds(1);
}

fn sleep(userdata: ?*anyopaque, timeout: Io.Timeout) Io.Cancelable!void {
    const host = hostOf(userdata);
    const time: Io.Duration = switch (timeout) {
        .none => .max,
        .duration => |duration| duration.raw,
        .deadline => |deadline| host.now(deadline.clock).durationTo(deadline.raw),
    };
    host.sleep(wait.millis(time));
    if (host.isCancelled()) return error.Canceled;
}

fn random(userdata: ?*anyopaque, buffer: []u8) void {
    hostOf(userdata).random(buffer);
}

fn randomSecure(userdata: ?*anyopaque, buffer: []u8) Io.RandomSecureError!void {
    hostOf(userdata).random(buffer);
}

fn checkCancel(userdata: ?*anyopaque) Io.Cancelable!void {
    if (hostOf(userdata).isCancelled()) return error.Canceled;
}

/// A cancelled invocation stays cancelled, so there is nothing to note down.
fn recancel(_: ?*anyopaque) void {}

fn swapCancelProtection(_: ?*anyopaque, _: Io.CancelProtection) Io.CancelProtection {
    return .unblocked;
}

fn operate(userdata: ?*anyopaque, operation: Io.Operation) Io.Cancelable!Io.Operation.Result {
    return switch (operation) {
        .file_write_streaming => |write| .{ .file_write_streaming = writeStreaming(hostOf(userdata), write) },
        else => Io.failingOperate(userdata, operation),
    };
}

fn writeStreaming(
    host: *Current,
    write: Io.Operation.FileWriteStreaming,
) Io.Operation.FileWriteStreaming.Error!usize {
    const out = output(write.file) orelse return error.NotOpenForWriting;
    var written: usize = 0;
    try writePiece(host, out, write.header, &written);
    for (write.data[0 .. write.data.len - 1]) |piece| try writePiece(host, out, piece, &written);
    for (0..write.splat) |_| try writePiece(host, out, write.data[write.data.len - 1], &written);
    return written;
}

fn writePiece(host: *Current, out: Output, bytes: []const u8, written: *usize) error{InputOutput}!void {
    if (bytes.len == 0) return;
    try host.write(out, bytes);
    written.* += bytes.len;
}

/// What can be written to.
pub const Output = enum { stdout, stderr };

fn output(file: Io.File) ?Output {
    if (file.handle == Io.File.stdout().handle) return .stdout;
    return if (file.handle == Io.File.stderr().handle) .stderr else null;
}

/// Makes a writer that begins by trying positions go on without them.
fn fileWritePositional(
    _: ?*anyopaque,
    _: Io.File,
    _: []const u8,
    _: []const []const u8,
    _: usize,
    _: u64,
) Io.File.WritePositionalError!usize {
    return error.Unseekable;
}

fn isTty(_: ?*anyopaque, _: Io.File) Io.Cancelable!bool {
    return false;
}

/// The one that there is, as `lockStderr` hands it out. There is one thread, so nobody has to wait for it.
var stderr_writer: Io.File.Writer = undefined;

fn lockStderr(userdata: ?*anyopaque, _: ?Io.Terminal.Mode) Io.Cancelable!Io.LockedStderr {
    stderr_writer = .initStreaming(.stderr(), outputOf(hostOf(userdata)), &.{});
    return .{ .file_writer = &stderr_writer, .terminal_mode = .no_color };
}

fn tryLockStderr(userdata: ?*anyopaque, mode: ?Io.Terminal.Mode) Io.Cancelable!?Io.LockedStderr {
    return try lockStderr(userdata, mode);
}

fn unlockStderr(_: ?*anyopaque) void {
    stderr_writer.interface.flush() catch {};
}
