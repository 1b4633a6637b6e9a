/* Asking models. */

#include "run.h"

enum { SECOND = 1000 };

/* Answers what it was told last, with a thought first, in three seconds. */
static rak_status polite(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                         rak_model_answer *answer, void *data) {
  (void)options;
  (void)data;
  rak_part *parts = rak_alloc_array(cx, 2, sizeof *parts);
  parts[0] = (rak_part){.kind = RAK_PART_THOUGHT, .text = RAK_STR("hm")};
  parts[1] = rak_text_part(rak_printf(cx, "%s indeed", rak_text(cx, &contents[count - 1]).ptr));
  answer->parts = parts;
  answer->part_count = 2;
  answer->usage = (rak_usage){.input_tokens = 3, .output_tokens = 4};
  answer->takes_ms = 3 * SECOND;
  return RAK_OK;
}

/* The length of each text, and a half. */
static rak_status lengths(rak_context *cx, rak_strs texts, rak_vector *vectors, void *data) {
  (void)data;
  for (size_t i = 0; i < texts.count; i++) {
    float *numbers = rak_alloc_array(cx, 2, sizeof *numbers);
    numbers[0] = (float)texts.items[i].len;
    numbers[1] = 0.5f;
    vectors[i] = (rak_vector){numbers, 2};
  }
  return RAK_OK;
}

static rak_fake_host *host_with_polite(void) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_model(host, &(rak_test_model){
                           .name = "polite", .description = "Answers in whole sentences.", .run = polite, .embed = lengths});
  return host;
}

static rak_status list_models(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_summaries models;
  RAK_TRY(rak_models_available(cx, &models));
  if (!RAK_CHECK_INT(models.count, 3)) return RAK_OK;
  RAK_CHECK_TEXT(models.items[0].name, "polite");
  RAK_CHECK_TEXT(models.items[0].description, "Answers in whole sentences.");
  RAK_CHECK(models.items[0].extra.ptr == NULL);
  RAK_CHECK_TEXT(models.items[1].name, "alpha");
  RAK_CHECK_TEXT(models.items[1].extra, "[1]");
  RAK_CHECK_TEXT(models.items[2].name, "zeta");
  return RAK_OK;
}

RAK_TEST(the_models_that_may_be_asked_are_listed) {
  rak_fake_host *host = host_with_polite();
  rak_fake_model(host, &(rak_test_model){.name = "zeta"});
  rak_fake_model(host, &(rak_test_model){.name = "alpha", .extra = "[1]"});
  RAK_CHECK_INT(run_on(host, list_models)->status, RAK_OK);
}

static rak_status ask_twice(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_response response;
  RAK_TRY(rak_complete(cx, RAK_STR("so it is"), NULL, &response));
  RAK_CHECK_TEXT(response.model, "polite");
  RAK_CHECK_TEXT(response.content.role, "model");
  RAK_CHECK_INT(response.content.part_count, 2);
  RAK_CHECK_INT(response.finish, RAK_FINISH_STOP);
  RAK_CHECK_TEXT(response.finish_name, "stop");
  RAK_CHECK_INT(response.usage.input_tokens, 3);
  RAK_CHECK_INT(response.usage.output_tokens, 4);
  RAK_CHECK_TEXT(rak_model_text(cx, &response), "so it is indeed");
  const rak_content contents[] = {rak_user_says(cx, RAK_STR("a")), rak_model_says(cx, RAK_STR("b")),
                                  rak_user_says(cx, RAK_STR("c"))};
  const rak_model_tool tool = {RAK_STR("add"), RAK_STR("Adds."), RAK_STR("{ }")};
  const rak_str stop[] = {RAK_STR("."), RAK_STR("!")};
  const rak_model_options options = {
      .model = RAK_STR("polite"),
      .system = RAK_STR("Be brief."),
      .tools = &tool,
      .tool_count = 1,
      .tool_mode = RAK_TOOL_NAMED,
      .tool_name = RAK_STR("add"),
      .max_output_tokens = 9,
      .temperature = &(float){0.5f},
      .stop = {stop, 2},
      .response_schema = RAK_STR("true"),
      .relay = RAK_RELAY_TEXT,
      .extra = RAK_STR("{ \"seed\": 1 }"),
  };
  RAK_TRY(rak_complete_with(cx, contents, 3, &options, &response));
  RAK_CHECK_TEXT(rak_model_text(cx, &response), "c indeed");
  return RAK_OK;
}

