/**
 * Named files that outlive the run: what it wrote for its user, and what its user gave it. Each save makes a version, which
 * never changes.
 *
 * A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What
 * follows may have slashes: `reports/2026.md`.
 *
 * A call fails with RAK_DENIED (not granted), RAK_INVALID_ARGUMENT (the name or the type is not one), or RAK_LIMIT_EXCEEDED
 * (a file is too large, or the user has too much).
 */
#ifndef RAK_ARTIFACTS_H
#define RAK_ARTIFACTS_H

#include <rak/content.h>

RAK_BEGIN

/** A version, without what is in it. */
typedef struct rak_artifact_info {
  /** With `user:`, where it is the user's. */
  rak_str name;
  /** Counts from 1 for each name, and is not used again when a version is removed. */
  uint32_t version;
  /** For example `image/png`. */
  rak_str mime_type;
  /** In bytes. */
  uint64_t size;
  /** When it was saved, in milliseconds since 1970. */
  uint64_t created_at_ms;
  /** Anything else, a JSON text; optional. */
  rak_str extra;
} rak_artifact_info;

/** Several versions. */
typedef struct rak_artifact_infos {
  const rak_artifact_info *items;
  size_t count;
} rak_artifact_infos;

/**
 * Keeps a new version, which the client is told of: `rak_save_artifact(cx, name, rak_text_blob(text), NULL)`. `version` is
 * its number; or NULL. What was saved stays where the run fails.
 */
rak_status rak_save_artifact(rak_context *cx, rak_str name, rak_blob content, uint32_t *version);

/** A version, the newest where none is named; NULL where it is not there (any more). */
rak_status rak_load_artifact(rak_context *cx, rak_str name, rak_optional version, const rak_blob **content);

/**
 * A part of a version: `max` bytes at most from `offset`, so that a large file is read in pieces; none at its end.
 * RAK_NOT_FOUND where the version is not there (any more).
 */
rak_status rak_read_artifact(rak_context *cx, rak_str name, uint32_t version, uint64_t offset, uint32_t max,
                             rak_bytes *piece);

/** The newest version of each name that begins with the prefix, sorted by name; files of the user with the session's. */
rak_status rak_list_artifacts(rak_context *cx, rak_str prefix, rak_artifact_infos *infos);

/** The versions of a name, newest first; none where there is none. */
rak_status rak_artifact_versions(rak_context *cx, rak_str name, rak_artifact_infos *infos);

/** Removes a version, all of them where none is named. `removed` is whether there was one; or NULL. */
rak_status rak_remove_artifact(rak_context *cx, rak_str name, rak_optional version, bool *removed);

RAK_END

#endif
