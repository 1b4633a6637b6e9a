/* Waiting, cancelling, and what is logged. */

#include "run.h"

enum { SECOND = 1000 };

static rak_status tick(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_content said = rak_model_says(cx, RAK_STR("tick"));
  for (;;) {
    RAK_TRY(rak_emit_content(cx, &said));
    rak_sleep(cx, SECOND);
  }
}

RAK_TEST(cancelled_after_some_calls) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_cancel_after_calls(host, 4);
  const rak_test_run *run = run_on(host, tick);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK_INT(run->event_count, 2);
  RAK_CHECK_INT(run->slept_ms, 2 * SECOND);
}

static rak_status wait_when_cancelled(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_waitable *timer = rak_timer(cx, 9 * SECOND);
  size_t ready;
  rak_wait(timer);
  RAK_CHECK(rak_is_cancelled(cx) && !rak_ready(timer));
  RAK_CHECK_INT(rak_wait_any(cx, &timer, 1, RAK_NONE, &ready), 0);
  rak_sleep(cx, SECOND);
  return rak_check_cancelled(cx);
}

RAK_TEST(a_cancelled_wait_returns_at_once) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_cancel_after(host, 3 * SECOND);
  const rak_test_run *run = run_on(host, wait_when_cancelled);
  RAK_CHECK_INT(run->slept_ms, 3 * SECOND);
  RAK_CHECK_TEXT(run->failure.message, "the invocation was cancelled");
}

static rak_status be_late(rak_context *cx, const rak_content *input) {
  (void)input;
  RAK_CHECK_INT(rak_remaining_ms(cx).value, 2 * SECOND);
  rak_sleep(cx, SECOND);
  RAK_CHECK_INT(rak_remaining_ms(cx).value, SECOND);
  rak_sleep(cx, UINT64_MAX);
  return rak_text_delta(cx, RAK_STR("late"));
}

RAK_TEST(a_deadline_ends_waits_and_refuses_calls) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_deadline(host, 2 * SECOND);
  const rak_test_run *run = run_on(host, be_late);
  RAK_CHECK_INT(run->status, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK_INT(run->slept_ms, 2 * SECOND);
}

static rak_status wait_for_any(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_waitable *all[] = {rak_timer(cx, 3 * SECOND), rak_timer(cx, SECOND), rak_timer(cx, 3 * SECOND)};
  size_t ready[3];
  RAK_CHECK(!rak_remaining_ms(cx).is_some);
  RAK_CHECK_INT(rak_wait_any(cx, all, 3, RAK_SOME(0), ready), 0);
  RAK_CHECK(rak_wait_any(cx, all, 3, RAK_NONE, ready) == 1 && ready[0] == 1);
  rak_drop(all[1]);
  all[1] = all[2];
  RAK_CHECK_INT(rak_wait_any(cx, all, 2, RAK_SOME(SECOND), ready), 0);
  RAK_CHECK(rak_wait_any(cx, all, 2, RAK_SOME(9 * SECOND), ready) == 2 && ready[1] == 1);
  RAK_CHECK_INT(rak_wait_any(cx, NULL, 0, RAK_NONE, NULL), 0);
  RAK_CHECK_INT(rak_wait_any(cx, NULL, 0, RAK_SOME(SECOND), NULL), 0);
  rak_drop(NULL);
  return RAK_OK;
}

RAK_TEST(wait_any_answers_with_all_that_are_ready) {
  RAK_CHECK_INT(run_on(rak_fake_host_new(), wait_for_any)->slept_ms, 4 * SECOND);
}

static rak_status write_log(rak_context *cx, const rak_content *input) {
  (void)input;
  for (rak_level level = RAK_TRACE; level <= RAK_SEVERE; level++) {
    rak_log(cx, level, "line %s", rak_level_name(level));
  }
  rak_log_fields(cx, RAK_INFO, RAK_STR("m"), RAK_FIELDS({RAK_STR("k"), RAK_STR("v")}, {RAK_STR("l"), RAK_STR("")}));
  return RAK_OK;
}

RAK_TEST(log_lines_are_kept) {
  const rak_test_run *run = run_on(rak_fake_host_new(), write_log);
  RAK_CHECK_INT(run->log_count, 6);
  RAK_CHECK_TEXT(run->logs[4].message, "line severe");
  RAK_CHECK_INT(run->logs[4].level, RAK_SEVERE);
  RAK_CHECK_INT(run->logs[5].field_count, 2);
  RAK_CHECK_TEXT(run->logs[5].fields[0].value, "v");
}
