/* Calling tools by name. */

#include "context.h"

rak_call rak_whole_call(rak_context *cx, const rak_call *call) {
  rak_call whole = *call;
  if (whole.id.len == 0) {
    /* The ids are the same in each run, as the host may repeat a run from its record. */
    whole.id = rak_printf(cx, "call-%zu", ++cx->tool_calls);
  }
  if (whole.args.len == 0) {
    whole.args = RAK_STR("{}");
  }
  return whole;
}

rak_status rak_call_tool(rak_context *cx, rak_str name, rak_str args, const rak_tool_options *options,
                         rak_response *response) {
  return rak_call_tool_with(cx, &(rak_call){.name = name, .args = args}, options, response);
}

rak_status rak_start_tool(rak_context *cx, rak_str name, rak_str args, const rak_tool_options *options,
                          rak_running **running) {
  return rak_start_tool_with(cx, &(rak_call){.name = name, .args = args}, options, running);
}
