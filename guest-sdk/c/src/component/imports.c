/* The calls to the host, as a component makes them: each is one import. Native tests have src/testing in its place. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

/* Where the number is, as the bindings want it; NULL where it is missing. */
static uint64_t *maybe(rak_optional *number) {
  return number->is_some ? &number->value : NULL;
}

rak_info rak_info_of(rak_context *cx) {
  rak_agent_context_info_t info;
  rak_receive_into(cx);
  rak_agent_context_get(&info);
  rak_receive_end();
  return (rak_info){
      .invocation_id = from_string(info.invocation_id),
      .session_id = from_string(info.session_id),
      .user_id = from_string(info.user_id),
      .agent = from_string(info.agent),
      .agent_version = from_string(info.agent_version),
      .attempt = info.attempt,
      .parent_id = from_option_string(info.parent_id),
      .traceparent = from_option_string(info.traceparent),
      .extra = info.extra.is_some ? from_string(info.extra.val) : RAK_NO_STR,
  };
}

rak_str rak_config(rak_context *cx, rak_str key) {
  contract_string_t name = to_string(cx, key), value;
  rak_receive_into(cx);
  const bool is_some = rak_agent_context_config(&name, &value);
  rak_receive_end();
  return is_some ? from_string(value) : RAK_NO_STR;
}

rak_strs rak_config_keys(rak_context *cx) {
  contract_list_string_t keys;
  rak_receive_into(cx);
  rak_agent_context_config_keys(&keys);
  rak_receive_end();
  return from_strings(cx, keys);
}

bool rak_is_cancelled(rak_context *cx) {
  (void)cx;
  return rak_agent_context_is_cancelled();
}

rak_optional rak_remaining_ms(rak_context *cx) {
  uint64_t ms;
  (void)cx;
  return rak_agent_context_remaining_ms(&ms) ? RAK_SOME(ms) : RAK_NONE;
}

rak_status rak_emit(rak_context *cx, const rak_event *events, size_t count, uint64_t *newest) {
  const rak_arena_mark mark = rak_mark(cx);
  rak_agent_events_event_t *list = rak_alloc_array(cx, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = to_event(cx, &events[i]);
  }
  rak_agent_events_list_event_t batch = {list, count};
  rak_agent_common_failure_t failure;
  uint64_t seq;
  rak_receive_into(cx);
  const bool ok = rak_agent_events_emit(&batch, &seq, &failure);
  if (!ok) {
    return rak_received(cx, false, &failure);
  }
  rak_receive_end();
  /* A long stream would otherwise leave the list of each event behind. */
  rak_arena_release(&cx->arena, mark);
  if (newest != NULL) {
    *newest = seq;
  }
  return RAK_OK;
}

rak_status rak_history(rak_context *cx, rak_optional before, uint32_t limit, rak_page *page) {
  rak_agent_session_page_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_session_history(maybe(&before), limit, &out, &failure), &failure));
  rak_entry *entries = rak_alloc_array(cx, out.entries.len, sizeof *entries);
  for (size_t i = 0; i < out.entries.len; i++) {
    const rak_agent_session_entry_t *entry = &out.entries.ptr[i];
    entries[i] = (rak_entry){entry->seq, from_string(entry->author), from_content(cx, &entry->content), entry->at_ms};
  }
  *page = (rak_page){entries, out.entries.len, from_option_u64(out.next)};
  return RAK_OK;
}

rak_status rak_state_get(rak_context *cx, rak_str key, rak_str *value) {
  contract_string_t name = to_string(cx, key);
  rak_agent_session_option_json_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_session_get(&name, &out, &failure), &failure));
  *value = out.is_some ? from_string(out.val) : RAK_NO_STR;
  return RAK_OK;
}

rak_status rak_state_set(rak_context *cx, rak_str key, rak_str json) {
  contract_string_t name = to_string(cx, key), value = to_string(cx, json);
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  return rak_received(cx, rak_agent_session_set(&name, &value, &failure), &failure);
}

rak_status rak_state_remove(rak_context *cx, rak_str key) {
  contract_string_t name = to_string(cx, key);
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  return rak_received(cx, rak_agent_session_remove(&name, &failure), &failure);
}

rak_status rak_state_keys(rak_context *cx, rak_str prefix, rak_strs *keys) {
  contract_string_t beginning = to_string(cx, prefix);
  contract_list_string_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_session_keys(&beginning, &out, &failure), &failure));
  *keys = from_strings(cx, out);
  return RAK_OK;
}

rak_status rak_approve(rak_context *cx, rak_str action, rak_str details, rak_optional expires_in_ms,
                       rak_decision *decision) {
  contract_string_t what = to_string(cx, action);
  contract_string_t shown = to_string(cx, details.ptr == NULL ? RAK_STR("null") : details);
  rak_agent_people_decision_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_people_approve(&what, &shown, maybe(&expires_in_ms), &out, &failure), &failure));
  *decision = (rak_decision){
      .approved = out.approved,
      .by = from_option_string(out.by),
      .reason = from_option_string(out.reason),
      .edited = out.edited.is_some ? from_string(out.edited.val) : RAK_NO_STR,
  };
  return RAK_OK;
}

rak_status rak_ask(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, rak_str *answer) {
  contract_string_t what = to_string(cx, question), shape = to_string(cx, schema), out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_people_ask(&what, &shape, maybe(&expires_in_ms), &out, &failure), &failure));
  *answer = from_string(out);
  return RAK_OK;
}

rak_status rak_next_message(rak_context *cx, rak_optional timeout_ms, const rak_content **message) {
  rak_agent_people_option_content_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_people_next_message(maybe(&timeout_ms), &out, &failure), &failure));
  *message = NULL;
  if (out.is_some) {
    rak_content *said = rak_alloc(cx, sizeof *said);
    *said = from_content(cx, &out.val);
    *message = said;
  }
  return RAK_OK;
}

void rak_log_fields(rak_context *cx, rak_level level, rak_str message, const rak_field *fields, size_t count) {
  const rak_arena_mark mark = rak_mark(cx);
  contract_tuple2_string_string_t *list = rak_alloc_array(cx, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = (contract_tuple2_string_string_t){to_string(cx, fields[i].key), to_string(cx, fields[i].value)};
  }
  contract_list_tuple2_string_string_t pairs = {list, count};
  contract_string_t text = to_string(cx, message);
  const rak_level known = level >= RAK_TRACE && level <= RAK_SEVERE ? level : RAK_SEVERE;
  rak_agent_log_write((rak_agent_log_level_t)known, &text, &pairs);
  rak_arena_release(&cx->arena, mark);
}
