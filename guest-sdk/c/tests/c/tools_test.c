/* Calling tools. */

#include "run.h"

enum { SECOND = 1000, DAY = 24 * 60 * 60 * SECOND };

/* Doubles the number `n`. */
static rak_status twice(rak_context *cx, rak_str args, rak_response *response, void *data) {
  const rak_json *in;
  int64_t n;
  (void)data;
  RAK_TRY(rak_json_parse(cx, args, &in));
  if (!rak_json_int(rak_json_get(in, "n"), &n)) {
    response->response = RAK_STR("\"there is no n\"");
    response->failed = true;
    return RAK_OK;
  }
  response->response = rak_printf(cx, "{ \"n\": %lld }", 2 * (long long)n);
  return RAK_OK;
}

/* Answers with its arguments, and counts how often it does. */
static rak_status same(rak_context *cx, rak_str args, rak_response *response, void *data) {
  int *count = data;
  (void)cx;
  if (count != NULL) {
    ++*count;
  }
  response->response = args;
  return RAK_OK;
}

static rak_status refuse(rak_context *cx, rak_str args, rak_response *response, void *data) {
  (void)args;
  (void)response;
  (void)data;
  return rak_fail(cx, RAK_LIMIT_EXCEEDED, "too much");
}

static rak_fake_host *host_with_tools(void) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_tool(host, &(rak_test_tool){.name = "same", .run = same});
  rak_fake_tool(host, &(rak_test_tool){.name = "double",
                                       .description = "Doubles a number.",
                                       .parameters = "{}",
                                       .hints = {.read_only = true, .idempotent = true},
                                       .run = twice,
                                       .takes_ms = SECOND});
  return host;
}

static rak_status list_tools(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_tools tools;
  RAK_TRY(rak_tools_available(cx, &tools));
  if (!RAK_CHECK_INT(tools.count, 2)) return RAK_OK;
  RAK_CHECK_TEXT(tools.items[0].name, "double");
  RAK_CHECK_TEXT(tools.items[0].description, "Doubles a number.");
  RAK_CHECK_TEXT(tools.items[0].parameters, "{}");
  RAK_CHECK(tools.items[0].hints.read_only && tools.items[0].hints.idempotent && !tools.items[0].hints.destructive);
  RAK_CHECK_TEXT(tools.items[1].parameters, "{\"type\":\"object\"}");
  RAK_CHECK(tools.items[1].extra.ptr == NULL);
  return RAK_OK;
}

RAK_TEST(the_tools_that_may_be_called_are_listed) {
  RAK_CHECK_INT(run_on(host_with_tools(), list_tools)->status, RAK_OK);
}

static rak_status call_thrice(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_response response;
  RAK_TRY(rak_call_tool(cx, RAK_STR("double"), RAK_STR("{ \"n\": 3 }"), NULL, &response));
  RAK_CHECK_TEXT(response.id, "call-1");
  RAK_CHECK_TEXT(response.name, "double");
  RAK_CHECK_TEXT(response.response, "{\"n\":6}");
  RAK_CHECK(!response.failed);
  const rak_tool_options options = {
      .timeout_ms = RAK_SOME(SECOND), .idempotency_key = RAK_STR("k"), .relay_events = true, .extra = RAK_STR("[ 1 ]")};
  const rak_call call = {RAK_STR("7"), RAK_STR("double"), RAK_STR("{\"n\":4}")};
  RAK_TRY(rak_call_tool_with(cx, &call, &options, &response));
  RAK_CHECK_TEXT(response.id, "7");
  RAK_CHECK_TEXT(response.response, "{\"n\":8}");
  RAK_TRY(rak_call_tool(cx, RAK_STR("double"), RAK_NO_STR, NULL, &response));
  RAK_CHECK_TEXT(response.id, "call-2");
  RAK_CHECK_TEXT(response.response, "\"there is no n\"");
  RAK_CHECK(response.failed);
  return RAK_OK;
}

