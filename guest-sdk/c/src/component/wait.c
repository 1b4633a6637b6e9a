/* Waiting, as a component does. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

/* All that were not dropped hang together in the context. */
struct rak_waitable {
  rak_context *cx;
  rak_agent_wait_own_waitable_t handle;
  rak_waitable *next;
};

void rak_sleep(rak_context *cx, uint64_t ms) {
  (void)cx;
  rak_agent_wait_sleep(ms);
}

rak_waitable *from_waitable(rak_context *cx, rak_agent_wait_own_waitable_t handle) {
  rak_waitable *waitable = malloc(sizeof *waitable);
  if (waitable == NULL) {
    rak_out_of_memory();
  }
  *waitable = (rak_waitable){cx, handle, cx->waitables};
  cx->waitables = waitable;
  return waitable;
}

rak_waitable *rak_timer(rak_context *cx, uint64_t ms) {
  return from_waitable(cx, rak_agent_wait_timer(ms));
}

bool rak_ready(rak_waitable *waitable) {
  return rak_agent_wait_method_waitable_ready(rak_agent_wait_borrow_waitable(waitable->handle));
}

void rak_wait(rak_waitable *waitable) {
  rak_agent_wait_method_waitable_block(rak_agent_wait_borrow_waitable(waitable->handle));
}

size_t rak_wait_any(rak_context *cx, rak_waitable *const *waitables, size_t count, rak_optional timeout_ms,
                    size_t *ready) {
  const rak_arena_mark mark = rak_mark(cx);
  rak_agent_wait_borrow_waitable_t *handles = rak_alloc_array(cx, count, sizeof *handles);
  for (size_t i = 0; i < count; i++) {
    handles[i] = rak_agent_wait_borrow_waitable(waitables[i]->handle);
  }
  rak_agent_wait_list_borrow_waitable_t of = {handles, count};
  contract_list_u32_t indexes;
  rak_receive_into(cx);
  rak_agent_wait_any(&of, timeout_ms.is_some ? &timeout_ms.value : NULL, &indexes);
  rak_receive_end();
  const size_t found = indexes.len;
  for (size_t i = 0; i < found; i++) {
    ready[i] = indexes.ptr[i];
  }
  rak_arena_release(&cx->arena, mark);
  return found;
}

void rak_drop(rak_waitable *waitable) {
  if (waitable == NULL) {
    return;
  }
  rak_waitable **link = &waitable->cx->waitables;
  while (*link != waitable) {
    link = &(*link)->next;
  }
  *link = waitable->next;
  rak_agent_wait_waitable_drop_own(waitable->handle);
  free(waitable);
}
