//! The host that a component has: its imports. It holds nothing.

const std = @import("std");
const Allocator = std.mem.Allocator;
const wasi = std.os.wasi;

const Content = @import("../content.zig").Content;
const Decision = @import("../people.zig").Decision;
const Event = @import("../events.zig").Event;
const Field = @import("../log.zig").Field;
const Info = @import("../context.zig").Info;
const Level = @import("../log.zig").Level;
const Output = @import("../io.zig").Output;
const Page = @import("../session.zig").Page;
const Reply = @import("../host.zig").Reply;
const Waitable = @import("../wait.zig").Waitable;
const abi = @import("abi.zig");
const lift = @import("lift.zig");
const lower = @import("lower.zig");
const memory = @import("memory.zig");

const Imports = @This();

/// A handle of the host.
pub const Timer = i32;

/// There is one host.
pub var instance: Imports = .{};

pub fn info(_: *Imports, allocator: Allocator) Allocator.Error!Info {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Info = undefined;
    abi.context.get(&theirs);
    return lift.info(theirs);
}

pub fn config(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!?[]const u8 {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Option(abi.String) = undefined;
    abi.context.config(name.ptr, name.len, &theirs);
    return if (theirs.get()) |json| json.slice() else null;
}

pub fn configKeys(_: *Imports, allocator: Allocator) Allocator.Error![]const []const u8 {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.List(abi.String) = undefined;
    abi.context.configKeys(&theirs);
    return lift.strings(allocator, theirs);
}

pub fn isCancelled(_: *Imports) bool {
    return abi.context.isCancelled() != 0;
}

pub fn remainingMs(_: *Imports) ?u64 {
    var theirs: abi.Option(u64) = undefined;
    abi.context.remainingMs(&theirs);
    return theirs.get();
}

pub fn emit(_: *Imports, allocator: Allocator, events: []const Event) Allocator.Error!Reply(u64) {
    const list = try lower.events(allocator, events);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(u64) = undefined;
    abi.events.emit(list.ptr, list.len, &theirs);
    return if (refusal(u64, theirs)) |refused| refused else .{ .ok = theirs.value.ok };
}

pub fn history(_: *Imports, allocator: Allocator, before: ?u64, limit: u32) Allocator.Error!Reply(Page) {
    memory.landIn(allocator);
    defer memory.landed();
    const from: abi.OptionalNumber = .of(before);
    var theirs: abi.Result(abi.Page) = undefined;
    abi.session.history(from.is_some, from.value, limit, &theirs);
    return if (refusal(Page, theirs)) |refused| refused else .{ .ok = try lift.page(allocator, theirs.value.ok) };
}

pub fn get(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!Reply(?[]const u8) {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Option(abi.String)) = undefined;
    abi.session.get(name.ptr, name.len, &theirs);
    if (refusal(?[]const u8, theirs)) |refused| return refused;
    return .{ .ok = if (theirs.value.ok.get()) |json| json.slice() else null };
}

pub fn set(_: *Imports, allocator: Allocator, key: []const u8, json: []const u8) Allocator.Error!Reply(void) {
    const name = try lower.string(allocator, key);
    const value = try lower.string(allocator, json);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Void) = undefined;
    abi.session.set(name.ptr, name.len, value.ptr, value.len, &theirs);
    return refusal(void, theirs) orelse .ok;
}

pub fn remove(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!Reply(void) {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Void) = undefined;
    abi.session.remove(name.ptr, name.len, &theirs);
    return refusal(void, theirs) orelse .ok;
}

pub fn keys(_: *Imports, allocator: Allocator, prefix: []const u8) Allocator.Error!Reply([]const []const u8) {
    const name = try lower.string(allocator, prefix);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.String)) = undefined;
    abi.session.keys(name.ptr, name.len, &theirs);
    if (refusal([]const []const u8, theirs)) |refused| return refused;
    return .{ .ok = try lift.strings(allocator, theirs.value.ok) };
}

