/* Calling tools, as a component does. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

struct rak_running {
  rak_context *cx;
  rak_agent_tools_own_running_t handle;
};

static rak_agent_tools_call_options_t to_options(rak_context *cx, const rak_tool_options *options) {
  static const rak_tool_options none = {0};
  const rak_tool_options *given = options == NULL ? &none : options;
  const rak_agent_common_option_json_t extra = to_option_json(cx, given->extra);
  return (rak_agent_tools_call_options_t){
      .timeout_ms = to_option_u64(given->timeout_ms),
      .idempotency_key = to_option_string(cx, given->idempotency_key),
      .relay_events = given->relay_events,
      .extra = {extra.is_some, extra.val},
  };
}

static rak_agent_common_function_call_t to_whole_call(rak_context *cx, const rak_call *call) {
  const rak_call whole = rak_whole_call(cx, call);
  return to_call(cx, &whole);
}

static rak_hints from_hints(rak_agent_tools_hints_t hints) {
  return (rak_hints){
      .read_only = hints & RAK_AGENT_TOOLS_HINTS_READ_ONLY,
      .destructive = hints & RAK_AGENT_TOOLS_HINTS_DESTRUCTIVE,
      .idempotent = hints & RAK_AGENT_TOOLS_HINTS_IDEMPOTENT,
      .open_world = hints & RAK_AGENT_TOOLS_HINTS_OPEN_WORLD,
      .needs_approval = hints & RAK_AGENT_TOOLS_HINTS_NEEDS_APPROVAL,
  };
}

rak_status rak_tools_available(rak_context *cx, rak_tools *tools) {
  rak_agent_tools_list_tool_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_tools_available(&out, &failure), &failure));
  rak_tool *items = rak_alloc_array(cx, out.len, sizeof *items);
  for (size_t i = 0; i < out.len; i++) {
    const rak_agent_tools_tool_t *tool = &out.ptr[i];
    items[i] = (rak_tool){
        .name = from_string(tool->name),
        .description = from_string(tool->description),
        .parameters = from_string(tool->parameters),
        .hints = from_hints(tool->hints),
        .extra = tool->extra.is_some ? from_string(tool->extra.val) : RAK_NO_STR,
    };
  }
  *tools = (rak_tools){items, out.len};
  return RAK_OK;
}

rak_status rak_call_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                              rak_response *response) {
  rak_agent_common_function_call_t wanted = to_whole_call(cx, call);
  rak_agent_tools_call_options_t more = to_options(cx, options);
  rak_agent_common_function_response_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_tools_call(&wanted, &more, &out, &failure), &failure));
  *response = from_response(&out);
  return RAK_OK;
}

void rak_call_tools(rak_context *cx, const rak_call *calls, size_t count, const rak_tool_options *options,
                    rak_tool_result *results) {
  rak_agent_common_function_call_t *wanted = rak_alloc_array(cx, count, sizeof *wanted);
  for (size_t i = 0; i < count; i++) {
    wanted[i] = to_whole_call(cx, &calls[i]);
  }
  rak_agent_tools_list_function_call_t list = {wanted, count};
  rak_agent_tools_call_options_t more = to_options(cx, options);
  rak_agent_tools_list_result_function_response_failure_t out;
  rak_receive_into(cx);
  rak_agent_tools_call_all(&list, &more, &out);
  rak_receive_end();
  for (size_t i = 0; i < count; i++) {
    const rak_agent_tools_result_function_response_failure_t *result = &out.ptr[i];
    results[i] = (rak_tool_result){0};
    if (result->is_err) {
      results[i].failure = from_failure(&result->val.err);
      results[i].status = results[i].failure.kind;
    } else {
      results[i].response = from_response(&result->val.ok);
    }
  }
}

rak_status rak_start_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                               rak_running **running) {
  rak_agent_common_function_call_t wanted = to_whole_call(cx, call);
  rak_agent_tools_call_options_t more = to_options(cx, options);
  rak_agent_tools_own_running_t handle;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_tools_start(&wanted, &more, &handle, &failure), &failure));
  /* Not in the arena, which may be released while the tool runs. */
  rak_running *started = malloc(sizeof *started);
  if (started == NULL) {
    rak_out_of_memory();
  }
  *started = (rak_running){cx, handle};
  *running = started;
  return RAK_OK;
}

rak_status rak_running_finish(rak_running *running, rak_response *response) {
  const rak_agent_tools_borrow_running_t handle = rak_agent_tools_borrow_running(running->handle);
  rak_agent_common_function_response_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(running->cx);
  RAK_TRY(rak_received(running->cx, rak_agent_tools_method_running_finish(handle, &out, &failure), &failure));
  *response = from_response(&out);
  return RAK_OK;
}

void rak_running_cancel(rak_running *running) {
  rak_agent_tools_method_running_cancel(rak_agent_tools_borrow_running(running->handle));
}

rak_waitable *rak_running_done(rak_running *running) {
  const rak_agent_tools_borrow_running_t handle = rak_agent_tools_borrow_running(running->handle);
  return from_waitable(running->cx, rak_agent_tools_method_running_subscribe(handle));
}

void rak_running_drop(rak_running *running) {
  if (running != NULL) {
    rak_agent_tools_running_drop_own(running->handle);
    free(running);
  }
}
