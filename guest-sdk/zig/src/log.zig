//! What the operator reads.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Run = @import("Run.zig");

/// How much a line matters.
pub const Level = enum(u8) {
    /// Every step.
    trace,
    /// For whoever looks for a mistake.
    debug,
    /// Something worth knowing.
    info,
    /// Something that is not as it should be.
    warning,
    /// Something that somebody has to look at.
    severe,
};

/// A name and a value beside a line.
pub const Field = struct { name: []const u8, value: []const u8 };

/// Writes lines to the host's log, with the invocation's id beside them: `cx.log`.
///
/// The fields are those of a struct: `cx.log.info("page read", .{ .url = url, .bytes = 1024 })`. A line that cannot be
/// written is left out. `std.log` writes there too, without fields.
pub const Log = struct {
    run: *Run,

    /// Writes a line.
    pub fn write(log: Log, level: Level, message: []const u8, fields: anytype) void {
        var scratch: std.heap.ArenaAllocator = .init(log.run.gpa);
        defer scratch.deinit();
        const texts = fieldTexts(scratch.allocator(), fields) catch return;
        log.run.host.log(scratch.allocator(), level, message, &texts) catch {};
    }

    /// Every step.
    pub fn trace(log: Log, message: []const u8, fields: anytype) void {
        log.write(.trace, message, fields);
    }

    /// For whoever looks for a mistake.
    pub fn debug(log: Log, message: []const u8, fields: anytype) void {
        log.write(.debug, message, fields);
    }

    /// Something worth knowing.
    pub fn info(log: Log, message: []const u8, fields: anytype) void {
        log.write(.info, message, fields);
    }

    /// Something that is not as it should be.
    pub fn warning(log: Log, message: []const u8, fields: anytype) void {
        log.write(.warning, message, fields);
    }

    /// Something that somebody has to look at.
    pub fn severe(log: Log, message: []const u8, fields: anytype) void {
        log.write(.severe, message, fields);
    }
};

fn fieldTexts(allocator: Allocator, fields: anytype) Allocator.Error![fieldCount(@TypeOf(fields))]Field {
    const names = @typeInfo(@TypeOf(fields)).@"struct".field_names;
    var texts: [names.len]Field = undefined;
    inline for (names, &texts) |name, *text| {
        text.* = .{ .name = name, .value = try fieldText(allocator, @field(fields, name)) };
    }
    return texts;
}

fn fieldCount(comptime Fields: type) usize {
    return @typeInfo(Fields).@"struct".field_names.len;
}

/// Text as it is, names of errors and enums, and anything else as `{f}` or `{any}` has it.
fn fieldText(allocator: Allocator, value: anytype) Allocator.Error![]const u8 {
    const T = @TypeOf(value);
    return switch (@typeInfo(T)) {
        .@"enum", .enum_literal, .error_set => printed(allocator, "{t}", value),
        .optional => if (value) |some| fieldText(allocator, some) else "null",
        .pointer => |pointer| if (isText(pointer)) @as([]const u8, value) else printed(allocator, "{any}", value),
        .@"struct", .@"union" => printed(allocator, if (std.meta.hasMethod(T, "format")) "{f}" else "{any}", value),
        else => printed(allocator, "{any}", value),
    };
}

fn printed(allocator: Allocator, comptime format: []const u8, value: anytype) Allocator.Error![]const u8 {
    return std.fmt.allocPrint(allocator, format, .{value});
}

fn isText(comptime pointer: std.builtin.Type.Pointer) bool {
    return switch (pointer.size) {
        .slice => pointer.child == u8,
        .one => switch (@typeInfo(pointer.child)) {
            .array => |array| array.child == u8,
            else => false,
        },
        else => false,
    };
}
