//! Where the host puts what it passes to the component.

const std = @import("std");
const Allocator = std.mem.Allocator;

/// What does not end with a call lies here.
pub const gpa = std.heap.wasm_allocator;

/// The arena of the run. There is one instance a run, so nothing of it is ever freed.
var run_arena: std.heap.ArenaAllocator = .init(gpa);

/// Whose memory the answer of the call in progress lands in. Between calls of the contract it is the run's: the input
/// lands there, and what the adapter for WASI keeps.
var landing: ?Allocator = null;

/// `rak build` calls this once, before it writes the memory down as that of every run. The allocator takes a page of
/// WebAssembly for each class of sizes, powers of two up to half a page; to have them before a run begins is cheaper than
/// to grow the memory in each.
pub fn prepare() callconv(.c) void {
    for (4..16) |bits| {
        const slot = @as(usize, 1) << @intCast(bits);
        const piece = gpa.rawAlloc(slot / 4 * 3, .@"8", @returnAddress()) orelse return;
        gpa.rawFree(piece[0 .. slot / 4 * 3], .@"8", @returnAddress());
    }
}

/// The memory of the run.
pub fn run() Allocator {
    return run_arena.allocator();
}

/// Makes the answer of the next call land in this memory, until `landed`.
pub fn landIn(allocator: Allocator) void {
    landing = allocator;
}

/// The call is over.
pub fn landed() void {
    landing = null;
}

/// `cabi_realloc` of the canonical ABI. It cannot fail but by a trap.
pub fn realloc(old: ?[*]u8, old_len: usize, alignment: usize, new_len: usize) callconv(.c) [*]u8 {
    // An address that is not null and is aligned, as the ABI wants it for what has no size.
    if (new_len == 0) return @ptrFromInt(alignment);
    const allocator = landing orelse run();
    const new = allocator.rawAlloc(new_len, .fromByteUnits(alignment), @returnAddress()) orelse
        @panic("out of memory");
    if (old) |bytes| @memcpy(new[0..@min(old_len, new_len)], bytes[0..@min(old_len, new_len)]);
    return new;
}
