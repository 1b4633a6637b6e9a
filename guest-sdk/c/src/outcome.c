/* How a run ends. */

#include <stdarg.h>

#include "context.h"

rak_status rak_answer_content(rak_context *cx, const rak_content *content) {
  cx->outcome.content = *content;
  cx->outcome.has_content = true;
  return RAK_OK;
}

rak_status rak_answer_str(rak_context *cx, rak_str text) {
  const rak_content content = rak_model_says(cx, text);
  return rak_answer_content(cx, &content);
}

rak_status rak_answer(rak_context *cx, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_str text = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  return rak_answer_str(cx, text);
}

rak_status rak_escalate(rak_context *cx) {
  cx->outcome.escalate = true;
  return RAK_OK;
}

rak_status rak_transfer_to(rak_context *cx, rak_str agent) {
  cx->outcome.transfer_to = agent;
  return RAK_OK;
}

rak_status rak_extra(rak_context *cx, rak_str json) {
  cx->outcome.extra = json;
  return RAK_OK;
}

rak_status rak_run_agent(rak_context *cx, rak_run *run, const rak_content *input) {
  const rak_status status = run(cx, input);
  return status == RAK_OK ? RAK_OK : rak_failure_of(cx, status).kind;
}
