/* Calling other agents. */

#include "run.h"

enum { SECOND = 1000, HOUR = 60 * 60 * SECOND };

/* Says what it is told. */
static rak_status repeat(rak_context *cx, const rak_content *input) {
  return rak_answer_content(cx, input);
}

/* Sleeps for as many milliseconds as it is told. */
static rak_status doze(rak_context *cx, const rak_content *input) {
  uint64_t ms;
  if (!rak_parse_u64(rak_text(cx, input), &ms)) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "%s is no number", rak_text(cx, input).ptr);
  }
  rak_sleep(cx, ms);
  RAK_TRY(rak_check_cancelled(cx));
  return rak_answer(cx, "slept %llu", (unsigned long long)ms);
}

static rak_fake_host *host_with_others(void) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_agent(host, &(rak_agent){.name = "repeat",
                                    .description = "Repeats.",
                                    .version = "2.0.0",
                                    .input_schema = "{}",
                                    .run = repeat});
  rak_fake_agent(host, &(rak_agent){.name = "doze", .run = doze});
  return host;
}

static rak_status list_agents(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_agent_summaries agents;
  RAK_TRY(rak_agents_available(cx, &agents));
  if (!RAK_CHECK_INT(agents.count, 2)) return RAK_OK;
  RAK_CHECK_TEXT(agents.items[0].name, "doze");
  RAK_CHECK_TEXT(agents.items[0].description, "");
  RAK_CHECK(agents.items[0].input_schema.ptr == NULL && agents.items[0].extra.ptr == NULL);
  RAK_CHECK_TEXT(agents.items[1].name, "repeat");
  RAK_CHECK_TEXT(agents.items[1].description, "Repeats.");
  RAK_CHECK_TEXT(agents.items[1].version, "2.0.0");
  RAK_CHECK_TEXT(agents.items[1].input_schema, "{}");
  return RAK_OK;
}

RAK_TEST(the_agents_that_may_be_called_are_listed) {
  RAK_CHECK_INT(run_on(host_with_others(), list_agents)->status, RAK_OK);
}

static rak_status call_twice(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_reply first, second;
  RAK_TRY(rak_call_agent(cx, RAK_STR("repeat"), RAK_STR("hi"), NULL, &first));
  const rak_content more = {.role = RAK_STR("user"), RAK_PARTS(
    {RAK_PART_TEXT, .text = RAK_STR("a")},
    {RAK_PART_THOUGHT, .text = RAK_STR("hm")},
    {RAK_PART_TEXT, .text = RAK_STR("b")},
  )};
  const rak_agent_options options = {
      .session = RAK_STR("s"),
      .timeout_ms = RAK_SOME(SECOND),
      .relay_events = true,
      .detached = true,
      .extra = RAK_STR("{ \"n\": 1 }"),
  };
  RAK_TRY(rak_call_agent_with(cx, RAK_STR("repeat"), &more, &options, &second));
  RAK_CHECK_TEXT(rak_reply_text(cx, &first), "hi");
  RAK_CHECK_TEXT(first.invocation_id, "test-child-1");
  RAK_CHECK(!first.escalate && first.transfer_to.ptr == NULL && first.extra.ptr == NULL);
  RAK_CHECK_TEXT(rak_reply_text(cx, &second), "ab");
  const rak_agent_options wrong = {.extra = RAK_STR("{")};
  RAK_CHECK_INT(rak_call_agent(cx, RAK_STR("repeat"), RAK_STR(""), &wrong, &first), RAK_INVALID_ARGUMENT);
  return RAK_OK;
}

RAK_TEST(an_agent_answers) {
  rak_fake_host *host = host_with_others();
  for (int again = 0; again < 2; again++) {
    const rak_test_run *run = run_on(host, call_twice);
    RAK_CHECK_INT(run->status, RAK_OK);
    if (!RAK_CHECK_INT(run->agent_call_count, 2)) return;
    const rak_test_agent_call *first = &run->agent_calls[0], *second = &run->agent_calls[1];
    RAK_CHECK_TEXT(first->agent, "repeat");
    RAK_CHECK_TEXT(first->input.role, "user");
    RAK_CHECK_TEXT(first->input.parts[0].text, "hi");
    RAK_CHECK(first->options.session.ptr == NULL && !first->options.timeout_ms.is_some && !first->cancelled);
    RAK_CHECK_INT(second->input.part_count, 3);
    RAK_CHECK_TEXT(second->options.session, "s");
    RAK_CHECK_INT(second->options.timeout_ms.value, SECOND);
    RAK_CHECK(second->options.relay_events && second->options.detached);
    RAK_CHECK_TEXT(second->options.extra, "{\"n\":1}");
  }
}

