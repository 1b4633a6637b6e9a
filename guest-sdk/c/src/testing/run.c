/* Running an agent under test, and looking at what it left behind. */

#include <stdlib.h>

#include "fake.h"

static rak_outcome copy_outcome(rak_context *cx, const rak_outcome *outcome) {
  return (rak_outcome){
      .has_content = outcome->has_content,
      .content = outcome->has_content ? fake_copy_content(cx, &outcome->content) : (rak_content){0},
      .escalate = outcome->escalate,
      .transfer_to = fake_copy_text(cx, outcome->transfer_to),
      .extra = fake_copy_text(cx, outcome->extra),
  };
}

/* What the run left behind. A good end stores what was changed; a bad one forgets it. */
static void finish(fake_run *run, rak_status status) {
  rak_test_run *result = &run->result;
  result->status = status;
  if (status == RAK_OK) {
    result->outcome = copy_outcome(&run->keep, &run->cx.outcome);
    fake_state_store(&run->state, &run->keep);
  } else {
    const rak_failure failure = rak_failure_of(&run->cx, status);
    result->failure = fake_copy_failure(&run->keep, &failure);
  }
  fake_show_models(run);
  result->events = run->events.items;
  result->event_count = run->events.count;
  result->questions = run->questions.items;
  result->question_count = run->questions.count;
  fake_finish_agents(run);
  fake_finish_tools(run);
  fake_finish_models(run);
  fake_finish_http(run);
  fake_finish_artifacts(run);
  result->logs = run->logs.items;
  result->log_count = run->logs.count;
  result->state = (rak_test_values){run->state.stored.items, run->state.stored.count};
  result->changes = (rak_test_values){run->state.changes.items, run->state.changes.count};
  result->slept_ms = run->clock.now_ms;
}

const rak_test_run *rak_fake_run_with(rak_fake_host *host, rak_run *function, const rak_content *input) {
  fake_run *run = calloc(1, sizeof *run);
  if (run == NULL) {
    rak_out_of_memory();
  }
  run->cx.fake = run;
  run->host = host;
  run->clock.limits = host->limits;
  run->state.seen = fake_map_copy(&host->state, &run->keep);
  run->state.stored = fake_map_copy(&host->state, &run->keep);
  run->answers_taken = rak_alloc_array(&run->keep, host->models.count, sizeof *run->answers_taken);
  run->files = fake_copy_files(&run->keep, host->files.items, host->files.count);
  run->next = host->runs;
  host->runs = run;
  const rak_content copy = fake_copy_content(&run->keep, input);
  finish(run, rak_run_agent(&run->cx, function, &copy));
  return &run->result;
}

/* Where texts about a result may be made: a result is always a member of its run. */
static rak_context *keep_of(const rak_test_run *result) {
  return &((fake_run *)((char *)result - offsetof(fake_run, result)))->keep;
}

rak_str rak_test_answer(const rak_test_run *run) {
  if (run->status != RAK_OK) {
    rak_panic("the run failed: %s: %s", rak_status_name(run->status), run->failure.message.ptr);
  }
  if (!run->outcome.has_content) {
    return RAK_STR("");
  }
  return rak_text(keep_of(run), &run->outcome.content);
}

rak_str rak_test_streamed(const rak_test_run *run) {
  rak_builder text = rak_builder_of(keep_of(run));
  for (size_t i = 0; i < run->event_count; i++) {
    if (run->events[i].kind == RAK_EVENT_TEXT_DELTA) {
      rak_append(&text, run->events[i].text);
    }
  }
  return rak_built(&text);
}

rak_str rak_test_state(const rak_test_run *run, const char *key) {
  for (size_t i = 0; i < run->state.count; i++) {
    if (rak_is(run->state.items[i].key, key)) {
      return run->state.items[i].value;
    }
  }
  return RAK_NO_STR;
}

size_t rak_test_count(const rak_test_run *run, rak_event_kind kind) {
  size_t count = 0;
  for (size_t i = 0; i < run->event_count; i++) {
    count += run->events[i].kind == kind;
  }
  return count;
}
