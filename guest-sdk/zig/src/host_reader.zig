//! A `std.Io.Reader` of bytes that the host gives in parts.

const std = @import("std");
const Reader = std.Io.Reader;
const Writer = std.Io.Writer;

const Error = @import("failure.zig").Error;
const FailureKind = @import("failure.zig").FailureKind;
const Run = @import("Run.zig");

/// Reads what a source gives. It has a type of its own for each source, so that a component imports only what its agent
/// reads.
pub fn HostReader(comptime Source: type) type {
    return struct {
        /// What to read with. It must not be copied out of the struct.
        interface: Reader,
        /// Why `interface` said `error.ReadFailed`. Where that error leaves `run`, the run ends with this one.
        err: ?Error = null,
        run: *Run,
        source: Source,

        const Self = @This();

        /// Not for authors.
        pub fn init(run: *Run, source: Source, buffer: []u8) Self {
            return .{
                .interface = .{ .vtable = &.{ .stream = stream }, .buffer = buffer, .seek = 0, .end = 0 },
                .run = run,
                .source = source,
            };
        }

        fn stream(interface: *Reader, writer: *Writer, limit: std.Io.Limit) Reader.StreamError!usize {
            const reader: *Self = @alignCast(@fieldParentPtr("interface", interface));
            const place = limit.slice(try writer.writableSliceGreedy(1));
            if (place.len == 0) return 0;
            var scratch: std.heap.ArenaAllocator = .init(reader.run.gpa);
            defer scratch.deinit();
            const max = std.math.lossyCast(u32, place.len);
            const bytes = reader.source.read(scratch.allocator(), max) catch |err| return reader.refuse(err);
            if (bytes.len == 0) return error.EndOfStream;
            @memcpy(place[0..bytes.len], bytes);
            writer.advance(bytes.len);
            return bytes.len;
        }

        fn refuse(reader: *Self, err: Error) Reader.StreamError {
            reader.err = err;
            reader.run.read_failure = FailureKind.ofError(err);
            return error.ReadFailed;
        }
    };
}