RAK_TEST(a_tool_answers) {
  rak_fake_host *host = host_with_tools();
  for (int again = 0; again < 2; again++) {
    const rak_test_run *run = run_on(host, call_thrice);
    RAK_CHECK_INT(run->status, RAK_OK);
    RAK_CHECK_INT(run->slept_ms, 3 * SECOND);
    if (!RAK_CHECK_INT(run->tool_call_count, 3)) return;
    const rak_test_tool_call *calls = run->tool_calls;
    RAK_CHECK_TEXT(calls[0].call.id, "call-1");
    RAK_CHECK_TEXT(calls[0].call.args, "{\"n\":3}");
    RAK_CHECK(!calls[0].options.timeout_ms.is_some && calls[0].options.idempotency_key.ptr == NULL);
    RAK_CHECK_INT(calls[1].options.timeout_ms.value, SECOND);
    RAK_CHECK_TEXT(calls[1].options.idempotency_key, "k");
    RAK_CHECK_TEXT(calls[1].options.extra, "[1]");
    RAK_CHECK(calls[1].options.relay_events && !calls[1].cancelled);
    RAK_CHECK_TEXT(calls[2].call.args, "{}");
  }
}

static rak_status call_badly(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_response response;
  rak_running *running;
  RAK_CHECK_INT(rak_call_tool(cx, RAK_STR("half"), RAK_NO_STR, NULL, &response), RAK_NOT_FOUND);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_NOT_FOUND).message, "no tool is called half; there is double, refuse, same");
  RAK_CHECK_INT(rak_start_tool(cx, RAK_STR("half"), RAK_NO_STR, NULL, &running), RAK_NOT_FOUND);
  RAK_CHECK_INT(rak_call_tool(cx, RAK_STR("refuse"), RAK_NO_STR, NULL, &response), RAK_LIMIT_EXCEEDED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_LIMIT_EXCEEDED).message, "too much");
  RAK_CHECK_INT(rak_call_tool(cx, RAK_STR("same"), RAK_STR("{"), NULL, &response), RAK_INVALID_ARGUMENT);
  const rak_tool_options short_time = {.timeout_ms = RAK_SOME(1)}, wrong = {.extra = RAK_STR("{")};
  RAK_CHECK_INT(rak_call_tool(cx, RAK_STR("same"), RAK_NO_STR, &wrong, &response), RAK_INVALID_ARGUMENT);
  const rak_status late = rak_call_tool(cx, RAK_STR("double"), RAK_NO_STR, &short_time, &response);
  RAK_CHECK_INT(late, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK(!rak_is_expired(cx, late) && !rak_is_cancelled(cx));
  return RAK_OK;
}

RAK_TEST(a_call_that_goes_wrong_does_not_end_the_run) {
  rak_fake_host *host = host_with_tools();
  rak_fake_tool(host, &(rak_test_tool){.name = "refuse", .run = refuse});
  const rak_test_run *run = run_on(host, call_badly);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 1);
}

static rak_status erase(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_response response;
  const rak_tool_options options = {.timeout_ms = RAK_SOME(SECOND)};
  RAK_TRY(rak_call_tool(cx, RAK_STR("erase"), RAK_STR("1"), &options, &response));
  RAK_CHECK_TEXT(response.response, "1");
  RAK_TRY(rak_call_tool(cx, RAK_STR("erase"), RAK_STR("1"), &options, &response));
  RAK_CHECK_TEXT(response.response, "2");
  RAK_CHECK_INT(rak_call_tool(cx, RAK_STR("erase"), RAK_STR("1"), &options, &response), RAK_DENIED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_DENIED).code, "rejected");
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_DENIED).message, "a person did not approve the call of erase: not today");
  const rak_status silent = rak_call_tool(cx, RAK_STR("erase"), RAK_STR("1"), &options, &response);
  RAK_CHECK(rak_is_expired(cx, silent));
  return RAK_OK;
}

RAK_TEST(a_person_says_whether_a_tool_is_called) {
  int count = 0;
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_tool(host, &(rak_test_tool){
                          .name = "erase", .hints = {.needs_approval = true}, .run = same, .data = &count});
  rak_fake_approves(host);
  rak_fake_decides(host, &(rak_decision){.approved = true, .edited = RAK_STR("2")});
  rak_fake_rejects(host, "not today");
  rak_fake_silence(host);
  const rak_test_run *run = run_on(host, erase);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, DAY);
  RAK_CHECK_INT(run->tool_call_count, 4);
  RAK_CHECK_INT(count, 2);
  if (!RAK_CHECK_INT(run->question_count, 4)) return;
  RAK_CHECK_INT(run->questions[3].kind, RAK_QUESTION_APPROVE);
  RAK_CHECK_TEXT(run->questions[3].prompt, "Call erase?");
  RAK_CHECK_TEXT(run->questions[3].details, "1");
}

