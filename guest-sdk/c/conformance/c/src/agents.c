/* Calling other agents. */

#include "behaviours.h"

rak_status do_agents(rak_context *cx, const call *call) {
  (void)call;
  rak_agent_summaries agents;
  RAK_TRY(rak_agents_available(cx, &agents));
  rak_str *names = rak_alloc_array(cx, agents.count, sizeof *names);
  for (size_t i = 0; i < agents.count; i++) {
    names[i] = agents.items[i].name;
  }
  return rak_answer_str(cx, rak_join(cx, (rak_strs){names, agents.count}, RAK_STR(",")));
}

/* The text of the first part of an answer; no text where there is none. */
static rak_str first_text(const rak_reply *reply) {
  const bool is_text = reply->has_content && reply->content.part_count > 0 &&
                       reply->content.parts[0].kind == RAK_PART_TEXT;
  return is_text ? reply->content.parts[0].text : RAK_NO_STR;
}

rak_status do_call(rak_context *cx, const call *call) {
  rak_str agent, text;
  rak_reply reply;
  rak_cut(call->argument, ' ', &agent, &text);
  RAK_TRY(rak_call_agent(cx, agent, text, &(rak_agent_options){.relay_events = true}, &reply));
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_object(&writer);
  write_optional(&writer, "answer", first_text(&reply));
  rak_json_key(&writer, "escalate");
  rak_json_write_bool(&writer, reply.escalate);
  write_optional(&writer, "transferTo", reply.transfer_to);
  rak_json_key(&writer, "extra");
  rak_json_write_raw(&writer, reply.extra.ptr == NULL ? RAK_STR("null") : reply.extra);
  rak_json_end(&writer);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_call_in(rak_context *cx, const call *call) {
  rak_str session, rest, agent, text;
  rak_reply reply;
  rak_cut(call->argument, ' ', &session, &rest);
  rak_cut(rest, ' ', &agent, &text);
  RAK_TRY(rak_call_agent(cx, agent, text, &(rak_agent_options){.session = session}, &reply));
  return rak_answer_str(cx, rak_reply_text(cx, &reply));
}

rak_status do_call_fails(rak_context *cx, const call *call) {
  rak_str limit, rest, agent, text;
  uint64_t ms;
  rak_reply reply;
  rak_cut(call->argument, ' ', &limit, &rest);
  rak_cut(rest, ' ', &agent, &text);
  if (!rak_parse_u64(limit, &ms)) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "`%.*s` is not a number of milliseconds", RAK_ARG(limit));
  }
  const rak_agent_options options = {.timeout_ms = ms == 0 ? RAK_NONE : RAK_SOME(ms)};
  return answer_failure(cx, rak_call_agent(cx, agent, text, &options, &reply));
}

rak_status do_fan(rak_context *cx, const call *call) {
  rak_str agent, text;
  rak_child *children[3];
  rak_str answers[3];
  rak_cut(call->argument, ' ', &agent, &text);
  for (int i = 0; i < 3; i++) {
    const rak_str numbered = rak_printf(cx, "%.*s %d", RAK_ARG(text), i + 1);
    RAK_TRY(rak_start_agent(cx, agent, numbered, NULL, &children[i]));
  }
  for (int i = 0; i < 3; i++) {
    rak_reply reply;
    RAK_TRY(rak_child_finish(children[i], &reply));
    answers[i] = rak_reply_text(cx, &reply);
  }
  return rak_answer_str(cx, rak_join(cx, (rak_strs){answers, 3}, RAK_STR(",")));
}

rak_status do_race(rak_context *cx, const call *call) {
  rak_child *children[2];
  RAK_TRY(rak_start_agent(cx, call->argument, RAK_STR("sleep 3600000"), NULL, &children[0]));
  RAK_TRY(rak_start_agent(cx, call->argument, RAK_STR("sleep 1"), NULL, &children[1]));
  rak_waitable *const done[] = {rak_child_done(children[0]), rak_child_done(children[1])};
  size_t ready[2];
  if (rak_wait_any(cx, done, 2, RAK_NONE, ready) == 0) {
    return rak_check_cancelled(cx);
  }
  rak_child_cancel(children[0]);
  rak_reply reply;
  RAK_TRY(rak_child_finish(children[ready[0]], &reply));
  return rak_answer(cx, "%zu %s", ready[0], rak_reply_text(cx, &reply).ptr);
}

rak_status do_drop(rak_context *cx, const call *call) {
  rak_child *child;
  RAK_TRY(rak_start_agent(cx, call->argument, RAK_STR("sleep 3600000"), NULL, &child));
  const rak_str id = rak_child_id(child);
  rak_child_drop(child);
  return rak_answer_str(cx, id);
}

rak_status do_detach(rak_context *cx, const call *call) {
  rak_str agent, text;
  rak_child *child;
  rak_cut(call->argument, ' ', &agent, &text);
  RAK_TRY(rak_start_agent(cx, agent, text, &(rak_agent_options){.detached = true}, &child));
  return rak_answer_str(cx, rak_child_id(child));
}