RAK_TEST(a_model_answers_and_what_it_was_asked_is_kept) {
  const rak_test_run *run = run_on(host_with_polite(), ask_twice);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 6 * SECOND);
  if (!RAK_CHECK_INT(run->model_call_count, 2)) return;
  const rak_test_model_call *first = &run->model_calls[0], *second = &run->model_calls[1];
  RAK_CHECK_TEXT(first->model, "polite");
  RAK_CHECK(first->options.model.ptr == NULL && first->options.temperature == NULL && !first->cancelled);
  RAK_CHECK_INT(first->content_count, 1);
  RAK_CHECK_TEXT(first->contents[0].role, "user");
  RAK_CHECK_TEXT(first->contents[0].parts[0].text, "so it is");
  const rak_model_options *options = &second->options;
  RAK_CHECK_INT(second->content_count, 3);
  RAK_CHECK_TEXT(second->contents[1].role, "model");
  RAK_CHECK_TEXT(options->system, "Be brief.");
  RAK_CHECK_TEXT(options->tools[0].name, "add");
  RAK_CHECK_TEXT(options->tools[0].description, "Adds.");
  RAK_CHECK_TEXT(options->tools[0].parameters, "{}");
  RAK_CHECK_INT(options->tool_mode, RAK_TOOL_NAMED);
  RAK_CHECK_TEXT(options->tool_name, "add");
  RAK_CHECK_INT(options->max_output_tokens, 9);
  RAK_CHECK(*options->temperature == 0.5f);
  RAK_CHECK_TEXT(options->stop.items[1], "!");
  RAK_CHECK_TEXT(options->response_schema, "true");
  RAK_CHECK_INT(options->relay, RAK_RELAY_TEXT);
  RAK_CHECK_TEXT(options->extra, "{\"seed\":1}");
}

static rak_status call_functions(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_response first, second;
  rak_content contents[3] = {rak_user_says(cx, RAK_STR("add, please"))};
  RAK_TRY(rak_complete_with(cx, contents, 1, NULL, &first));
  RAK_CHECK_INT(first.finish, RAK_FINISH_CALLS);
  RAK_CHECK_TEXT(first.finish_name, "function-calls");
  const rak_calls calls = rak_model_calls(cx, &first);
  if (!RAK_CHECK_INT(calls.count, 1)) return RAK_OK;
  RAK_CHECK_TEXT(calls.items[0].name, "add");
  const rak_part told = {RAK_PART_RESPONSE, .response = {calls.items[0].id, calls.items[0].name, RAK_STR("3"), false}};
  contents[1] = first.content;
  contents[2] = (rak_content){RAK_STR("function"), &told, 1};
  RAK_TRY(rak_complete_with(cx, contents, 3, NULL, &second));
  RAK_CHECK_INT(rak_model_calls(cx, &second).count, 0);
  return rak_answer_str(cx, rak_model_text(cx, &second));
}

RAK_TEST(a_model_wants_functions_called) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_part add = {RAK_PART_CALL, .call = {RAK_STR("1"), RAK_STR("add"), RAK_STR("{}")}};
  rak_fake_model_answers(host, "small", &(rak_model_answer){.text = "Let me see.", .parts = &add, .part_count = 1});
  rak_fake_model_says(host, "small", "three");
  /* Each run begins with the first answer. */
  for (int again = 0; again < 2; again++) {
    const rak_test_run *run = run_on(host, call_functions);
    RAK_CHECK_TEXT(rak_test_answer(run), "three");
    RAK_CHECK_TEXT(run->model_calls[1].contents[2].parts[0].response.id, "1");
  }
}

