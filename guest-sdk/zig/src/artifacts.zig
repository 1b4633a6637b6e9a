//! Artifacts: files that outlive the run.

const std = @import("std");
const Allocator = std.mem.Allocator;

const Blob = @import("content.zig").Blob;
const Error = @import("failure.zig").Error;
const HostReader = @import("host_reader.zig").HostReader;
const Json = @import("Json.zig");
const Run = @import("Run.zig");

/// Named files that outlive the run: what it wrote for its user, and what its user gave it. `cx.artifacts`. Each save makes a
/// version, which never changes.
///
/// A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What
/// follows may have slashes: `reports/2026.md`.
///
/// A call fails with `error.Denied` (not granted), `error.InvalidArgument` (the name or the type is not one), and
/// `error.LimitExceeded` (a file is too large, or the user has too much).
pub const Artifacts = struct {
    run: *Run,
    allocator: Allocator,

    /// Keeps a new version, which the client is told of. Returns its number. What was saved stays where the run fails.
    pub fn save(artifacts: Artifacts, name: []const u8, content: Blob) Error!u32 {
        return artifacts.run.check(u32, try artifacts.run.host.saveArtifact(artifacts.allocator, name, content));
    }

    /// The same with a text, of the type `text/plain; charset=utf-8`.
    pub fn saveText(artifacts: Artifacts, name: []const u8, text: []const u8) Error!u32 {
        return artifacts.save(name, .{ .mime_type = "text/plain; charset=utf-8", .data = text });
    }

    /// A version, the newest where it is `null`. Returns `null` where it is not there (any more).
    pub fn load(artifacts: Artifacts, name: []const u8, version: ?u32) Error!?Blob {
        return artifacts.run.check(?Blob, try artifacts.run.host.loadArtifact(artifacts.allocator, name, version));
    }

    /// A part of a version: `max` bytes at most from `offset`; empty at its end. Fails with `error.NotFound` where the
    /// version is not there (any more).
    pub fn read(artifacts: Artifacts, name: []const u8, version: u32, offset: u64, max: u32) Error![]const u8 {
        const reply = try artifacts.run.host.readArtifact(artifacts.allocator, name, version, offset, max);
        return artifacts.run.check([]const u8, reply);
    }

    /// A version from its beginning as a `std.Io.Reader`, for what is too large to be held as a whole:
    /// `var file = cx.artifacts.reader(name, version, &buffer);`, then `file.interface`. The name is not copied.
    pub fn reader(artifacts: Artifacts, name: []const u8, version: u32, buffer: []u8) Reader {
        return .init(artifacts.run, .{ .run = artifacts.run, .name = name, .version = version }, buffer);
    }

    /// The newest version of each name that begins with `prefix`, sorted by name; files of the user with the session's.
    pub fn list(artifacts: Artifacts, prefix: []const u8) Error![]const ArtifactInfo {
        const reply = try artifacts.run.host.artifacts(artifacts.allocator, prefix);
        return artifacts.run.check([]const ArtifactInfo, reply);
    }

    /// The versions of a name, newest first; empty where there is none.
    pub fn versions(artifacts: Artifacts, name: []const u8) Error![]const ArtifactInfo {
        const reply = try artifacts.run.host.artifactVersions(artifacts.allocator, name);
        return artifacts.run.check([]const ArtifactInfo, reply);
    }

    /// Removes a version, all of them where it is `null`. Returns whether there was one.
    pub fn remove(artifacts: Artifacts, name: []const u8, version: ?u32) Error!bool {
        return artifacts.run.check(bool, try artifacts.run.host.removeArtifact(artifacts.allocator, name, version));
    }

    /// Reads a version.
    pub const Reader = HostReader(struct {
        run: *Run,
        name: []const u8,
        version: u32,
        offset: u64 = 0,

        /// Not for authors.
        pub fn read(source: *@This(), allocator: Allocator, max: u32) Error![]const u8 {
            const artifacts: Artifacts = .{ .run = source.run, .allocator = allocator };
            const bytes = try artifacts.read(source.name, source.version, source.offset, max);
            source.offset += bytes.len;
            return bytes;
        }
    });
};

/// A version, without what is in it.
pub const ArtifactInfo = struct {
    /// With `user:`, where it is the user's.
    name: []const u8,
    /// Counts from 1 for each name, and is not used again when a version is removed.
    version: u32,
    /// For example `image/png`.
    mime_type: []const u8,
    /// In bytes.
    size: u64,
    /// When it was saved.
    created_at: std.Io.Timestamp,
    /// Anything else the host says of it.
    extra: ?Json = null,
};