static rak_status say_all(rak_context *cx, const rak_content *input) {
  const rak_info info = rak_info_of(cx);
  (void)input;
  RAK_CHECK_TEXT(info.agent, "all");
  RAK_CHECK_TEXT(info.user_id, "ada");
  RAK_CHECK_TEXT(info.parent_id, "test-invocation");
  RAK_CHECK_TEXT(info.session_id, "s");
  const rak_content first = rak_model_says(cx, RAK_STR("first")), last = rak_model_says(cx, RAK_STR("last"));
  RAK_TRY(rak_emit_content(cx, &first));
  RAK_TRY(rak_emit_content(cx, &last));
  RAK_TRY(rak_text_delta(cx, RAK_STR("no content")));
  rak_transfer_to(cx, RAK_STR("b"));
  rak_extra(cx, RAK_STR("1"));
  return rak_escalate(cx);
}

static rak_status say_nothing(rak_context *cx, const rak_content *input) {
  (void)cx;
  (void)input;
  return RAK_OK;
}

static rak_status hear_all(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_reply reply;
  const rak_agent_options options = {.session = RAK_STR("s")};
  RAK_TRY(rak_call_agent(cx, RAK_STR("all"), RAK_STR(""), &options, &reply));
  RAK_CHECK(reply.escalate);
  RAK_CHECK_TEXT(reply.transfer_to, "b");
  RAK_CHECK_TEXT(reply.extra, "1");
  RAK_CHECK_TEXT(rak_reply_text(cx, &reply), "last");
  RAK_TRY(rak_call_agent(cx, RAK_STR("nothing"), RAK_STR(""), NULL, &reply));
  RAK_CHECK(!reply.has_content);
  RAK_CHECK_TEXT(rak_reply_text(cx, &reply), "");
  return RAK_OK;
}

RAK_TEST(a_reply_says_all_that_the_outcome_does) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_user(host, "ada");
  rak_fake_agent(host, &(rak_agent){.name = "all", .run = say_all});
  rak_fake_agent(host, &(rak_agent){.name = "nothing", .run = say_nothing});
  RAK_CHECK_INT(run_on(host, hear_all)->status, RAK_OK);
}

static rak_status call_badly(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_reply reply;
  rak_child *child;
  RAK_CHECK_INT(rak_call_agent(cx, RAK_STR("doze"), RAK_STR("long"), NULL, &reply), RAK_INVALID_ARGUMENT);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_INVALID_ARGUMENT).message, "long is no number");
  RAK_CHECK_INT(rak_start_agent(cx, RAK_STR("nobody"), RAK_STR(""), NULL, &child), RAK_NOT_FOUND);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_NOT_FOUND).message, "no agent is called nobody; there is doze, repeat");
  return RAK_OK;
}

RAK_TEST(an_agent_that_fails_is_its_failure) {
  const rak_test_run *run = run_on(host_with_others(), call_badly);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->agent_call_count, 1);
}

static rak_status call_with_limits(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_agent_options short_time = {.timeout_ms = RAK_SOME(2 * SECOND)}, no_time = {.timeout_ms = RAK_SOME(0)};
  rak_reply reply;
  const rak_status late = rak_call_agent(cx, RAK_STR("doze"), RAK_STR("9000"), &short_time, &reply);
  RAK_CHECK_INT(late, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK_TEXT(rak_failure_of(cx, late).code, "timed_out");
  RAK_CHECK_TEXT(rak_failure_of(cx, late).details, "{\"invocationId\":\"test-child-1\"}");
  RAK_CHECK_INT(rak_call_agent(cx, RAK_STR("doze"), RAK_STR("1"), &no_time, &reply), RAK_DEADLINE_EXCEEDED);
  RAK_TRY(rak_call_agent(cx, RAK_STR("doze"), RAK_STR("1000"), &short_time, &reply));
  RAK_CHECK_TEXT(rak_reply_text(cx, &reply), "slept 1000");
  return RAK_OK;
}

RAK_TEST(an_agent_that_takes_too_long_does_not_end_the_run) {
  const rak_test_run *run = run_on(host_with_others(), call_with_limits);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 3 * SECOND);
}