static rak_status read_mood(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_response response;
  const rak_json *mood;
  rak_str word;
  RAK_TRY(rak_complete(cx, RAK_STR("How is it?"), NULL, &response));
  RAK_CHECK_INT(response.finish, RAK_FINISH_OTHER);
  RAK_CHECK_TEXT(response.finish_name, "bored");
  RAK_TRY(rak_model_json(cx, &response, &mood));
  RAK_CHECK(rak_json_str(rak_json_get(mood, "mood"), &word));
  RAK_CHECK_TEXT(word, "good");
  RAK_TRY(rak_complete(cx, RAK_STR("How is it?"), NULL, &response));
  RAK_CHECK_INT(response.finish, RAK_FINISH_LENGTH);
  RAK_CHECK_INT(rak_model_json(cx, &response, &mood), RAK_FAILED);
  RAK_CHECK(rak_starts_with(rak_failure_of(cx, RAK_FAILED).message, RAK_STR("the answer of the model small: ")));
  return RAK_OK;
}

RAK_TEST(a_structured_answer_is_read) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_model_answers(host, "small", &(rak_model_answer){.text = "{\"mood\":\"good\"}", .finish = "bored"});
  rak_fake_model_answers(host, "small", &(rak_model_answer){.text = "good", .finish = "length"});
  RAK_CHECK_INT(run_on(host, read_mood)->status, RAK_OK);
}

static rak_status stream(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *completion;
  RAK_TRY(rak_open_completion(cx, RAK_STR("so"), NULL, &completion));
  rak_builder all = rak_builder_of(cx);
  rak_deltas deltas;
  do {
    RAK_TRY(rak_completion_next(completion, &deltas));
    for (size_t i = 0; i < deltas.count; i++) {
      rak_appendf(&all, "%s%s|", deltas.items[i].kind == RAK_DELTA_THOUGHT ? "thought " : "", deltas.items[i].text.ptr);
    }
  } while (deltas.count > 0);
  RAK_CHECK_TEXT(rak_built(&all), "thought hm|so |indeed|");
  for (int again = 0; again < 2; again++) {
    rak_model_response response;
    RAK_TRY(rak_completion_finish(completion, &response));
    RAK_CHECK_TEXT(rak_model_text(cx, &response), "so indeed");
  }
  rak_completion_drop(completion);
  rak_completion_drop(NULL);
  return RAK_OK;
}

RAK_TEST(an_answer_is_read_as_it_comes) {
  const rak_test_run *run = run_on(host_with_polite(), stream);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 3 * SECOND);
  RAK_CHECK_INT(run->event_count, 0);
  RAK_CHECK(!run->model_calls[0].cancelled);
}

static rak_status read_own(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *completion;
  rak_deltas deltas;
  RAK_TRY(rak_open_completion(cx, RAK_STR(""), NULL, &completion));
  RAK_TRY(rak_completion_next(completion, &deltas));
  if (!RAK_CHECK_INT(deltas.count, 4)) return RAK_OK;
  RAK_CHECK_TEXT(deltas.items[1].text, "b");
  RAK_CHECK_INT(deltas.items[2].kind, RAK_DELTA_CALL);
  RAK_CHECK_TEXT(deltas.items[2].call.name, "add");
  RAK_CHECK_INT(deltas.items[3].kind, RAK_DELTA_OTHER);
  RAK_CHECK_TEXT(deltas.items[3].other, "[1]");
  RAK_TRY(rak_completion_next(completion, &deltas));
  RAK_CHECK_INT(deltas.count, 0);
  return RAK_OK;
}

