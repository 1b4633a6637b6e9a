/* Who asks, and how the agent is configured. */

#include "behaviours.h"

static void write_member(rak_json_writer *writer, const char *key, rak_str value) {
  rak_json_key(writer, key);
  rak_json_write_str(writer, value);
}

rak_status do_context(rak_context *cx, const call *call) {
  (void)call;
  const rak_info info = rak_info_of(cx);
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_object(&writer);
  write_member(&writer, "invocationId", info.invocation_id);
  write_member(&writer, "sessionId", info.session_id);
  write_member(&writer, "userId", info.user_id);
  write_member(&writer, "agent", info.agent);
  write_member(&writer, "agentVersion", info.agent_version);
  rak_json_key(&writer, "attempt");
  rak_json_write_int(&writer, info.attempt);
  rak_json_end(&writer);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_config(rak_context *cx, const call *call) {
  const rak_str value = rak_config(cx, call->argument);
  return rak_answer_str(cx, value.ptr == NULL ? RAK_STR("none") : value);
}

rak_status do_config_keys(rak_context *cx, const call *call) {
  (void)call;
  return rak_answer_str(cx, rak_join(cx, rak_config_keys(cx), RAK_STR(",")));
}

rak_status do_remaining(rak_context *cx, const call *call) {
  (void)call;
  return rak_answer(cx, rak_remaining_ms(cx).is_some ? "some" : "none");
}
