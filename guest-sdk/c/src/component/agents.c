/* Calling other agents, as a component does. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

struct rak_child {
  rak_context *cx;
  rak_agent_agents_own_child_t handle;
};

static rak_agent_agents_options_t to_options(rak_context *cx, const rak_agent_options *options) {
  static const rak_agent_options none = {0};
  const rak_agent_options *given = options == NULL ? &none : options;
  const rak_agent_common_option_json_t extra = to_option_json(cx, given->extra);
  return (rak_agent_agents_options_t){
      .session = to_option_string(cx, given->session),
      .timeout_ms = to_option_u64(given->timeout_ms),
      .relay_events = given->relay_events,
      .detached = given->detached,
      .extra = {extra.is_some, extra.val},
  };
}

static rak_reply from_reply(rak_context *cx, const rak_agent_agents_reply_t *reply) {
  return (rak_reply){
      .invocation_id = from_string(reply->invocation_id),
      .has_content = reply->content.is_some,
      .content = reply->content.is_some ? from_content(cx, &reply->content.val) : (rak_content){0},
      .escalate = reply->escalate,
      .transfer_to = from_option_string(reply->transfer_to),
      .extra = reply->extra.is_some ? from_string(reply->extra.val) : RAK_NO_STR,
  };
}

rak_status rak_agents_available(rak_context *cx, rak_agent_summaries *agents) {
  rak_agent_agents_list_summary_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_agents_available(&out, &failure), &failure));
  rak_agent_summary *items = rak_alloc_array(cx, out.len, sizeof *items);
  for (size_t i = 0; i < out.len; i++) {
    const rak_agent_agents_summary_t *agent = &out.ptr[i];
    items[i] = (rak_agent_summary){
        .name = from_string(agent->name),
        .description = from_string(agent->description),
        .version = from_string(agent->version),
        .input_schema = agent->input_schema.is_some ? from_string(agent->input_schema.val) : RAK_NO_STR,
        .extra = agent->extra.is_some ? from_string(agent->extra.val) : RAK_NO_STR,
    };
  }
  *agents = (rak_agent_summaries){items, out.len};
  return RAK_OK;
}

rak_status rak_call_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                               const rak_agent_options *options, rak_reply *reply) {
  contract_string_t name = to_string(cx, agent);
  rak_agent_common_content_t content = to_content(cx, input);
  rak_agent_agents_options_t more = to_options(cx, options);
  rak_agent_agents_reply_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_agents_call(&name, &content, &more, &out, &failure), &failure));
  *reply = from_reply(cx, &out);
  return RAK_OK;
}

rak_status rak_start_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                                const rak_agent_options *options, rak_child **child) {
  contract_string_t name = to_string(cx, agent);
  rak_agent_common_content_t content = to_content(cx, input);
  rak_agent_agents_options_t more = to_options(cx, options);
  rak_agent_agents_own_child_t handle;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_agents_start(&name, &content, &more, &handle, &failure), &failure));
  /* Not in the arena, which may be released while the child runs. */
  rak_child *started = malloc(sizeof *started);
  if (started == NULL) {
    rak_out_of_memory();
  }
  *started = (rak_child){cx, handle};
  *child = started;
  return RAK_OK;
}

rak_str rak_child_id(rak_child *child) {
  contract_string_t id;
  rak_receive_into(child->cx);
  rak_agent_agents_method_child_invocation_id(rak_agent_agents_borrow_child(child->handle), &id);
  rak_receive_end();
  return from_string(id);
}

rak_status rak_child_finish(rak_child *child, rak_reply *reply) {
  const rak_agent_agents_borrow_child_t handle = rak_agent_agents_borrow_child(child->handle);
  rak_agent_agents_reply_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(child->cx);
  RAK_TRY(rak_received(child->cx, rak_agent_agents_method_child_finish(handle, &out, &failure), &failure));
  *reply = from_reply(child->cx, &out);
  return RAK_OK;
}

void rak_child_cancel(rak_child *child) {
  rak_agent_agents_method_child_cancel(rak_agent_agents_borrow_child(child->handle));
}

rak_waitable *rak_child_done(rak_child *child) {
  const rak_agent_agents_borrow_child_t handle = rak_agent_agents_borrow_child(child->handle);
  return from_waitable(child->cx, rak_agent_agents_method_child_subscribe(handle));
}

void rak_child_drop(rak_child *child) {
  if (child != NULL) {
    rak_agent_agents_child_drop_own(child->handle);
    free(child);
  }
}
