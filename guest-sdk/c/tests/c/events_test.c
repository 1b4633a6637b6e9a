/* What the client sees, and how runs end. */

#include "run.h"

static rak_status emit_all(rak_context *cx, const rak_content *input) {
  (void)input;
  uint64_t newest = 9;
  RAK_TRY(rak_text_delta(cx, RAK_STR("a")));
  RAK_TRY(rak_thought_delta(cx, RAK_STR("b")));
  RAK_TRY(rak_report_at(cx, 1, 2, "%s", "c"));
  RAK_TRY(rak_report(cx, "d"));
  RAK_TRY(rak_emit(cx, NULL, 0, &newest));
  RAK_CHECK_INT(newest, 0);
  const rak_content said = rak_model_says(cx, RAK_STR("e"));
  RAK_TRY(rak_emit_content(cx, &said));
  RAK_TRY(rak_emit_other(cx, RAK_STR("f"), RAK_STR("{ }")));
  RAK_TRY(rak_emit(cx, &(rak_event){RAK_EVENT_TEXT_DELTA, .text = RAK_STR("g")}, 1, &newest));
  RAK_CHECK_INT(newest, 2);
  return RAK_OK;
}

RAK_TEST(emit_answers_with_the_newest_stored_event) {
  const rak_test_run *run = run_on(rak_fake_host_new(), emit_all);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK(!run->outcome.has_content);
  RAK_CHECK_INT(run->event_count, 7);
  RAK_CHECK_TEXT(rak_test_streamed(run), "ag");
  RAK_CHECK_INT(rak_test_count(run, RAK_EVENT_CONTENT), 1);
  RAK_CHECK(run->events[2].progress.total.value == 2 && !run->events[3].progress.total.is_some);
}

static rak_status emit_no_json(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_event events[] = {
      {RAK_EVENT_TEXT_DELTA, .text = RAK_STR("a")},
      {RAK_EVENT_OTHER, .other = {RAK_STR("x"), RAK_STR("{")}},
  };
  return rak_emit(cx, events, 2, NULL);
}

RAK_TEST(a_batch_is_sent_whole_or_not_at_all) {
  const rak_test_run *run = run_on(rak_fake_host_new(), emit_no_json);
  RAK_CHECK_INT(run->status, RAK_INVALID_ARGUMENT);
  RAK_CHECK_INT(run->event_count, 0);
}

static rak_status stream(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_stream out = rak_stream_of(cx);
  RAK_TRY(rak_stream_printf(&out, "%d ", 1));
  RAK_TRY(rak_stream_write(&out, RAK_STR("\xF0\x9F")));
  RAK_TRY(rak_stream_write(&out, RAK_STR("\x98\x80!")));
  RAK_TRY(rak_stream_write(&out, RAK_STR("")));
  return rak_stream_answer(&out);
}

RAK_TEST(a_stream_sends_whole_characters_and_answers_with_all) {
  const rak_test_run *run = run_on(rak_fake_host_new(), stream);
  RAK_CHECK_INT(run->event_count, 2);
  RAK_CHECK_TEXT(run->events[1].text, "\xF0\x9F\x98\x80!");
  RAK_CHECK_TEXT(rak_test_answer(run), "1 \xF0\x9F\x98\x80!");
}

static rak_status end_well(rak_context *cx, const rak_content *input) {
  rak_escalate(cx);
  rak_transfer_to(cx, RAK_STR("b"));
  rak_extra(cx, RAK_STR("1"));
  return rak_answer_content(cx, input);
}

RAK_TEST(every_part_comes_through) {
  static const uint8_t bytes[] = {0, 0xFF};
  static const rak_part parts[] = {
      {RAK_PART_TEXT, .text = RAK_STR("a")},
      {RAK_PART_THOUGHT, .text = RAK_STR("hm")},
      {RAK_PART_TEXT, .text = RAK_STR("b")},
      {RAK_PART_BLOB, .blob = {RAK_STR("a/b"), {bytes, 2}}},
      {RAK_PART_FILE, .file = {.uri = RAK_STR("u")}},
      {RAK_PART_CALL, .call = {RAK_STR("1"), RAK_STR("f"), RAK_STR("{}")}},
      {RAK_PART_RESPONSE, .response = {RAK_STR("1"), RAK_STR("f"), RAK_STR("1"), true}},
      {RAK_PART_OTHER, .other = {RAK_STR("n"), RAK_STR("null")}},
  };
  const rak_test_run *run = rak_fake_run_with(rak_fake_host_new(), end_well, &(rak_content){.parts = parts, .part_count = 8});
  const rak_content *content = &run->outcome.content;
  RAK_CHECK_TEXT(rak_test_answer(run), "ab");
  RAK_CHECK_TEXT(content->role, "model");
  RAK_CHECK(content->part_count == 8 && content->parts[3].blob.data.ptr[1] == 0xFF);
  RAK_CHECK(content->parts[4].file.mime_type.ptr == NULL && content->parts[6].response.failed);
  RAK_CHECK(run->outcome.escalate);
  RAK_CHECK_TEXT(run->outcome.transfer_to, "b");
  RAK_CHECK_TEXT(run->outcome.extra, "1");
}

static rak_status fail_with_all(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_status status = rak_fail_with(cx, &(rak_failure){RAK_CONFLICT, RAK_STR("E"), RAK_STR("m"), RAK_SOME(5), RAK_STR("1")});
  return rak_while(cx, status, "doing %d", 1);
}

static rak_status fail_plainly(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_fail(cx, RAK_CONFLICT, "this was handled");
  return RAK_NOT_FOUND;
}

static rak_status fail_with_nonsense(rak_context *cx, const rak_content *input) {
  (void)cx;
  (void)input;
  return (rak_status)99;
}

RAK_TEST(failures_are_what_was_said) {
  const rak_test_run *run = run_on(rak_fake_host_new(), fail_with_all);
  RAK_CHECK_INT(run->status, RAK_CONFLICT);
  RAK_CHECK_TEXT(run->failure.message, "doing 1: m");
  RAK_CHECK_TEXT(run->failure.code, "E");
  RAK_CHECK_TEXT(run->failure.details, "1");
  RAK_CHECK_INT(run->failure.retry_after_ms.value, 5);
  run = run_on(rak_fake_host_new(), fail_plainly);
  RAK_CHECK_INT(run->status, RAK_NOT_FOUND);
  RAK_CHECK_TEXT(run->failure.message, "it was not found");
  RAK_CHECK_INT(run_on(rak_fake_host_new(), fail_with_nonsense)->status, RAK_FAILED);
}

RAK_TEST(every_kind_is_found_by_its_name) {
  rak_status found;
  for (rak_status kind = RAK_CANCELLED; kind <= RAK_FAILED; kind++) {
    RAK_CHECK(rak_status_of(rak_str_of(rak_status_name(kind)), &found) && found == kind);
  }
  RAK_CHECK(!rak_status_of(RAK_STR("Failed"), &found) && !rak_status_of(RAK_STR("ok"), &found));
}
