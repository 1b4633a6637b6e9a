/** The conversation so far. */
#ifndef RAK_SESSION_H
#define RAK_SESSION_H

#include <rak/content.h>

RAK_BEGIN

/** Something that was said. */
typedef struct rak_entry {
  /** Its place in the session: it grows, and has nothing to do with the numbers of rak_emit. */
  uint64_t seq;
  /** `user`, or the name of the agent that said it. */
  rak_str author;
  /** What was said. */
  rak_content content;
  /** When it was said, in milliseconds since 1970. */
  uint64_t at_ms;
} rak_entry;

/** A stretch of the history. */
typedef struct rak_page {
  /** Oldest first. */
  const rak_entry *entries;
  size_t count;
  /** The `before` of the page before this one; none where this is the oldest. */
  rak_optional next;
} rak_page;

/**
 * The newest entries before `before` (all of them where it is none), oldest first, at most `limit` of them: what was said
 * before this invocation began. `limit` is 1 to 1000; what lies outside is taken as the nearest of them.
 */
rak_status rak_history(rak_context *cx, rak_optional before, uint32_t limit, rak_page *page);

/**
 * The whole history, page by page: the newest page first, and in each page the oldest entry first. It ends after an
 * error, which is then its `status`:
 *
 *     rak_pages pages = rak_pages_of(cx, 100);
 *     for (rak_page page; rak_next_page(&pages, &page);) …
 *     RAK_TRY(pages.status);
 */
typedef struct rak_pages {
  rak_context *cx;
  uint32_t limit;
  rak_optional before;
  bool at_end;
  rak_status status;
} rak_pages;

/** The history in pages of at most `limit` entries. */
rak_pages rak_pages_of(rak_context *cx, uint32_t limit);

/** The next older page; false after the oldest, and after an error. */
bool rak_next_page(rak_pages *pages, rak_page *page);

RAK_END

#endif
