//! The artifacts of one run under test: files in memory, with their versions.

const std = @import("std");
const Allocator = std.mem.Allocator;

const ArtifactInfo = @import("../artifacts.zig").ArtifactInfo;
const Blob = @import("../content.zig").Blob;
const Failure = @import("../failure.zig").Failure;
const Reply = @import("../host.zig").Reply;
const copies = @import("copies.zig");

const Artifacts = @This();

/// The versions of each name, from the first one on; `null` where one was removed.
pub const Files = std.array_hash_map.String([]const ?Version);

/// A version of a file.
pub const Version = struct { content: Blob, created_at: std.Io.Timestamp };

/// The longest name of the host, in bytes, prefix included.
const max_name_bytes = 255;
/// The longest type of the host, in bytes.
const max_mime_type_bytes = 127;
/// What the names of a user's files begin with.
const user = "user:";

/// Outlives the run.
arena: Allocator,
files: Files,
granted: bool,

pub fn init(arena: Allocator, files: Files, granted: bool) Allocator.Error!Artifacts {
    return .{ .arena = arena, .files = try files.clone(arena), .granted = granted };
}

/// The files with one version more. Each list of versions is one of its own, so that others who have the files keep
/// theirs.
pub fn add(arena: Allocator, files: *Files, name: []const u8, version: Version) Allocator.Error!u32 {
    const before = files.get(name) orelse &.{};
    const own: Version = .{ .content = try copies.blob(arena, version.content), .created_at = version.created_at };
    const versions_now = try std.mem.concat(arena, ?Version, &.{ before, &.{own} });
    try files.put(arena, try arena.dupe(u8, name), versions_now);
    return @intCast(versions_now.len);
}

pub fn save(artifacts: *Artifacts, name: []const u8, version: Version) Allocator.Error!Reply(u32) {
    if (try artifacts.refusal(name)) |failure| return .{ .refused = failure };
    if (!isMimeType(version.content.mime_type)) return .{ .refused = try artifacts.invalid(
        "\"{s}\" is not the type of a file: write one as text/plain or image/png",
        .{version.content.mime_type},
    ) };
    return .{ .ok = try add(artifacts.arena, &artifacts.files, name, version) };
}

pub fn load(artifacts: *Artifacts, name: []const u8, version: ?u32) Allocator.Error!Reply(?Blob) {
    if (try artifacts.refusal(name)) |failure| return .{ .refused = failure };
    return .{ .ok = if (artifacts.find(name, version)) |found| found.content else null };
}

pub fn read(
    artifacts: *Artifacts,
    name: []const u8,
    version: u32,
    offset: u64,
    max: u32,
) Allocator.Error!Reply([]const u8) {
    if (try artifacts.refusal(name)) |failure| return .{ .refused = failure };
    const found = artifacts.find(name, version) orelse {
        const message = "the artifact `{s}` has no version {d} (any more)";
        return .{ .refused = .{
            .kind = .not_found,
            .message = try std.fmt.allocPrint(artifacts.arena, message, .{ name, version }),
        } };
    };
    const data = found.content.data;
    const rest = data[@min(data.len, std.math.lossyCast(usize, offset))..];
    return .{ .ok = rest[0..@min(rest.len, max)] };
}

pub fn available(
    artifacts: *Artifacts,
    allocator: Allocator,
    prefix: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    if (artifacts.notGranted()) |failure| return .{ .refused = failure };
    var found: std.ArrayList(ArtifactInfo) = .empty;
    for (artifacts.files.keys(), artifacts.files.values()) |name, all| {
        if (!std.mem.startsWith(u8, name, prefix)) continue;
        const kept = try infosOf(allocator, name, all);
        if (kept.len > 0) try found.append(allocator, kept[0]);
    }
    std.mem.sort(ArtifactInfo, found.items, {}, isBefore);
    return .{ .ok = found.items };
}

fn isBefore(_: void, a: ArtifactInfo, b: ArtifactInfo) bool {
    return std.mem.lessThan(u8, a.name, b.name);
}

