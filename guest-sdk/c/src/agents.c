/* Calling other agents with texts. */

#include "context.h"

rak_str rak_reply_text(rak_context *cx, const rak_reply *reply) {
  return reply->has_content ? rak_text(cx, &reply->content) : RAK_STR("");
}

rak_status rak_call_agent(rak_context *cx, rak_str agent, rak_str text, const rak_agent_options *options,
                          rak_reply *reply) {
  const rak_content input = rak_user_says(cx, text);
  return rak_call_agent_with(cx, agent, &input, options, reply);
}

rak_status rak_start_agent(rak_context *cx, rak_str agent, rak_str text, const rak_agent_options *options,
                           rak_child **child) {
  const rak_content input = rak_user_says(cx, text);
  return rak_start_agent_with(cx, agent, &input, options, child);
}
