/* Asking people under test: what they say is scripted. */

#include "fake.h"

/*
 * Waits for what does not come, until the time is over, or the run is cancelled or too late. A wait that none of this ends
 * is a mistake of the test.
 */
static rak_status wait_in_vain(rak_context *cx, rak_optional timeout_ms, rak_str mistake) {
  fake_clock *clock = &cx->fake->clock;
  if (!timeout_ms.is_some && !clock->limits.cancel_at_ms.is_some && !clock->limits.deadline_ms.is_some) {
    rak_panic("%.*s", RAK_ARG(mistake));
  }
  fake_clock_wait(clock, timeout_ms.is_some ? fake_clock_in(clock, timeout_ms.value) : UINT64_MAX);
  return fake_refusal(cx);
}

static const char *const WHAT[] = {"nothing", "a decision", "an answer"};

const rak_failure fake_expired = {
    .kind = RAK_DEADLINE_EXCEEDED,
    .code = {"expired", 7},
    .message = {"nobody answered in time", 23},
};

void fake_reply_to(rak_context *cx, fake_reply_kind wanted, const rak_test_question *question, fake_reply *reply) {
  fake_run *run = cx->fake;
  rak_test_question *asked = fake_list_add(&run->questions, &run->keep, sizeof *asked);
  *asked = (rak_test_question){
      .kind = question->kind,
      .prompt = fake_copy_text(&run->keep, question->prompt),
      .details = fake_copy_text(&run->keep, question->details),
      .schema = fake_copy_text(&run->keep, question->schema),
      .expires_in_ms = question->expires_in_ms,
  };
  const fake_list *replies = &run->host->replies;
  *reply = (fake_reply){.kind = FAKE_SILENCE};
  if (run->replies_taken < replies->count) {
    *reply = ((const fake_reply *)replies->items)[run->replies_taken++];
  }
  if (reply->kind != FAKE_SILENCE && reply->kind != wanted) {
    rak_panic("`%s` wants %s, and what the next person says is %s", asked->prompt.ptr, WHAT[wanted], WHAT[reply->kind]);
  }
}

/* Asks, and waits where nobody answers. */
static rak_status ask(rak_context *cx, fake_reply_kind wanted, const rak_test_question *question, fake_reply *reply) {
  fake_reply_to(cx, wanted, question, reply);
  if (reply->kind != FAKE_SILENCE) {
    return RAK_OK;
  }
  const rak_str mistake =
      rak_printf(cx, "nobody answers `%.*s`, which never expires", RAK_ARG(question->prompt));
  RAK_TRY(wait_in_vain(cx, question->expires_in_ms, mistake));
  return rak_fail_with(cx, &fake_expired);
}

rak_status rak_approve(rak_context *cx, rak_str action, rak_str details, rak_optional expires_in_ms,
                       rak_decision *decision) {
  rak_test_question question = {.kind = RAK_QUESTION_APPROVE, .prompt = action, .expires_in_ms = expires_in_ms};
  const rak_str shown = details.ptr == NULL ? RAK_STR("null") : details;
  fake_reply reply;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(rak_while(cx, fake_compact(cx, shown, &question.details), "the details of `%.*s`", RAK_ARG(action)));
  RAK_TRY(ask(cx, FAKE_DECISION, &question, &reply));
  *decision = fake_copy_decision(cx, &reply.decision);
  return RAK_OK;
}

rak_status rak_ask(rak_context *cx, rak_str question, rak_str schema, rak_optional expires_in_ms, rak_str *answer) {
  rak_test_question asked = {.kind = RAK_QUESTION_ASK, .prompt = question, .expires_in_ms = expires_in_ms};
  fake_reply reply;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(rak_while(cx, fake_compact(cx, schema, &asked.schema), "the schema of `%.*s`", RAK_ARG(question)));
  RAK_TRY(ask(cx, FAKE_ANSWER, &asked, &reply));
  *answer = rak_copy(cx, reply.answer);
  return RAK_OK;
}

rak_status rak_next_message(rak_context *cx, rak_optional timeout_ms, const rak_content **message) {
  RAK_TRY(fake_gate(cx));
  const fake_list *messages = &cx->fake->host->messages;
  if (cx->fake->messages_taken == messages->count) {
    RAK_TRY(wait_in_vain(cx, timeout_ms, RAK_STR("the user says nothing more, and the agent waits for it without end")));
    *message = NULL;
    return RAK_OK;
  }
  rak_content *copy = rak_alloc(cx, sizeof *copy);
  *copy = fake_copy_content(cx, (const rak_content *)messages->items + cx->fake->messages_taken++);
  *message = copy;
  return RAK_OK;
}
