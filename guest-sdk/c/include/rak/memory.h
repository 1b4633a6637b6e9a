/** The run's arena. */
#ifndef RAK_MEMORY_H
#define RAK_MEMORY_H

#include <rak/base.h>

RAK_BEGIN

/**
 * Memory of `size` bytes, zeroed, aligned for everything, and freed when the run ends. It never returns NULL: where the
 * host grants no more memory the run ends with that as its failure.
 */
void *rak_alloc(rak_context *cx, size_t size);

/** As rak_alloc, for `count` things of `size` bytes; the product may not overflow. */
void *rak_alloc_array(rak_context *cx, size_t count, size_t size);

/** A place in the arena. */
typedef struct rak_arena_mark {
  void *block;
  size_t used;
} rak_arena_mark;

/** How far the arena is used now. */
rak_arena_mark rak_mark(rak_context *cx);

/** Frees everything that was handed out since the mark was taken, the text of a failure included. */
void rak_release(rak_context *cx, rak_arena_mark mark);

/**
 * Writes the text and where it happened to standard error, and ends the run, which the host then reports as broken. For
 * what can only be a mistake in the agent; return a failure for what the client can do something about.
 */
#define rak_panic(...) rak_panic_at(__FILE__, __LINE__, __func__, __VA_ARGS__)

/** What rak_panic calls. */
RAK_NORETURN void rak_panic_at(const char *file, int line, const char *function, const char *format, ...) RAK_PRINTF(4, 5);

RAK_END

#endif