pub fn versions(
    artifacts: *Artifacts,
    allocator: Allocator,
    name: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    if (try artifacts.refusal(name)) |failure| return .{ .refused = failure };
    return .{ .ok = try infosOf(allocator, name, artifacts.files.get(name) orelse &.{}) };
}

pub fn remove(artifacts: *Artifacts, name: []const u8, version: ?u32) Allocator.Error!Reply(bool) {
    if (try artifacts.refusal(name)) |failure| return .{ .refused = failure };
    const left = try artifacts.arena.dupe(?Version, artifacts.files.get(name) orelse return .{ .ok = false });
    var removed = false;
    for (left, 1..) |*place, number| {
        if (version) |wanted| if (wanted != number) continue;
        removed = removed or place.* != null;
        place.* = null;
    }
    try artifacts.files.put(artifacts.arena, artifacts.files.getKey(name).?, left);
    return .{ .ok = removed };
}

/// A version, the newest where it is `null`.
pub fn versionIn(files: Files, name: []const u8, version: ?u32) ?Version {
    const all = files.get(name) orelse return null;
    if (version) |number| return if (number >= 1 and number <= all.len) all[number - 1] else null;
    var rest = all;
    while (rest.len > 0) : (rest.len -= 1) if (rest[rest.len - 1]) |newest| return newest;
    return null;
}

fn find(artifacts: *const Artifacts, name: []const u8, version: ?u32) ?Version {
    return versionIn(artifacts.files, name, version);
}

/// What there is of a name, newest first.
fn infosOf(allocator: Allocator, name: []const u8, all: []const ?Version) Allocator.Error![]const ArtifactInfo {
    var infos: std.ArrayList(ArtifactInfo) = .empty;
    var number = all.len;
    while (number > 0) : (number -= 1) if (all[number - 1]) |version| try infos.append(allocator, .{
        .name = name,
        .version = @intCast(number),
        .mime_type = version.content.mime_type,
        .size = version.content.data.len,
        .created_at = version.created_at,
    });
    return infos.items;
}

/// Why the host refuses a call with this name.
fn refusal(artifacts: *const Artifacts, name: []const u8) Allocator.Error!?Failure {
    if (artifacts.notGranted()) |failure| return failure;
    const rest = std.mem.cutPrefix(u8, name, user) orelse name;
    if (rest.len == 0) return try artifacts.invalid("an artifact needs a name", .{});
    if (name.len > max_name_bytes) return try artifacts.invalid(
        "the name of an artifact has {d} bytes; {d} are allowed",
        .{ name.len, max_name_bytes },
    );
    if (isUsable(rest)) return null;
    return try artifacts.invalid(
        "\"{s}\" cannot be the name of an artifact: it has no control characters and no \\, and its parts are neither " ++
            "empty nor . nor ..",
        .{name},
    );
}

fn notGranted(artifacts: *const Artifacts) ?Failure {
    if (artifacts.granted) return null;
    return .{ .kind = .denied, .message = "the agent's manifest grants no artifacts" };
}

fn invalid(artifacts: *const Artifacts, comptime format: []const u8, args: anytype) Allocator.Error!Failure {
    return .{ .kind = .invalid_argument, .message = try std.fmt.allocPrint(artifacts.arena, format, args) };
}

fn isUsable(name: []const u8) bool {
    var parts = std.mem.splitScalar(u8, name, '/');
    while (parts.next()) |part| {
        for ([_][]const u8{ "", ".", ".." }) |unusable| if (std.mem.eql(u8, part, unusable)) return false;
    }
    const text = std.unicode.Utf8View.init(name) catch return false;
    var characters = text.iterator();
    while (characters.nextCodepoint()) |character| switch (character) {
        0...0x1f, 0x7f...0x9f, '\\' => return false,
        else => {},
    };
    return true;
}

fn isMimeType(text: []const u8) bool {
    const kind, const rest = std.mem.cutScalar(u8, text, '/') orelse return false;
    if (kind.len == 0 or rest.len == 0 or text.len > max_mime_type_bytes) return false;
    return for (text) |character| {
        if (character < ' ' or character > '~') break false;
    } else true;
}
