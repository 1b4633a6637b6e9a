//! Copies a WebAssembly module without its DWARF sections, which are ten times as large as the rest. The names of
//! functions stay, for the host's backtraces; the linker can only leave out both.
//!
//! `strip_debug IN OUT`

const std = @import("std");
const Io = std.Io;

/// The magic number and the version.
const preamble_len = 8;
/// The largest module that is read, in bytes: ten times the largest that a host takes.
const max_len = 1 << 30;

pub fn main(init: std.process.Init) !void {
    const arena = init.arena.allocator();
    const args = try init.minimal.args.toSlice(arena);
    const module = try Io.Dir.cwd().readFileAlloc(init.io, args[1], arena, .limited(max_len));
    var stripped: Io.Writer.Allocating = .init(arena);
    try strip(module, &stripped.writer);
    try Io.Dir.cwd().writeFile(init.io, .{ .sub_path = args[2], .data = stripped.written() });
}

/// Writes the sections that are no debug information.
fn strip(module: []const u8, out: *Io.Writer) !void {
    try out.writeAll(module[0..preamble_len]);
    var reader: Io.Reader = .fixed(module[preamble_len..]);
    while (reader.bufferedLen() > 0) {
        const start = preamble_len + reader.seek;
        const is_custom = try reader.takeByte() == 0;
        const body = try reader.take(try reader.takeLeb128(u32));
        if (is_custom and std.mem.startsWith(u8, try nameOf(body), ".debug_")) continue;
        try out.writeAll(module[start .. preamble_len + reader.seek]);
    }
}

/// The name of a custom section.
fn nameOf(body: []const u8) ![]const u8 {
    var reader: Io.Reader = .fixed(body);
    return reader.take(try reader.takeLeb128(u32));
}

test strip {
    const preamble = "\x00asm\x01\x00\x00\x00";
    const code = "\x0a\x02\x01\x02";
    const name = "\x00\x07\x04namexy";
    const debug = "\x00\x0d\x0b.debug_infoz";
    var buffer: [64]u8 = undefined;
    var out: Io.Writer = .fixed(&buffer);
    try strip(preamble ++ code ++ debug ++ name, &out);
    try std.testing.expectEqualStrings(preamble ++ code ++ name, out.buffered());
}

test "a module that ends early is refused" {
    var buffer: [64]u8 = undefined;
    var out: Io.Writer = .fixed(&buffer);
    try std.testing.expectError(error.EndOfStream, strip("\x00asm\x01\x00\x00\x00\x0a\x05\x01", &out));
}
