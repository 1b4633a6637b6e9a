//! The names of the imports and exports, compared with the bindings that are generated for C.

const std = @import("std");

const abi = @import("../src/guest/abi.zig");

const bindings = @embedFile("contract.c");
const ours = @embedFile("../src/guest/abi.zig");

test "each import of the bindings is one of ours" {
    var count: usize = 0;
    var rest: []const u8 = bindings;
    while (after(rest, "__import_module__(\"")) |found| {
        const module, const names = std.mem.cutScalar(u8, found, '"').?;
        const name, rest = std.mem.cutScalar(u8, after(names, "__import_name__(\"").?, '"').?;
        try std.testing.expect(std.mem.startsWith(u8, module, "rak:agent/"));
        try std.testing.expect(std.mem.endsWith(u8, module, "@" ++ abi.version));
        try expectQuoted(module["rak:agent/".len .. module.len - "@".len - abi.version.len]);
        try expectQuoted(name);
        count += 1;
    }
    try std.testing.expectEqual(std.mem.count(u8, ours, "= import("), count);
}

test "the exports are those of the bindings" {
    for ([_][]const u8{ abi.entry.describe, abi.entry.run }) |name| {
        var text: [64]u8 = undefined;
        const declared = try std.fmt.bufPrint(&text, "__export_name__(\"{s}\")", .{name});
        try std.testing.expect(std.mem.find(u8, bindings, declared) != null);
    }
}

fn after(text: []const u8, needle: []const u8) ?[]const u8 {
    return (std.mem.cut(u8, text, needle) orelse return null)[1];
}

fn expectQuoted(name: []const u8) !void {
    var text: [64]u8 = undefined;
    const quoted = try std.fmt.bufPrint(&text, "\"{s}\"", .{name});
    if (std.mem.find(u8, ours, quoted) != null) return;
    std.debug.print("src/guest/abi.zig does not name {s}\n", .{name});
    return error.NoSuchImport;
}