RAK_TEST(deltas_are_what_the_test_says) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_delta deltas[] = {
      {RAK_DELTA_TEXT, .text = RAK_STR("a")},
      {RAK_DELTA_TEXT, .text = RAK_STR("b")},
      {RAK_DELTA_CALL, .call = {RAK_STR("1"), RAK_STR("add"), RAK_STR("{}")}},
      {RAK_DELTA_OTHER, .other = RAK_STR("[1]")},
  };
  rak_fake_model_answers(host, "small", &(rak_model_answer){.text = "ab", .deltas = deltas, .delta_count = 4});
  RAK_CHECK_INT(run_on(host, read_own)->status, RAK_OK);
}

static rak_status wait_beside(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *completion;
  rak_deltas deltas;
  size_t ready[2];
  RAK_TRY(rak_open_completion(cx, RAK_STR("so"), NULL, &completion));
  rak_waitable *const all[] = {rak_completion_ready(completion), rak_timer(cx, 1500)};
  RAK_CHECK(!rak_ready(all[0]));
  RAK_CHECK(rak_wait_any(cx, all, 2, RAK_NONE, ready) == 1 && ready[0] == 0);
  RAK_TRY(rak_completion_next(completion, &deltas));
  RAK_CHECK_INT(deltas.count, 1);
  /* It is ready again with the next delta. */
  RAK_CHECK(rak_wait_any(cx, all, 2, RAK_NONE, ready) == 1 && ready[0] == 1);
  rak_wait(all[0]);
  RAK_CHECK(rak_ready(all[0]));
  return RAK_OK;
}

RAK_TEST(an_answer_is_waited_for_beside_other_things) {
  const rak_test_run *run = run_on(host_with_polite(), wait_beside);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, 2 * SECOND);
}

static rak_status give_up(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *one, *two;
  rak_deltas deltas;
  rak_model_response response;
  RAK_TRY(rak_open_completion(cx, RAK_STR("so"), NULL, &one));
  rak_sleep(cx, SECOND);
  rak_completion_cancel(one);
  RAK_CHECK(rak_ready(rak_completion_ready(one)));
  RAK_TRY(rak_completion_next(one, &deltas));
  RAK_CHECK_INT(deltas.count, 1);
  RAK_CHECK_INT(rak_completion_next(one, &deltas), RAK_CANCELLED);
  RAK_CHECK_INT(rak_completion_finish(one, &response), RAK_CANCELLED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_CANCELLED).code, "cancelled");
  RAK_TRY(rak_check_cancelled(cx));
  RAK_TRY(rak_open_completion(cx, RAK_STR("so"), NULL, &two));
  rak_completion_drop(two);
  return rak_open_completion(cx, RAK_STR("left open"), NULL, &two);
}

RAK_TEST(an_answer_is_given_up) {
  const rak_test_run *run = run_on(host_with_polite(), give_up);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->slept_ms, SECOND);
  if (!RAK_CHECK_INT(run->model_call_count, 3)) return;
  for (size_t i = 0; i < 3; i++) {
    RAK_CHECK(run->model_calls[i].cancelled);
  }
}

static rak_relay relay;

static rak_status relayed(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *completion;
  rak_model_response response;
  RAK_TRY(rak_open_completion(cx, RAK_STR("so"), &(rak_model_options){.relay = relay}, &completion));
  rak_sleep(cx, 2 * SECOND);
  RAK_TRY(rak_report(cx, "still at it"));
  return rak_completion_finish(completion, &response);
}

/* What the client saw, one letter each. */
static rak_str shown(const rak_test_run *run, rak_context *cx) {
  rak_builder all = rak_builder_of(cx);
  for (size_t i = 0; i < run->event_count; i++) {
    rak_append_c(&all, run->events[i].kind == RAK_EVENT_TEXT_DELTA ? "t" :
                       run->events[i].kind == RAK_EVENT_THOUGHT_DELTA ? "h" : "p");
  }
  return rak_built(&all);
}

RUN_TEST(an_answer_is_relayed) {
  static const char *const wanted[] = {"p", "tpt", "htpt"};
  for (relay = RAK_RELAY_OFF; relay <= RAK_RELAY_ALL; relay++) {
    RAK_CHECK_TEXT(shown(run_on(host_with_polite(), relayed), cx), wanted[relay]);
  }
  /* What is not written when the run ends is not shown. */
  relay = RAK_RELAY_ALL;
  rak_fake_host *host = host_with_polite();
  rak_fake_cancel_after(host, SECOND);
  RAK_CHECK_TEXT(shown(run_on(host, relayed), cx), "h");
  return RAK_OK;
}

