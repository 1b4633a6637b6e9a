/* Who asks, what was said, and what is kept. */

#include "run.h"

static rak_status look_around(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_str greeting = RAK_STR("hello"), absent = RAK_STR("default");
  int64_t number = 0;
  double real = 0;
  bool truth = false;
  RAK_TRY(rak_config_str(cx, RAK_STR("greeting"), &greeting));
  RAK_TRY(rak_config_str(cx, RAK_STR("absent"), &absent));
  RAK_TRY(rak_config_int(cx, RAK_STR("n"), &number));
  RAK_TRY(rak_config_double(cx, RAK_STR("n"), &real));
  RAK_TRY(rak_config_bool(cx, RAK_STR("yes"), &truth));
  RAK_CHECK(number == 3 && real == 3 && truth);
  RAK_CHECK_TEXT(absent, "default");
  RAK_CHECK_INT(rak_config_str(cx, RAK_STR("n"), &greeting), RAK_FAILED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_FAILED).message,
                 "the agent's configuration value `n` has another shape: it is not a string");
  RAK_CHECK(rak_config(cx, RAK_STR("absent")).ptr == NULL);
  RAK_CHECK_TEXT(rak_join(cx, rak_config_keys(cx), RAK_STR(" ")), "greeting n yes");
  const rak_info info = rak_info_of(cx);
  RAK_CHECK(info.attempt == 1 && info.parent_id.ptr == NULL);
  return rak_answer(cx, "%s %s %s", greeting.ptr, info.user_id.ptr, info.session_id.ptr);
}

RAK_TEST(info_and_config_are_what_was_given) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_user(host, "ada");
  rak_fake_session(host, "s1");
  rak_fake_config(host, "n", "3");
  rak_fake_config(host, "greeting", "\"hi\"");
  rak_fake_config(host, "yes", "true");
  RAK_CHECK_TEXT(rak_test_answer(run_on(host, look_around)), "hi ada s1");
}

static rak_status page_through(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_page older;
  RAK_TRY(rak_history(cx, RAK_SOME(3), 9, &older));
  RAK_CHECK(older.count == 2 && !older.next.is_some);
  rak_builder all = rak_builder_of(cx);
  rak_pages pages = rak_pages_of(cx, 2);
  for (rak_page page; rak_next_page(&pages, &page);) {
    for (size_t i = 0; i < page.count; i++) {
      rak_append(&all, rak_text(cx, &page.entries[i].content));
    }
    rak_append_c(&all, ".");
  }
  RAK_TRY(pages.status);
  return rak_answer_str(cx, rak_built(&all));
}

RAK_TEST(history_pages_go_back_in_time) {
  rak_fake_host *host = rak_fake_host_new();
  for (char text[] = "1"; text[0] <= '5'; text[0]++) {
    rak_fake_said(host, "user", text);
  }
  RAK_CHECK_TEXT(rak_test_answer(run_on(host, page_through)), "45.23.1.");
}

static rak_status count_pages(rak_context *cx, const rak_content *input) {
  (void)input;
  int count = 0;
  rak_pages pages = rak_pages_of(cx, 2);
  for (rak_page page; rak_next_page(&pages, &page);) {
    RAK_CHECK_INT(page.count, 0);
    count++;
  }
  RAK_TRY(pages.status);
  return rak_answer(cx, "%d", count);
}

RAK_TEST(no_history_is_one_empty_page) {
  RAK_CHECK_TEXT(rak_test_answer(run_on(rak_fake_host_new(), count_pages)), "1");
  rak_fake_host *cancelled = rak_fake_host_new();
  rak_fake_cancel_after_calls(cancelled, 0);
  RAK_CHECK_INT(run_on(cancelled, count_pages)->status, RAK_CANCELLED);
}

static rak_status change_state(rak_context *cx, const rak_content *input) {
  (void)input;
  int64_t number = 0;
  bool truth = false;
  rak_str value;
  rak_strs keys;
  RAK_TRY(rak_state_set_int(cx, RAK_STR("user:n"), 2));
  RAK_TRY(rak_state_set(cx, RAK_STR("gone"), RAK_STR(" null ")));
  RAK_TRY(rak_state_set_bool(cx, RAK_STR("temp:scratch"), true));
  RAK_TRY(rak_state_remove(cx, RAK_STR("never-there")));
  RAK_TRY(rak_state_set_double(cx, RAK_STR("d"), 0.5));
  RAK_TRY(rak_state_set_str(cx, RAK_STR("s"), RAK_STR("\"x\"")));
  RAK_CHECK_INT(rak_state_set(cx, RAK_STR("s"), RAK_STR("{")), RAK_INVALID_ARGUMENT);
  RAK_CHECK_INT(rak_state_set_double(cx, RAK_STR("d"), 1.0 / 0.0), RAK_INVALID_ARGUMENT);
  RAK_TRY(rak_state_get_int(cx, RAK_STR("user:n"), &number));
  RAK_TRY(rak_state_get_bool(cx, RAK_STR("temp:scratch"), &truth));
  RAK_CHECK(number == 2 && truth);
  RAK_CHECK_INT(rak_state_get_int(cx, RAK_STR("s"), &number), RAK_FAILED);
  RAK_TRY(rak_state_get(cx, RAK_STR("gone"), &value));
  RAK_CHECK(value.ptr == NULL);
  RAK_TRY(rak_state_keys(cx, RAK_STR(""), &keys));
  RAK_CHECK_TEXT(rak_join(cx, keys, RAK_STR(" ")), "d kept s temp:scratch user:n");
  RAK_TRY(rak_state_keys(cx, RAK_STR("user:"), &keys));
  RAK_CHECK_INT(keys.count, 1);
  return RAK_OK;
}

RAK_TEST(changes_are_seen_at_once_and_stored_at_the_end) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_state(host, "gone", "1");
  rak_fake_state(host, "user:n", "1");
  rak_fake_state(host, "kept", "\"x\"");
  const rak_test_run *run = run_on(host, change_state);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->state.count, 4);
  RAK_CHECK_TEXT(rak_test_state(run, "s"), "\"\\\"x\\\"\"");
  RAK_CHECK_TEXT(rak_test_state(run, "user:n"), "2");
  RAK_CHECK(rak_test_state(run, "temp:scratch").ptr == NULL);
  RAK_CHECK_INT(run->changes.count, 5);
  RAK_CHECK_TEXT(run->changes.items[1].key, "gone");
  RAK_CHECK(run->changes.items[1].value.ptr == NULL);
}

static rak_status store_and_fail(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_content said = rak_model_says(cx, RAK_STR("stored"));
  RAK_TRY(rak_state_set_int(cx, RAK_STR("before"), 1));
  RAK_TRY(rak_text_delta(cx, RAK_STR("not stored")));
  RAK_TRY(rak_emit_content(cx, &said));
  RAK_TRY(rak_state_set_int(cx, RAK_STR("after"), 1));
  return rak_fail(cx, RAK_FAILED, "oh");
}

RAK_TEST(a_failed_run_keeps_what_its_last_stored_event_stored) {
  const rak_test_run *run = run_on(rak_fake_host_new(), store_and_fail);
  RAK_CHECK_TEXT(run->failure.message, "oh");
  RAK_CHECK_INT(run->changes.count, 1);
  RAK_CHECK_TEXT(rak_test_state(run, "before"), "1");
}
