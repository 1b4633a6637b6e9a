//! One JSON document, kept as its text: only where the shape belongs to a model, a tool or the agent itself.
//!
//! Zig has types where others have JSON values, so a document is read into one (`parse`) and made of one (`from`);
//! `std.json.Value` is such a type too. What is passed on unread keeps every digit.
//!
//! It can stand inside what `std.json` reads and writes.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Json = @This();

/// The document, UTF-8. The host refuses what is not JSON.
text: []const u8,

/// What can be wrong with a document, or with a type that it is read into.
pub const ParseError = std.json.ParseError(std.json.Scanner);

pub const @"null": Json = .{ .text = "null" };

/// A document that is JSON already.
pub fn raw(text: []const u8) Json {
    return .{ .text = text };
}

/// A document that is known when the agent is compiled, for example in a descriptor:
/// `.literal(.{ .type = "string" })`.
pub inline fn literal(comptime value: anytype) Json {
    return comptime text: {
        @setEvalBranchQuota(100_000);
        var counter: std.Io.Writer.Discarding = .init(&.{});
        std.json.Stringify.value(value, .{}, &counter.writer) catch unreachable;
        var buffer: [counter.fullCount()]u8 = undefined;
        var writer: std.Io.Writer = .fixed(&buffer);
        std.json.Stringify.value(value, .{}, &writer) catch unreachable;
        const document = buffer;
        break :text .raw(&document);
    };
}

/// Any value that `std.json` writes, as a compact document.
pub fn from(allocator: Allocator, value: anytype) Allocator.Error!Json {
    return .{ .text = try std.json.Stringify.valueAlloc(allocator, value, .{}) };
}

/// Reads the document. Fields that `T` does not have are left out; what is allocated is not freed one by one, so an
/// arena is the allocator to use, as `cx.allocator` is.
pub fn parse(json: Json, comptime T: type, allocator: Allocator) ParseError!T {
    return std.json.parseFromSliceLeaky(T, allocator, json.text, .{
        .ignore_unknown_fields = true,
        .allocate = .alloc_always,
    });
}

/// Writes the document.
pub fn format(json: Json, writer: *std.Io.Writer) std.Io.Writer.Error!void {
    try writer.writeAll(json.text);
}

/// For `std.json`: the document itself, not a string with it.
pub fn jsonStringify(json: Json, stringify: *std.json.Stringify) std.json.Stringify.Error!void {
    try stringify.beginWriteRaw();
    try stringify.writer.writeAll(json.text);
    stringify.endWriteRaw();
}

/// For `std.json`: whatever is there, without its white space.
pub fn jsonParse(
    allocator: Allocator,
    source: anytype,
    options: std.json.ParseOptions,
) std.json.ParseError(@TypeOf(source.*))!Json {
    // Numbers as they are written, so that none loses digits.
    var exact = options;
    exact.parse_numbers = false;
    return .from(allocator, try std.json.Value.jsonParse(allocator, source, exact));
}

/// For `std.json`: a part of a document that was read before.
pub fn jsonParseFromValue(allocator: Allocator, source: std.json.Value, _: std.json.ParseOptions) !Json {
    return .from(allocator, source);
}