static rak_status is_slow(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                          rak_model_answer *answer, void *data) {
  (void)contents;
  (void)count;
  (void)options;
  (void)answer;
  (void)data;
  return rak_fail(cx, RAK_DEADLINE_EXCEEDED, "silent for too long");
}

static rak_status read_failures(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_response response;
  rak_completion *completion;
  rak_embeddings embeddings;
  const rak_model_options slow = {.model = RAK_STR("slow")}, large = {.model = RAK_STR("large")};
  const rak_model_options wrong = {.response_schema = RAK_STR("{")};
  const rak_str text = RAK_STR("a");
  RAK_CHECK_INT(rak_complete(cx, text, NULL, &response), RAK_RATE_LIMITED);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_RATE_LIMITED).message, "not now");
  RAK_CHECK_INT(rak_complete(cx, text, &slow, &response), RAK_DEADLINE_EXCEEDED);
  RAK_TRY(rak_check_cancelled(cx));
  RAK_CHECK_INT(rak_complete(cx, text, &large, &response), RAK_NOT_FOUND);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_NOT_FOUND).message, "no model is called large; there is small, slow");
  RAK_CHECK_INT(rak_open_completion(cx, text, &large, &completion), RAK_NOT_FOUND);
  RAK_CHECK_INT(rak_embed(cx, RAK_STR("large"), (rak_strs){&text, 1}, &embeddings), RAK_NOT_FOUND);
  RAK_CHECK_INT(rak_complete(cx, text, &wrong, &response), RAK_INVALID_ARGUMENT);
  return RAK_OK;
}

RAK_TEST(a_model_that_does_not_answer_is_a_failure) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_failure busy = {.kind = RAK_RATE_LIMITED, .message = RAK_STR("not now")};
  rak_fake_model_answers(host, "small", &(rak_model_answer){.failure = &busy});
  rak_fake_model(host, &(rak_test_model){.name = "slow", .run = is_slow});
  const rak_test_run *run = run_on(host, read_failures);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->model_call_count, 2);
}

RUN_TEST(without_models_there_is_none_to_ask) {
  rak_model_summaries models;
  rak_model_response response;
  RAK_TRY(rak_models_available(cx, &models));
  RAK_CHECK_INT(models.count, 0);
  RAK_CHECK_INT(rak_complete(cx, RAK_STR("a"), NULL, &response), RAK_NOT_FOUND);
  RAK_CHECK_TEXT(rak_failure_of(cx, RAK_NOT_FOUND).message, "there is no model");
  return RAK_OK;
}

static rak_status read_broken(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_completion *completion;
  rak_deltas deltas;
  rak_model_response response;
  RAK_TRY(rak_open_completion(cx, RAK_STR("Tell me more."), NULL, &completion));
  RAK_TRY(rak_completion_next(completion, &deltas));
  RAK_CHECK_TEXT(deltas.items[0].text, "Once upon");
  rak_status status = rak_completion_next(completion, &deltas);
  RAK_CHECK(status == RAK_UNAVAILABLE && rak_is_interrupted(cx, status));
  status = rak_complete(cx, RAK_STR("Tell me more."), NULL, &response);
  RAK_CHECK(status == RAK_UNAVAILABLE && !rak_is_interrupted(cx, status));
  return RAK_OK;
}

RAK_TEST(an_answer_that_breaks_off_says_so) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_delta begun = {RAK_DELTA_TEXT, .text = RAK_STR("Once upon")};
  const rak_failure ended = {
      .kind = RAK_UNAVAILABLE, .code = RAK_STR("interrupted"), .message = RAK_STR("the host ended")};
  const rak_failure down = {.kind = RAK_UNAVAILABLE, .message = RAK_STR("down")};
  rak_fake_model_answers(host, "small", &(rak_model_answer){.deltas = &begun, .delta_count = 1, .failure = &ended});
  rak_fake_model_answers(host, "small", &(rak_model_answer){.failure = &down});
  RAK_CHECK_INT(run_on(host, read_broken)->status, RAK_OK);
}

