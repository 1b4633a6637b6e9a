//! One change: a line for people, and an operation of JSON Patch (RFC 6902) for programs.

const std = @import("std");
const Value = std.json.Value;
const Writer = std.Io.Writer;

const Change = @This();

/// Where, as a JSON Pointer (RFC 6901). It is that of the document as the changes before this one left it.
path: []const u8,
what: What,

pub const What = union(enum) {
    added: Value,
    removed: Value,
    changed: struct { old: Value, new: Value },
};

/// How much of a value a line shows, in bytes.
const shown_len = 80;

/// Writes the line, without its end.
pub fn format(change: Change, writer: *Writer) Writer.Error!void {
    try writer.print("{t} {s}: ", .{ change.what, if (change.path.len == 0) "(everything)" else change.path });
    switch (change.what) {
        .added, .removed => |value| try show(value, writer),
        .changed => |values| {
            try show(values.old, writer);
            try writer.writeAll(" -> ");
            try show(values.new, writer);
        },
    }
}

/// For `std.json`. What JSON Patch has no member for, the value before, is `old`.
pub fn jsonStringify(change: Change, json: *std.json.Stringify) std.json.Stringify.Error!void {
    const op, const value: ?Value, const old: ?Value = switch (change.what) {
        .added => |value| .{ "add", value, null },
        .removed => |value| .{ "remove", null, value },
        .changed => |values| .{ "replace", values.new, values.old },
    };
    try json.beginObject();
    try json.objectField("op");
    try json.write(op);
    try json.objectField("path");
    try json.write(change.path);
    if (value) |new| {
        try json.objectField("value");
        try json.write(new);
    }
    if (old) |before| {
        try json.objectField("old");
        try json.write(before);
    }
    try json.endObject();
}

/// The beginning of a value's JSON.
fn show(value: Value, writer: *Writer) Writer.Error!void {
    var buffer: [shown_len]u8 = undefined;
    var short: Writer = .fixed(&buffer);
    std.json.Stringify.value(value, .{}, &short) catch {
        try writer.writeAll(wholeCharacters(short.buffered()));
        return writer.writeAll("…");
    };
    try writer.writeAll(short.buffered());
}

/// Without a character that was cut off.
fn wholeCharacters(text: []const u8) []const u8 {
    var len = text.len;
    while (len > 0 and !std.unicode.utf8ValidateSlice(text[0..len])) len -= 1;
    return text[0..len];
}
