//! Numbers as JSON writes them, compared exactly: a float would take large ones for the same.

const std = @import("std");

/// A number as `digits × 10^exponent`, where the digits have no zero at either end.
const Decimal = struct {
    negative: bool,
    /// Both halves of the digits, as they are on both sides of the point.
    whole: []const u8,
    fraction: []const u8,
    exponent: i64,

    fn parse(text: []const u8) Decimal {
        const negative = text[0] == '-';
        const unsigned = if (negative) text[1..] else text;
        const end = std.mem.findAny(u8, unsigned, "eE") orelse unsigned.len;
        const point = std.mem.findScalar(u8, unsigned[0..end], '.') orelse end;
        const exponent = if (end == unsigned.len) 0 else parseExponent(unsigned[end + 1 ..]);
        return trim(.{
            .negative = negative,
            .whole = unsigned[0..point],
            .fraction = unsigned[@min(point + 1, end)..end],
            .exponent = exponent,
        });
    }

    /// Makes the exponent that of the last digit that is not zero.
    fn trim(number: Decimal) Decimal {
        var decimal = number;
        decimal.fraction = std.mem.trimEnd(u8, decimal.fraction, "0");
        decimal.exponent -|= @intCast(decimal.fraction.len);
        if (decimal.fraction.len == 0) {
            const whole = std.mem.trimEnd(u8, decimal.whole, "0");
            decimal.exponent +|= @intCast(decimal.whole.len - whole.len);
            decimal.whole = whole;
        }
        decimal.whole = std.mem.trimStart(u8, decimal.whole, "0");
        if (decimal.whole.len == 0) decimal.fraction = std.mem.trimStart(u8, decimal.fraction, "0");
        return decimal;
    }

    fn len(decimal: Decimal) usize {
        return decimal.whole.len + decimal.fraction.len;
    }

    fn digit(decimal: Decimal, index: usize) u8 {
        return if (index < decimal.whole.len) decimal.whole[index] else decimal.fraction[index - decimal.whole.len];
    }
};

/// One that is too large for 64 bits is the largest there is: no document has digits to match.
fn parseExponent(text: []const u8) i64 {
    return std.fmt.parseInt(i64, text, 10) catch if (text[0] == '-') std.math.minInt(i64) else std.math.maxInt(i64);
}

/// Whether two numbers are worth the same.
pub fn equal(a: []const u8, b: []const u8) bool {
    if (std.mem.eql(u8, a, b)) return true;
    const one: Decimal = .parse(a);
    const other: Decimal = .parse(b);
    if (one.len() != other.len()) return false;
    // Zero has no digits, no sign and any exponent.
    if (one.len() == 0) return true;
    if (one.negative != other.negative or one.exponent != other.exponent) return false;
    return for (0..one.len()) |index| {
        if (one.digit(index) != other.digit(index)) break false;
    } else true;
}

test equal {
    const same = [_][2][]const u8{
        .{ "1", "1.0" },    .{ "100", "1e2" },                                       .{ "1.50", "15E-1" },
        .{ "0", "-0.00" },  .{ "0.001", "1e-3" },                                    .{ "1e+2", "100.0" },
        .{ "0e9", "0" },    .{ "-12.34e2", "-1234" },                                .{ "10.01", "1001e-2" },
        .{ "0.10", "0.1" }, .{ "1e99999999999999999999", "1e99999999999999999999" },
    };
    for (same) |pair| try std.testing.expect(equal(pair[0], pair[1]));
    const different = [_][2][]const u8{
        .{ "1", "-1" },
        .{ "1", "10" },
        .{ "0.1", "0.01" },
        .{ "12345678901234567890", "12345678901234567891" },
        .{ "101", "11" },
        .{ "1", "0" },
    };
    for (different) |pair| try std.testing.expect(!equal(pair[0], pair[1]));
}
