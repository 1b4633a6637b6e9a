/* Asking people, and hearing what they say. */

#include "behaviours.h"

/* What an argument asks for: when the question expires, never where that is 0, and a JSON text. */
static rak_status read_question(rak_context *cx, const call *call, rak_optional *expires_in_ms, rak_str *json) {
  rak_str expiry;
  uint64_t ms;
  rak_cut(call->argument, ' ', &expiry, json);
  if (!rak_parse_u64(expiry, &ms)) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "`%.*s` is not a number of milliseconds", RAK_ARG(expiry));
  }
  *expires_in_ms = ms == 0 ? RAK_NONE : RAK_SOME(ms);
  return RAK_OK;
}

rak_status do_approve(rak_context *cx, const call *call) {
  rak_optional expires_in_ms;
  rak_str details;
  rak_decision decision;
  RAK_TRY(read_question(cx, call, &expires_in_ms, &details));
  RAK_TRY(rak_approve(cx, RAK_STR("Do it?"), details, expires_in_ms, &decision));
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_object(&writer);
  rak_json_key(&writer, "approved");
  rak_json_write_bool(&writer, decision.approved);
  write_optional(&writer, "by", decision.by);
  write_optional(&writer, "reason", decision.reason);
  rak_json_key(&writer, "edited");
  rak_json_write_raw(&writer, decision.edited.ptr == NULL ? RAK_STR("null") : decision.edited);
  rak_json_end(&writer);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_ask(rak_context *cx, const call *call) {
  rak_optional expires_in_ms;
  rak_str schema, answer;
  RAK_TRY(read_question(cx, call, &expires_in_ms, &schema));
  RAK_TRY(rak_ask(cx, RAK_STR("Well?"), schema, expires_in_ms, &answer));
  return rak_answer_str(cx, answer);
}

rak_status do_message(rak_context *cx, const call *call) {
  rak_optional timeout_ms = RAK_NONE;
  const rak_content *message;
  if (!rak_is(call->argument, "ever")) {
    timeout_ms.is_some = true;
    RAK_TRY(number_of(cx, call, &timeout_ms.value));
  }
  RAK_TRY(rak_next_message(cx, timeout_ms, &message));
  const bool is_text = message != NULL && message->part_count > 0 && message->parts[0].kind == RAK_PART_TEXT;
  return rak_answer_str(cx, is_text ? message->parts[0].text : RAK_STR("none"));
}

rak_status do_expired(rak_context *cx, const call *call) {
  rak_str answer;
  (void)call;
  const rak_status status = rak_ask(cx, RAK_STR("Well?"), RAK_STR("{}"), RAK_SOME(1), &answer);
  return answer_failure(cx, status);
}
