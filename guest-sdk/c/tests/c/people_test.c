/* Asking people, and hearing what they say. */

#include "run.h"

enum { SECOND = 1000, HOUR = 60 * 60 * SECOND };

static rak_status decide(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_decision yes, no, other;
  RAK_TRY(rak_approve(cx, RAK_STR("Do it?"), RAK_NO_STR, RAK_NONE, &yes));
  RAK_CHECK(yes.approved && yes.by.ptr == NULL && yes.reason.ptr == NULL && yes.edited.ptr == NULL);
  RAK_TRY(rak_approve(cx, RAK_STR("Do more?"), RAK_STR("{ \"n\": 1 }"), RAK_SOME(HOUR), &no));
  RAK_CHECK(!no.approved);
  RAK_CHECK_TEXT(no.reason, "too dear");
  RAK_TRY(rak_approve(cx, RAK_STR("Do that?"), RAK_STR("1"), RAK_NONE, &other));
  RAK_CHECK(other.approved);
  RAK_CHECK_TEXT(other.by, "ada");
  RAK_CHECK_TEXT(other.edited, "{\"n\":2}");
  RAK_CHECK_INT(rak_approve(cx, RAK_STR("What?"), RAK_STR("{"), RAK_NONE, &other), RAK_INVALID_ARGUMENT);
  return RAK_OK;
}

RAK_TEST(a_decision_is_what_the_person_said) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_approves(host);
  rak_fake_rejects(host, "too dear");
  rak_fake_decides(host, &(rak_decision){.approved = true, .by = RAK_STR("ada"), .edited = RAK_STR("{ \"n\": 2 }")});
  for (int again = 0; again < 2; again++) {
    const rak_test_run *run = run_on(host, decide);
    RAK_CHECK_INT(run->status, RAK_OK);
    RAK_CHECK_INT(run->slept_ms, 0);
    if (!RAK_CHECK_INT(run->question_count, 3)) return;
    RAK_CHECK(run->questions[0].kind == RAK_QUESTION_APPROVE && !run->questions[0].expires_in_ms.is_some);
    RAK_CHECK_TEXT(run->questions[0].prompt, "Do it?");
    RAK_CHECK_TEXT(run->questions[0].details, "null");
    RAK_CHECK_TEXT(run->questions[1].details, "{\"n\":1}");
    RAK_CHECK(run->questions[1].schema.ptr == NULL && run->questions[1].expires_in_ms.value == HOUR);
  }
}

static rak_status ask_for_all(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_str text, json;
  int64_t whole;
  double number;
  bool truth;
  RAK_TRY(rak_ask_str(cx, RAK_STR("Who?"), RAK_STR("true"), RAK_NONE, &text));
  RAK_TRY(rak_ask_int(cx, RAK_STR("How many?"), RAK_STR("true"), RAK_NONE, &whole));
  RAK_TRY(rak_ask_double(cx, RAK_STR("How much?"), RAK_STR("true"), RAK_NONE, &number));
  RAK_TRY(rak_ask_bool(cx, RAK_STR("Is it?"), RAK_STR("true"), RAK_NONE, &truth));
  RAK_CHECK(rak_is(text, "Ada") && whole == 4 && number == 0.5 && truth);
  RAK_CHECK_INT(rak_ask_int(cx, RAK_STR("Which?"), RAK_STR("true"), RAK_NONE, &whole), RAK_FAILED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_FAILED).message,
                 "the answer to `Which?` has another shape: it is not a whole number");
  RAK_TRY(rak_ask(cx, RAK_STR("What?"), RAK_STR("{ \"type\": \"array\" }"), RAK_SOME(SECOND), &json));
  RAK_CHECK_TEXT(json, "[1,2]");
  RAK_CHECK_INT(rak_ask(cx, RAK_STR("How?"), RAK_STR("type"), RAK_NONE, &json), RAK_INVALID_ARGUMENT);
  return RAK_OK;
}

RAK_TEST(an_answer_has_the_type_that_is_asked_for) {
  rak_fake_host *host = rak_fake_host_new();
  const char *const answers[] = {"\"Ada\"", "4", "0.5", "true", "\"first\"", "[1, 2]"};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    rak_fake_answers(host, answers[i]);
  }
  const rak_test_run *run = run_on(host, ask_for_all);
  RAK_CHECK_INT(run->status, RAK_OK);
  if (!RAK_CHECK_INT(run->question_count, 6)) return;
  RAK_CHECK_INT(run->questions[5].kind, RAK_QUESTION_ASK);
  RAK_CHECK_TEXT(run->questions[5].schema, "{\"type\":\"array\"}");
  RAK_CHECK(run->questions[5].details.ptr == NULL && run->questions[5].expires_in_ms.value == SECOND);
}

