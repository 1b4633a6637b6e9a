//! Reads the two documents from what was sent.

const std = @import("std");
const rak = @import("rak");
const Value = std.json.Value;

/// How deep documents may be nested. Comparing takes stack for each level.
const max_depth = 200;

const usage = "send two JSON documents: as two parts, or as one text with a line `---` between them";

/// The document before the changes, and the one after them.
pub fn read(cx: *rak.Context, input: rak.Content) !struct { Value, Value } {
    const before, const after = try split(cx, try candidates(cx, input));
    return .{ try parse(cx, "first", before), try parse(cx, "second", after) };
}

/// What may be a document: the data where there are two of them, so that a text may say what to do with them; else all
/// data and text.
fn candidates(cx: *rak.Context, input: rak.Content) ![]const []const u8 {
    var data: std.ArrayList([]const u8) = .empty;
    var all: std.ArrayList([]const u8) = .empty;
    for (input.parts) |part| switch (part) {
        .text => |text| try all.append(cx.allocator, text),
        .inline_data => |blob| {
            try all.append(cx.allocator, blob.data);
            try data.append(cx.allocator, blob.data);
        },
        else => {},
    };
    return if (data.items.len == 2) data.items else all.items;
}

fn split(cx: *rak.Context, texts: []const []const u8) !struct { []const u8, []const u8 } {
    if (texts.len == 2) return .{ texts[0], texts[1] };
    if (texts.len != 1) return cx.fail(.{ .kind = .invalid_argument, .message = usage });
    var start: usize = 0;
    var lines = std.mem.splitScalar(u8, texts[0], '\n');
    // No line of a document is `---`: JSON has no line ends within strings.
    while (lines.next()) |line| {
        if (std.mem.eql(u8, std.mem.trim(u8, line, " \t\r"), "---")) return .{ texts[0][0..start], lines.rest() };
        start += line.len + 1;
    }
    return cx.fail(.{ .kind = .invalid_argument, .message = usage });
}

fn parse(cx: *rak.Context, which: []const u8, text: []const u8) !Value {
    var reading: Reading = .{ .scanner = .initCompleteInput(cx.allocator, text) };
    reading.check() catch |err| return reading.refuse(cx, which, err);
    // Again from the beginning, now that it is known to be JSON. Numbers as they are written keep all their digits.
    reading = .{ .scanner = .initCompleteInput(cx.allocator, text) };
    reading.scanner.enableDiagnostics(&reading.diagnostics);
    const options: std.json.ParseOptions = .{ .parse_numbers = false };
    return std.json.parseFromTokenSourceLeaky(Value, cx.allocator, &reading.scanner, options) catch |err|
        reading.refuse(cx, which, err);
}

const Reading = struct {
    scanner: std.json.Scanner,
    diagnostics: std.json.Scanner.Diagnostics = .{},

    /// Goes through the document.
    fn check(reading: *Reading) !void {
        reading.scanner.enableDiagnostics(&reading.diagnostics);
        while (try reading.scanner.next() != .end_of_document) {
            if (reading.scanner.stackHeight() > max_depth) return error.TooDeep;
        }
    }

    /// A failure that says where, in lines and in characters of the line, both from 1.
    fn refuse(reading: *Reading, cx: *rak.Context, which: []const u8, err: anyerror) anyerror {
        const reason = switch (err) {
            error.OutOfMemory => |e| return e,
            error.UnexpectedEndOfInput => "it ends too early",
            error.DuplicateField => "the member that ends here has the key of another",
            error.TooDeep => std.fmt.comptimePrint("it is nested more than {d} deep", .{max_depth}),
            else => "this is not JSON",
        };
        const before = reading.scanner.input[0..reading.scanner.cursor];
        const line = std.mem.countScalar(u8, before, '\n') + 1;
        const start = if (std.mem.findScalarLast(u8, before, '\n')) |end| end + 1 else 0;
        const in_line = before[start..];
        const column = (std.unicode.utf8CountCodepoints(in_line) catch in_line.len) + 1;
        return cx.fail(.{
            .kind = .invalid_argument,
            .message = try cx.print("the {s} document, line {d}, column {d}: {s}", .{ which, line, column, reason }),
            .details = try cx.json(.{ .document = which, .line = line, .column = column }),
        });
    }
};
