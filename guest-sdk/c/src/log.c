/* What the operator reads. */

#include <stdarg.h>

#include "context.h"

const char *rak_level_name(rak_level level) {
  static const char *const names[] = {"trace", "debug", "info", "warning", "severe"};
  return level >= RAK_TRACE && level <= RAK_SEVERE ? names[level] : "severe";
}

void rak_log(rak_context *cx, rak_level level, const char *format, ...) {
  const rak_arena_mark mark = rak_mark(cx);
  va_list arguments;
  va_start(arguments, format);
  const rak_str message = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  rak_log_fields(cx, level, message, NULL, 0);
  /* Not rak_release: a line of the log leaves the noted failure alone. */
  rak_arena_release(&cx->arena, mark);
}