pub fn approve(
    _: *Imports,
    allocator: Allocator,
    action: []const u8,
    details: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply(Decision) {
    const what = try lower.string(allocator, action);
    const shown = try lower.string(allocator, details);
    memory.landIn(allocator);
    defer memory.landed();
    const expiry: abi.OptionalNumber = .of(expires_in_ms);
    var theirs: abi.Result(abi.Decision) = undefined;
    abi.people.approve(what.ptr, what.len, shown.ptr, shown.len, expiry.is_some, expiry.value, &theirs);
    return refusal(Decision, theirs) orelse .{ .ok = lift.decision(theirs.value.ok) };
}

pub fn ask(
    _: *Imports,
    allocator: Allocator,
    question: []const u8,
    schema: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply([]const u8) {
    const what = try lower.string(allocator, question);
    const shape = try lower.string(allocator, schema);
    memory.landIn(allocator);
    defer memory.landed();
    const expiry: abi.OptionalNumber = .of(expires_in_ms);
    var theirs: abi.Result(abi.String) = undefined;
    abi.people.ask(what.ptr, what.len, shape.ptr, shape.len, expiry.is_some, expiry.value, &theirs);
    return refusal([]const u8, theirs) orelse .{ .ok = theirs.value.ok.slice() };
}

pub fn nextMessage(_: *Imports, allocator: Allocator, timeout_ms: ?u64) Allocator.Error!Reply(?Content) {
    memory.landIn(allocator);
    defer memory.landed();
    const timeout: abi.OptionalNumber = .of(timeout_ms);
    var theirs: abi.Result(abi.Option(abi.Content)) = undefined;
    abi.people.nextMessage(timeout.is_some, timeout.value, &theirs);
    if (refusal(?Content, theirs)) |refused| return refused;
    return .{ .ok = if (theirs.value.ok.get()) |said| try lift.content(allocator, said) else null };
}

pub fn sleep(_: *Imports, ms: u64) void {
    abi.wait.sleep(ms);
}

pub fn timer(_: *Imports, ms: u64) Timer {
    return abi.wait.timer(ms);
}

pub fn isReady(_: *Imports, handle: Timer) bool {
    return abi.wait.ready(handle) != 0;
}

pub fn block(_: *Imports, handle: Timer) void {
    abi.wait.block(handle);
}

pub fn drop(_: *Imports, handle: Timer) void {
    abi.wait.drop(handle);
}

pub fn any(
    _: *Imports,
    allocator: Allocator,
    of: []const Waitable,
    timeout_ms: ?u64,
) Allocator.Error![]const u32 {
    const handles = try allocator.alloc(Timer, of.len);
    for (of, handles) |waitable, *handle| handle.* = waitable.timer;
    memory.landIn(allocator);
    defer memory.landed();
    const timeout: abi.OptionalNumber = .of(timeout_ms);
    var theirs: abi.List(u32) = undefined;
    const list: abi.List(Timer) = .of(handles);
    abi.wait.any(list.ptr, list.len, timeout.is_some, timeout.value, &theirs);
    return theirs.slice();
}

pub fn log(
    _: *Imports,
    allocator: Allocator,
    level: Level,
    message: []const u8,
    fields: []const Field,
) Allocator.Error!void {
    const text = try lower.string(allocator, message);
    const list = try lower.fields(allocator, fields);
    abi.log.write(@backingInt(level), text.ptr, text.len, list.ptr, list.len);
}

pub fn now(_: *Imports, clock: std.Io.Clock) std.Io.Timestamp {
    const id: wasi.clockid_t = if (clock == .real) .REALTIME else .MONOTONIC;
    var nanoseconds: wasi.timestamp_t = 0;
    _ = wasi.clock_time_get(id, 1, &nanoseconds);
    return .{ .nanoseconds = nanoseconds };
}

pub fn random(_: *Imports, buffer: []u8) void {
    _ = wasi.random_get(buffer.ptr, buffer.len);
}

pub fn write(_: *Imports, output: Output, bytes: []const u8) error{InputOutput}!void {
    const file: wasi.fd_t = switch (output) {
        .stdout => 1,
        .stderr => 2,
    };
    var rest = bytes;
    while (rest.len > 0) {
        var written: usize = 0;
        const piece: wasi.ciovec_t = .{ .base = rest.ptr, .len = rest.len };
        if (wasi.fd_write(file, &.{piece}, 1, &written) != .SUCCESS) return error.InputOutput;
        rest = rest[written..];
    }
}

fn refusal(comptime T: type, theirs: anytype) ?Reply(T) {
    return if (theirs.is_err) .{ .refused = lift.failure(theirs.value.err) } else null;
}
