//! The README's examples are the files beside this one, which are compiled and run here.

const std = @import("std");
const rak = @import("rak");

const adder = @import("readme/adder.zig");
const concierge = @import("readme/concierge.zig");
const diarist = @import("readme/diarist.zig");
const editor = @import("readme/editor.zig");
const forecaster = @import("readme/forecaster.zig");
const greeter = @import("readme/greeter.zig");
const poet = @import("readme/poet.zig");
const reader = @import("readme/reader.zig");
const sender = @import("readme/sender.zig");
const tracker = @import("readme/tracker.zig");

const readme = @embedFile("README.md");

test {
    // With the tests that they have themselves.
    _ = concierge;
    _ = diarist;
    _ = editor;
    _ = forecaster;
    _ = greeter;
    _ = poet;
    _ = sender;
    _ = tracker;
}

test "each file is an example of the README" {
    inline for (.{
        "adder",
        "concierge",
        "diarist",
        "editor",
        "forecaster",
        "greeter",
        "poet",
        "reader",
        "sender",
        "tracker",
    }) |name| {
        const example = "\n```zig\n" ++ @embedFile("readme/" ++ name ++ ".zig") ++ "```\n";
        if (std.mem.find(u8, readme, example) == null) {
            std.debug.print("tests/readme/{s}.zig is not in the README as it is\n", .{name});
            return error.ReadmeDiffers;
        }
    }
}

test "each example is an agent" {
    rak.exportAgent(adder);
    rak.exportAgent(concierge);
    rak.exportAgent(diarist);
    rak.exportAgent(editor);
    rak.exportAgent(forecaster);
    rak.exportAgent(greeter);
    rak.exportAgent(poet);
    rak.exportAgent(reader);
    rak.exportAgent(sender);
    rak.exportAgent(tracker);
}

test "adds" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const result = try host.run(adder.run, adder.agent.skills[0].examples[0]);
    try std.testing.expectEqualStrings("{\"sum\":3}", try result.answer());
}

test "sends nothing that nobody approved" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    const nobody = try host.run(sender.run, "a boat");
    try std.testing.expectEqualStrings("Nobody decided, so nothing was sent.", try nobody.answer());
    try host.rejects("too dear");
    const rejected = try host.run(sender.run, "a boat");
    try std.testing.expectEqualStrings("Not sent: too dear", try rejected.answer());
}

test "reads back" {
    var host: rak.testing.FakeHost = .init(std.testing.allocator);
    defer host.deinit();
    try host.said("user", "one two");
    try host.said("reader", "three");
    const result = try host.run(reader.run, "");
    try std.testing.expectEqualStrings("3 words so far", try result.answer());
    try std.testing.expectEqualStrings("user said: one two\nreader said: three\n", try result.streamed());
}
