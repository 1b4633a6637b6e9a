//! Artifacts.

const std = @import("std");
const rak = @import("rak");

const Call = @import("agent.zig").Call;
const cut = @import("agent.zig").cut;
const kindAndCode = @import("agent.zig").kindAndCode;

pub const behaviours = struct {
    pub fn artifact(cx: *rak.Context, asked: Call) !rak.Outcome {
        return numbered(cx, try cx.artifacts.save("notes/today.txt", plain(asked.argument)));
    }

    pub fn @"artifact-load"(cx: *rak.Context, asked: Call) !rak.Outcome {
        return shown(cx, try cx.artifacts.load(asked.argument, null));
    }

    pub fn @"artifact-version"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const name, const version = cut(asked.argument);
        return shown(cx, try cx.artifacts.load(name, try std.fmt.parseInt(u32, version, 10)));
    }

    pub fn @"artifact-bytes"(cx: *rak.Context, _: Call) !rak.Outcome {
        const data = [_]u8{ 0x00, 0x01, 0xfe, 0xff };
        _ = try cx.artifacts.save("user:raw.bin", .{ .mime_type = "application/octet-stream", .data = &data });
        const loaded = try cx.artifacts.load("user:raw.bin", null) orelse return error.NotFound;
        return cx.answer(try cx.print("{x}", .{loaded.data}));
    }

    pub fn @"artifact-pieces"(cx: *rak.Context, _: Call) !rak.Outcome {
        const version = try cx.artifacts.save("long.txt", plain("one two three"));
        var pieces: std.ArrayList([]const u8) = .empty;
        var offset: u64 = 0;
        while (true) {
            const piece = try cx.artifacts.read("long.txt", version, offset, 5);
            if (piece.len == 0) break;
            try pieces.append(cx.allocator, piece);
            offset += piece.len;
        }
        return cx.answer(try std.mem.join(cx.allocator, "|", pieces.items));
    }

    pub fn artifacts(cx: *rak.Context, asked: Call) !rak.Outcome {
        var shown_infos: std.ArrayList([]const u8) = .empty;
        for (try cx.artifacts.list(asked.argument)) |info| {
            const line = try cx.print("{s}@{d}:{d}", .{ info.name, info.version, info.size });
            try shown_infos.append(cx.allocator, line);
        }
        return cx.answer(try std.mem.join(cx.allocator, ",", shown_infos.items));
    }

    pub fn @"artifact-versions"(cx: *rak.Context, asked: Call) !rak.Outcome {
        var numbers: std.ArrayList([]const u8) = .empty;
        for (try cx.artifacts.versions(asked.argument)) |info| {
            try numbers.append(cx.allocator, try cx.print("{d}", .{info.version}));
        }
        return cx.answer(try std.mem.join(cx.allocator, ",", numbers.items));
    }

    pub fn @"artifact-remove"(cx: *rak.Context, asked: Call) !rak.Outcome {
        return cx.answer(try cx.print("{}", .{try cx.artifacts.remove(asked.argument, null)}));
    }

    pub fn @"artifact-fails"(cx: *rak.Context, asked: Call) !rak.Outcome {
        const version = cx.artifacts.save(asked.argument, plain("x")) catch |err| return kindAndCode(cx, err);
        return numbered(cx, version);
    }
};

fn plain(text: []const u8) rak.Blob {
    return .{ .mime_type = "text/plain", .data = text };
}

fn numbered(cx: *rak.Context, version: u32) !rak.Outcome {
    return cx.answer(try cx.print("{d}", .{version}));
}

fn shown(cx: *rak.Context, loaded: ?rak.Blob) !rak.Outcome {
    const blob = loaded orelse return cx.answer("none");
    return cx.answer(try cx.print("{s} {s}", .{ blob.mime_type, blob.data }));
}
