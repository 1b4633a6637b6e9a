/* Where the host puts what it hands over. */

#include "receive.h"

#include <stdlib.h>
#include <string.h>

static rak_context *receiver;

void rak_receive_into(rak_context *cx) {
  receiver = cx;
}

void rak_receive_end(void) {
  receiver = NULL;
}

rak_status rak_received(rak_context *cx, bool ok, const rak_agent_common_failure_t *failure) {
  rak_receive_end();
  if (ok) {
    return RAK_OK;
  }
  const rak_failure noted = from_failure(failure);
  return rak_fail_with(cx, &noted);
}

/*
 * Called by the host for memory that it writes to. One byte more is taken than asked for, and zeroed, so that every
 * text of the host is a C string.
 */
__attribute__((__export_name__("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align,
                                                                    size_t new_size) {
  /* Both allocators align for everything that the contract has. */
  (void)align;
  if (new_size == SIZE_MAX) {
    rak_out_of_memory();
  }
  char *memory = receiver != NULL ? rak_arena_take(&receiver->arena, new_size + 1) : malloc(new_size + 1);
  if (memory == NULL) {
    rak_out_of_memory();
  }
  if (old_size > 0) {
    memcpy(memory, old, old_size < new_size ? old_size : new_size);
  }
  memory[new_size] = '\0';
  return memory;
}
