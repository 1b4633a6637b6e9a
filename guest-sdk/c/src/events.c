/* What the client sees, one thing at a time. */

#include <stdarg.h>

#include "context.h"

static rak_status emit_one(rak_context *cx, rak_event event) {
  return rak_emit(cx, &event, 1, NULL);
}

rak_status rak_text_delta(rak_context *cx, rak_str text) {
  return emit_one(cx, (rak_event){.kind = RAK_EVENT_TEXT_DELTA, .text = text});
}

rak_status rak_thought_delta(rak_context *cx, rak_str text) {
  return emit_one(cx, (rak_event){.kind = RAK_EVENT_THOUGHT_DELTA, .text = text});
}

rak_status rak_emit_content(rak_context *cx, const rak_content *content) {
  return emit_one(cx, (rak_event){.kind = RAK_EVENT_CONTENT, .content = *content});
}

rak_status rak_emit_other(rak_context *cx, rak_str name, rak_str value) {
  return emit_one(cx, (rak_event){.kind = RAK_EVENT_OTHER, .other = {name, value}});
}

static rak_status report(rak_context *cx, rak_progress progress) {
  return emit_one(cx, (rak_event){.kind = RAK_EVENT_PROGRESS, .progress = progress});
}

rak_status rak_report(rak_context *cx, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_str message = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  return report(cx, (rak_progress){.message = message});
}

rak_status rak_report_at(rak_context *cx, uint64_t done, uint64_t total, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_str message = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  return report(cx, (rak_progress){message, RAK_SOME(done), RAK_SOME(total)});
}