static rak_status ask_in_vain(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_decision decision;
  rak_str answer;
  rak_status status = rak_approve(cx, RAK_STR("Do it?"), RAK_NO_STR, RAK_SOME(HOUR), &decision);
  RAK_CHECK_INT(status, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK(rak_is_expired(cx, status) && !rak_is_expired(cx, RAK_OK) && !rak_is_expired(cx, RAK_FAILED));
  RAK_CHECK_TEXT(rak_failure_of(cx, status).code, "expired");
  RAK_TRY(rak_approve(cx, RAK_STR("And now?"), RAK_NO_STR, RAK_SOME(HOUR), &decision));
  status = rak_ask(cx, RAK_STR("Well?"), RAK_STR("true"), RAK_SOME(0), &answer);
  RAK_CHECK(rak_is_expired(cx, status));
  status = rak_ask(cx, RAK_STR("Well?"), RAK_STR("true"), RAK_NONE, &answer);
  RAK_CHECK(!rak_is_expired(cx, status));
  return status;
}

RAK_TEST(a_question_expires_and_the_run_goes_on) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_deadline(host, 9 * HOUR);
  rak_fake_silence(host);
  rak_fake_approves(host);
  const rak_test_run *run = run_on(host, ask_in_vain);
  RAK_CHECK_INT(run->status, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK(run->failure.code.ptr == NULL);
  RAK_CHECK_INT(run->slept_ms, 9 * HOUR);
}

static rak_status approve_only(rak_context *cx, const rak_content *input) {
  rak_decision decision;
  (void)input;
  return rak_approve(cx, RAK_STR("Do it?"), RAK_NO_STR, RAK_SOME(HOUR), &decision);
}

static rak_status ask_only(rak_context *cx, const rak_content *input) {
  rak_str answer;
  (void)input;
  return rak_ask(cx, RAK_STR("Well?"), RAK_STR("true"), RAK_NONE, &answer);
}

static rak_status hear_only(rak_context *cx, const rak_content *input) {
  const rak_content *message;
  (void)input;
  return rak_next_message(cx, RAK_NONE, &message);
}

RAK_TEST(a_cancelled_run_waits_for_nobody) {
  rak_run *const runs[] = {approve_only, ask_only, hear_only};
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    rak_fake_host *host = rak_fake_host_new();
    rak_fake_cancel_after(host, SECOND);
    const rak_test_run *run = run_on(host, runs[i]);
    RAK_CHECK_INT(run->status, RAK_CANCELLED);
    RAK_CHECK_INT(run->slept_ms, SECOND);

    rak_fake_approves(host);
    rak_fake_message(host, "hi");
    rak_fake_cancel_after_calls(host, 0);
    run = run_on(host, runs[i]);
    RAK_CHECK_INT(run->status, RAK_CANCELLED);
    RAK_CHECK_INT(run->slept_ms, 0);
    RAK_CHECK_INT(run->question_count, 0);
  }
}

static rak_status hear_all(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_content *message;
  RAK_TRY(rak_next_message(cx, RAK_NONE, &message));
  RAK_CHECK_TEXT(rak_text(cx, message), "one");
  RAK_CHECK_TEXT(message->role, "user");
  RAK_TRY(rak_next_message(cx, RAK_SOME(HOUR), &message));
  RAK_CHECK(message->part_count == 2 && message->parts[0].kind == RAK_PART_THOUGHT);
  RAK_TRY(rak_next_message(cx, RAK_SOME(0), &message));
  RAK_CHECK(message == NULL);
  RAK_TRY(rak_next_message(cx, RAK_SOME(SECOND), &message));
  RAK_CHECK(message == NULL);
  return RAK_OK;
}

RAK_TEST(messages_come_in_order) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_message(host, "one");
  rak_fake_message_with(host, &(rak_content){.role = RAK_STR("user"), RAK_PARTS(
    {RAK_PART_THOUGHT, .text = RAK_STR("hm")},
    {RAK_PART_TEXT, .text = RAK_STR("two")},
  )});
  for (int again = 0; again < 2; again++) {
    const rak_test_run *run = run_on(host, hear_all);
    RAK_CHECK_INT(run->status, RAK_OK);
    RAK_CHECK_INT(run->slept_ms, SECOND);
  }
  rak_fake_cancel_after_calls(host, 2);
  RAK_CHECK_INT(run_on(host, hear_all)->status, RAK_CANCELLED);
}
