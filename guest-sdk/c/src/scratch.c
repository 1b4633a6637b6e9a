/* A context for work that belongs to no invocation. */

#include "scratch.h"

#include <stdlib.h>

#include "context.h"

rak_context *rak_scratch_new(void) {
  rak_context *scratch = calloc(1, sizeof *scratch);
  if (scratch == NULL) {
    rak_out_of_memory();
  }
  return scratch;
}

void rak_scratch_free(rak_context *scratch) {
  rak_context_clear(scratch);
  free(scratch);
}
