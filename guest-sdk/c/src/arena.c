/* The arena: memory that is taken piece by piece and given back at once. */

#include <stdlib.h>
#include <string.h>

#include "context.h"

/* Enough for the texts of a small run. Larger blocks would be a cost in every instance. */
#define BLOCK_SIZE ((size_t)4096)
#define ALIGNMENT _Alignof(max_align_t)

static rak_block *add_block(rak_arena *arena, size_t size) {
  const size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
  rak_block *block = capacity > SIZE_MAX - sizeof(rak_block) ? NULL : malloc(sizeof(rak_block) + capacity);
  if (block == NULL) {
    rak_out_of_memory();
  }
  block->before = arena->newest;
  block->capacity = capacity;
  block->used = 0;
  arena->newest = block;
  return block;
}

void *rak_arena_take(rak_arena *arena, size_t size) {
  if (size > SIZE_MAX - ALIGNMENT) {
    rak_out_of_memory();
  }
  const size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  rak_block *block = arena->newest;
  if (block == NULL || block->capacity - block->used < rounded) {
    block = add_block(arena, rounded);
  }
  void *piece = block->bytes + block->used;
  block->used += rounded;
  return piece;
}

void rak_arena_release(rak_arena *arena, rak_arena_mark mark) {
  while (arena->newest != NULL && arena->newest != mark.block) {
    rak_block *block = arena->newest;
    arena->newest = block->before;
    free(block);
  }
  if (arena->newest != NULL) {
    arena->newest->used = mark.used;
  }
}

void *rak_alloc(rak_context *cx, size_t size) {
  return memset(rak_arena_take(&cx->arena, size), 0, size);
}

void *rak_alloc_array(rak_context *cx, size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) {
    rak_out_of_memory();
  }
  return rak_alloc(cx, count * size);
}

rak_arena_mark rak_mark(rak_context *cx) {
  rak_block *newest = cx->arena.newest;
  return (rak_arena_mark){newest, newest == NULL ? 0 : newest->used};
}

void rak_release(rak_context *cx, rak_arena_mark mark) {
  rak_arena_release(&cx->arena, mark);
  /* Its text may have been in what is freed. */
  cx->failure = (rak_failure){0};
}

void rak_context_clear(rak_context *cx) {
  while (cx->waitables != NULL) {
    rak_drop(cx->waitables);
  }
  rak_release(cx, (rak_arena_mark){0});
  cx->outcome = (rak_outcome){0};
}