static rak_status embed_twice(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_str texts[] = {RAK_STR("abc"), RAK_STR("")};
  rak_embeddings embeddings;
  RAK_TRY(rak_embed(cx, RAK_NO_STR, (rak_strs){texts, 2}, &embeddings));
  RAK_CHECK_TEXT(embeddings.model, "polite");
  if (!RAK_CHECK_INT(embeddings.count, 2)) return RAK_OK;
  RAK_CHECK(embeddings.vectors[0].count == 2 && embeddings.vectors[0].items[0] == 3);
  RAK_CHECK(embeddings.vectors[1].items[0] == 0 && embeddings.vectors[1].items[1] == 0.5f);
  RAK_CHECK_INT(rak_embed(cx, RAK_STR("small"), (rak_strs){texts, 1}, &embeddings), RAK_UNSUPPORTED);
  return RAK_OK;
}

RAK_TEST(texts_become_vectors) {
  rak_fake_host *host = host_with_polite();
  rak_fake_model_says(host, "small", "I have no vectors.");
  const rak_test_run *run = run_on(host, embed_twice);
  RAK_CHECK_INT(run->status, RAK_OK);
  if (!RAK_CHECK_INT(run->embed_call_count, 2)) return;
  RAK_CHECK_TEXT(run->embed_calls[0].model, "polite");
  RAK_CHECK_TEXT(run->embed_calls[0].texts.items[0], "abc");
  RAK_CHECK_TEXT(run->embed_calls[1].model, "small");
}

static rak_status ask(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_response response;
  return rak_complete(cx, RAK_STR("a"), NULL, &response);
}

RAK_TEST(a_cancelled_or_late_run_waits_for_no_model) {
  rak_fake_host *host = host_with_polite();
  rak_fake_deadline(host, 2 * SECOND);
  RAK_CHECK_INT(run_on(host, ask)->status, RAK_DEADLINE_EXCEEDED);
  rak_fake_cancel_after(host, SECOND);
  const rak_test_run *cancelled = run_on(host, ask);
  RAK_CHECK_INT(cancelled->status, RAK_CANCELLED);
  RAK_CHECK_INT(cancelled->slept_ms, SECOND);
  RAK_CHECK(cancelled->model_calls[0].cancelled);
  rak_fake_cancel_after_calls(host, 0);
  const rak_test_run *early = run_on(host, ask);
  RAK_CHECK_INT(early->status, RAK_CANCELLED);
  RAK_CHECK_INT(early->model_call_count, 0);
}

static rak_status count_calls(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_model_summaries models;
  rak_completion *completion;
  rak_deltas deltas;
  rak_model_response response;
  rak_embeddings embeddings;
  RAK_TRY(rak_models_available(cx, &models));
  RAK_TRY(rak_open_completion(cx, RAK_STR("a"), NULL, &completion));
  RAK_TRY(rak_completion_next(completion, &deltas));
  RAK_TRY(rak_completion_finish(completion, &response));
  rak_completion_cancel(completion);
  rak_completion_ready(completion);
  RAK_TRY(rak_embed(cx, RAK_NO_STR, (rak_strs){0}, &embeddings));
  return rak_complete(cx, RAK_STR("a"), NULL, &response);
}

RAK_TEST(every_call_of_a_model_counts) {
  rak_fake_host *host = host_with_polite();
  rak_fake_cancel_after_calls(host, 8);
  RAK_CHECK_INT(run_on(host, count_calls)->status, RAK_OK);
  rak_fake_cancel_after_calls(host, 7);
  RAK_CHECK_INT(run_on(host, count_calls)->status, RAK_CANCELLED);
}
