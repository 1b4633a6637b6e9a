/** Named files that outlive the run. */
#ifndef RAK_ARTIFACTS_HPP
#define RAK_ARTIFACTS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rak/artifacts.h>
#include <rak/content.hpp>
#include <rak/pieces.hpp>
#include <rak/result.hpp>

namespace rak {

/** A version, without what is in it. */
struct ArtifactInfo {
  /** With `user:`, where it is the user's. */
  std::string name;
  /** Counts from 1 for each name, and is not used again when a version is removed. */
  std::uint32_t version = 1;
  /** For example `image/png`. */
  std::string mime_type;
  /** In bytes. */
  std::uint64_t size = 0;
  /** When it was saved. */
  std::chrono::sys_time<std::chrono::milliseconds> created_at = {};
  /** Anything else. */
  std::optional<Json> extra = {};
  friend bool operator==(const ArtifactInfo&, const ArtifactInfo&) = default;
};

/**
 * Named files that outlive the run: `cx.artifacts()`. What it wrote for its user, and what its user gave it. Each save makes a
 * version, which never changes.
 *
 * A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What
 * follows may have slashes: `reports/2026.md`.
 *
 * A call fails as `denied` (not granted), `invalid_argument` (the name or the type is not one), or `limit_exceeded` (a file is
 * too large, or the user has too much).
 */
class Artifacts {
 public:
  explicit Artifacts(rak_context* raw) : raw_(raw) {}

  /**
   * Keeps a new version, which the client is told of: a Blob, or a text of the type `text/plain; charset=utf-8`. Returns its
   * number. What was saved stays where the run fails.
   */
  Result<std::uint32_t> save(std::string_view name, const Blob& content) const;
  Result<std::uint32_t> save(std::string_view name, std::string_view text) const { return save(name, Blob::of(text)); }

  /** A version, the newest where none is named; none where it is not there (any more). */
  Result<std::optional<Blob>> load(std::string_view name, std::optional<std::uint32_t> version = {}) const;

  /**
   * A part of a version: `max` bytes at most from `offset`; none at its end. A failure of the kind `not_found` where the
   * version is not there (any more).
   */
  Result<std::string> read(std::string_view name, std::uint32_t version, std::uint64_t offset, std::uint32_t max) const;

  /** A version from its beginning, `max` bytes at a time, for what is too large to be held as a whole. */
  Pieces pieces(std::string_view name, std::uint32_t version, std::uint32_t max = 64 * 1024) const;

  /** The newest version of each name that begins with the prefix, sorted by name; files of the user with the session's. */
  Result<std::vector<ArtifactInfo>> list(std::string_view prefix = "") const;

  /** The versions of a name, newest first; none where there is none. */
  Result<std::vector<ArtifactInfo>> versions(std::string_view name) const;

  /** Removes a version, all of them where none is named. Returns whether there was one. */
  Result<bool> remove(std::string_view name, std::optional<std::uint32_t> version = {}) const;

 private:
  rak_context* raw_;
};

}  // namespace rak

#endif