static rak_status call_all(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_call calls[] = {
      {.name = RAK_STR("double"), .args = RAK_STR("{\"n\":1}")},
      {.name = RAK_STR("half")},
      {.id = RAK_STR("x"), .name = RAK_STR("same")},
  };
  rak_tool_result results[3];
  rak_call_tools(cx, NULL, 0, NULL, NULL);
  rak_call_tools(cx, calls, 3, NULL, results);
  RAK_CHECK_INT(results[1].status, RAK_NOT_FOUND);
  RAK_CHECK_INT(results[1].failure.kind, RAK_NOT_FOUND);
  RAK_CHECK_INT(results[2].status, RAK_OK);
  RAK_CHECK_TEXT(results[2].response.id, "x");
  if (results[0].status == RAK_OK) {
    RAK_CHECK_TEXT(results[0].response.id, "call-1");
    RAK_CHECK_TEXT(results[0].response.response, "{\"n\":2}");
  }
  return results[0].status;
}

RAK_TEST(tools_are_called_at_once) {
  rak_fake_host *host = host_with_tools();
  const rak_test_run *run = run_on(host, call_all);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, SECOND);
  rak_fake_cancel_after(host, 1);
  run = run_on(host, call_all);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK(run->tool_calls[0].cancelled && !run->tool_calls[1].cancelled);
}

static rak_status start_calls(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_running *first, *second, *third, *left;
  rak_response response;
  size_t ready[2];
  RAK_TRY(rak_start_tool(cx, RAK_STR("double"), RAK_STR("{\"n\":1}"), NULL, &first));
  rak_waitable *const all[] = {rak_timer(cx, DAY), rak_running_done(first)};
  RAK_CHECK(rak_wait_any(cx, all, 2, RAK_NONE, ready) == 1 && ready[0] == 1);
  for (int again = 0; again < 2; again++) {
    RAK_TRY(rak_running_finish(first, &response));
    RAK_CHECK_TEXT(response.response, "{\"n\":2}");
  }
  RAK_TRY(rak_start_tool_with(cx, &(rak_call){.name = RAK_STR("double")}, NULL, &second));
  rak_running_cancel(second);
  RAK_CHECK_INT(rak_running_finish(second, &response), RAK_CANCELLED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_CANCELLED).code, "cancelled");
  RAK_TRY(rak_start_tool(cx, RAK_STR("double"), RAK_NO_STR, NULL, &third));
  rak_running_drop(third);
  rak_running_drop(NULL);
  RAK_TRY(rak_start_tool(cx, RAK_STR("double"), RAK_NO_STR, NULL, &left));
  return rak_check_cancelled(cx);
}

RAK_TEST(a_call_is_started_and_given_up) {
  const rak_test_run *run = run_on(host_with_tools(), start_calls);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, SECOND);
  if (!RAK_CHECK_INT(run->tool_call_count, 4)) return;
  RAK_CHECK(!run->tool_calls[0].cancelled && run->tool_calls[1].cancelled);
  RAK_CHECK(run->tool_calls[2].cancelled && run->tool_calls[3].cancelled);
}

static rak_status start_only(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_running *running;
  return rak_start_tool(cx, RAK_STR("double"), RAK_NO_STR, NULL, &running);
}

RAK_TEST(a_cancelled_run_calls_no_tool) {
  rak_run *const runs[] = {list_tools, call_thrice, start_only};
  rak_fake_host *host = host_with_tools();
  rak_fake_cancel_after_calls(host, 0);
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    const rak_test_run *run = run_on(host, runs[i]);
    RAK_CHECK_INT(run->status, RAK_CANCELLED);
    RAK_CHECK_INT(run->tool_call_count, 0);
  }
}
