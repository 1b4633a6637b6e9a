/* Ending a run that cannot go on. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "context.h"

void rak_panic_at(const char *file, int line, const char *function, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "panic in %s (%s:%d): ", function, file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  fflush(NULL);
  abort();
}

void rak_out_of_memory(void) {
  /* No printf: it may want memory itself. */
  fputs("out of memory: the agent asked for more than it may have\n", stderr);
  abort();
}