static rak_status race(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_child *late, *early;
  rak_reply reply;
  size_t ready[3];
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("3600000"), NULL, &late));
  const rak_content two_seconds = rak_user_says(cx, RAK_STR("2000"));
  RAK_TRY(rak_start_agent_with(cx, RAK_STR("doze"), &two_seconds, NULL, &early));
  RAK_CHECK_TEXT(rak_child_id(early), "test-child-2");
  rak_waitable *const all[] = {rak_child_done(late), rak_child_done(early), rak_timer(cx, HOUR)};
  RAK_CHECK(!rak_ready(all[0]) && !rak_ready(all[1]));
  RAK_CHECK(rak_wait_any(cx, all, 3, RAK_NONE, ready) == 1 && ready[0] == 1);
  for (int again = 0; again < 2; again++) {
    RAK_TRY(rak_child_finish(early, &reply));
    RAK_CHECK_TEXT(rak_reply_text(cx, &reply), "slept 2000");
  }
  rak_child_cancel(early);
  rak_child_cancel(late);
  RAK_CHECK(rak_ready(all[0]));
  rak_wait(all[0]);
  RAK_CHECK_INT(rak_child_finish(late, &reply), RAK_CANCELLED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_CANCELLED).code, "cancelled");
  RAK_CHECK(!rak_is_cancelled(cx));
  return RAK_OK;
}

RAK_TEST(the_first_of_several_children_and_timers) {
  const rak_test_run *run = run_on(host_with_others(), race);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 2 * SECOND);
  RAK_CHECK(run->agent_calls[0].cancelled && !run->agent_calls[1].cancelled);
}

static rak_status leave(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_agent_options detached = {.detached = true};
  rak_child *dropped, *dropped_detached, *left, *cancelled_detached, *left_detached;
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("1"), NULL, &dropped));
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("1"), &detached, &dropped_detached));
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("1"), NULL, &left));
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("1"), &detached, &cancelled_detached));
  RAK_TRY(rak_start_agent(cx, RAK_STR("doze"), RAK_STR("1"), &detached, &left_detached));
  rak_child_drop(dropped);
  rak_child_drop(dropped_detached);
  rak_child_drop(NULL);
  rak_child_cancel(cancelled_detached);
  return RAK_OK;
}

RAK_TEST(a_child_ends_with_whoever_wanted_it) {
  const rak_test_run *run = run_on(host_with_others(), leave);
  const bool cancelled[] = {true, false, true, true, false};
  if (!RAK_CHECK_INT(run->agent_call_count, 5)) return;
  for (size_t i = 0; i < 5; i++) {
    RAK_CHECK_INT(run->agent_calls[i].cancelled, cancelled[i]);
  }
  RAK_CHECK_INT(run->slept_ms, 0);
}

static rak_status call_long(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_reply reply;
  return rak_call_agent(cx, RAK_STR("doze"), RAK_STR("3600000"), NULL, &reply);
}

RAK_TEST(a_cancelled_run_calls_nobody) {
  rak_fake_host *host = host_with_others();
  rak_fake_cancel_after(host, SECOND);
  const rak_test_run *run = run_on(host, call_long);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK(run->failure.code.ptr == NULL && run->agent_calls[0].cancelled);
  RAK_CHECK_INT(run->slept_ms, SECOND);

  rak_fake_cancel_after_calls(host, 0);
  RAK_CHECK_INT(run_on(host, list_agents)->status, RAK_CANCELLED);
  run = run_on(host, call_long);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK_INT(run->agent_call_count, 0);

  host = host_with_others();
  rak_fake_deadline(host, SECOND);
  run = run_on(host, call_long);
  RAK_CHECK_INT(run->status, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK(run->failure.code.ptr == NULL);
}

static rak_status count_calls(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_child *child;
  rak_reply reply;
  RAK_TRY(rak_start_agent(cx, RAK_STR("repeat"), RAK_STR("hi"), NULL, &child));
  rak_child_done(child);
  rak_child_cancel(child);
  rak_child_id(child);
  RAK_TRY(rak_child_finish(child, &reply));
  rak_text_delta(cx, rak_reply_text(cx, &reply));
  return rak_child_finish(child, &reply);
}

RAK_TEST(every_call_about_a_child_counts) {
  rak_fake_host *host = host_with_others();
  rak_fake_cancel_after_calls(host, 6);
  const rak_test_run *run = run_on(host, count_calls);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK_TEXT(rak_test_streamed(run), "hi");
}
