//! A `std.Io.Writer` whose text the client sees as it is written: `Events.writer` makes one.
//!
//! A delta never ends within a character: the bytes of one that is not whole wait for the rest of it.

const std = @import("std");
const Writer = std.Io.Writer;

const Error = @import("failure.zig").Error;
const Events = @import("events.zig").Events;
const FailureKind = @import("failure.zig").FailureKind;

const TextWriter = @This();

/// What to write with. It must not be copied out of the struct.
interface: Writer,
/// Why `interface` said `error.WriteFailed`. Where that error leaves `run`, the run ends with this one.
err: ?Error = null,
events: Events,
kind: Kind,
/// The beginning of a character.
partial: [4]u8 = undefined,
partial_len: u3 = 0,

pub const Kind = enum { text, thought };

/// Not for authors.
pub fn init(events: Events, kind: Kind, buffer: []u8) TextWriter {
    return .{
        .interface = .{ .buffer = buffer, .vtable = &.{ .drain = drain } },
        .events = events,
        .kind = kind,
    };
}

fn drain(interface: *Writer, data: []const []const u8, splat: usize) Writer.Error!usize {
    const stream: *TextWriter = @alignCast(@fieldParentPtr("interface", interface));
    var scratch: std.heap.ArenaAllocator = .init(stream.events.run.gpa);
    defer scratch.deinit();
    var gathered: std.ArrayList(u8) = .empty;
    const consumed = stream.gather(scratch.allocator(), &gathered, data, splat) catch |err| return stream.refuse(err);
    const whole = completeLen(gathered.items);
    if (whole > 0) stream.send(gathered.items[0..whole]) catch |err| return stream.refuse(err);
    const rest = gathered.items[whole..];
    @memcpy(stream.partial[0..rest.len], rest);
    stream.partial_len = @intCast(rest.len);
    interface.end = 0;
    return consumed;
}

/// Everything that is to be written, in one piece. Returns how much of `data` is in it, which is all.
fn gather(
    stream: *TextWriter,
    allocator: std.mem.Allocator,
    gathered: *std.ArrayList(u8),
    data: []const []const u8,
    splat: usize,
) std.mem.Allocator.Error!usize {
    try gathered.appendSlice(allocator, stream.partial[0..stream.partial_len]);
    try gathered.appendSlice(allocator, stream.interface.buffered());
    const before = gathered.items.len;
    for (data[0 .. data.len - 1]) |piece| try gathered.appendSlice(allocator, piece);
    for (0..splat) |_| try gathered.appendSlice(allocator, data[data.len - 1]);
    return gathered.items.len - before;
}

fn send(stream: *TextWriter, text: []const u8) Error!void {
    switch (stream.kind) {
        .text => try stream.events.textDelta(text),
        .thought => try stream.events.thoughtDelta(text),
    }
}

fn refuse(stream: *TextWriter, err: Error) Writer.Error {
    stream.err = err;
    stream.events.run.write_failure = FailureKind.ofError(err);
    return error.WriteFailed;
}

/// How many bytes there are before a character that is begun and not ended.
fn completeLen(text: []const u8) usize {
    var back: usize = 1;
    while (back <= @min(3, text.len)) : (back += 1) {
        const byte = text[text.len - back];
        const is_continuation = byte & 0b1100_0000 == 0b1000_0000;
        if (is_continuation) continue;
        const len = std.unicode.utf8ByteSequenceLength(byte) catch return text.len;
        return if (len > back) text.len - back else text.len;
    }
    return text.len;
}

test completeLen {
    try std.testing.expectEqual(0, completeLen(""));
    try std.testing.expectEqual(2, completeLen("ab"));
    try std.testing.expectEqual(1, completeLen("a\xc3"));
    try std.testing.expectEqual(3, completeLen("aü"));
    try std.testing.expectEqual(0, completeLen("\xf0\x9f\x98"));
    try std.testing.expectEqual(4, completeLen("\xf0\x9f\x98\x80"));
    // What is no text at all is not kept back.
    try std.testing.expectEqual(4, completeLen("\x80\x80\x80\x80"));
    try std.testing.expectEqual(1, completeLen("\xff"));
}
