/* Answers of models under test. What they come to is known from the beginning, and there when its time is over. */

#include <string.h>

#include "fake.h"

/* A delta, and when it is there. */
typedef struct piece {
  rak_delta delta;
  uint64_t at_ms;
} piece;

struct rak_completion {
  fake_task task;
  rak_context *cx;
  rak_model_response response;
  rak_test_model_call call;
  piece *pieces;
  size_t piece_count;
  /* How many of them the agent was told, and how many the client could have been shown. */
  size_t told;
  size_t shown;
  /* When there is something to tell, or the end. */
  uint64_t next_ms;
};

/* A JSON text that may be missing; one that is no JSON is a mistake that the host refuses. */
static rak_status copy_json(rak_context *cx, rak_str json, const char *what, rak_str *copy) {
  rak_str compact = RAK_NO_STR;
  if (json.ptr != NULL) {
    RAK_TRY(rak_while(cx, fake_compact(cx, json, &compact), "the %s", what));
  }
  *copy = fake_copy_text(&cx->fake->keep, compact);
  return RAK_OK;
}

static rak_status copy_tools(rak_context *cx, rak_model_options *options) {
  rak_context *keep = &cx->fake->keep;
  rak_model_tool *tools = rak_alloc_array(keep, options->tool_count, sizeof *tools);
  for (size_t i = 0; i < options->tool_count; i++) {
    const rak_model_tool *tool = &options->tools[i];
    tools[i] = (rak_model_tool){fake_copy_text(keep, tool->name), fake_copy_text(keep, tool->description), RAK_NO_STR};
    RAK_TRY(copy_json(cx, tool->parameters, "parameters of a function", &tools[i].parameters));
  }
  options->tools = tools;
  return RAK_OK;
}

static rak_status copy_options(rak_context *cx, const rak_model_options *given, rak_model_options *options) {
  rak_context *keep = &cx->fake->keep;
  *options = given == NULL ? (rak_model_options){0} : *given;
  options->model = fake_copy_text(keep, options->model);
  options->system = fake_copy_text(keep, options->system);
  options->tool_name = fake_copy_text(keep, options->tool_name);
  options->stop = fake_copy_texts(keep, options->stop);
  if (options->temperature != NULL) {
    float *temperature = rak_alloc(keep, sizeof *temperature);
    *temperature = *options->temperature;
    options->temperature = temperature;
  }
  RAK_TRY(copy_tools(cx, options));
  RAK_TRY(copy_json(cx, options->response_schema, "schema of the answer", &options->response_schema));
  return copy_json(cx, options->extra, "extra of the request", &options->extra);
}

static rak_status copy_call(rak_context *cx, rak_str model, const rak_content *contents, size_t count,
                            const rak_model_options *options, rak_test_model_call *call) {
  rak_context *keep = &cx->fake->keep;
  rak_content *copies = rak_alloc_array(keep, count, sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    copies[i] = fake_copy_content(keep, &contents[i]);
  }
  *call = (rak_test_model_call){.model = model, .contents = copies, .content_count = count};
  return copy_options(cx, options, &call->options);
}

/* What the model answers. */
static rak_model_answer answer_of(rak_context *cx, const fake_model *model, const rak_test_model_call *call) {
  fake_run *run = cx->fake;
  if (model->run == NULL) {
    size_t *taken = &run->answers_taken[model - (const fake_model *)run->host->models.items];
    if (*taken == model->answers.count) {
      rak_panic("the model %s has no answer left, and is asked", model->card.name.ptr);
    }
    return ((const rak_model_answer *)model->answers.items)[(*taken)++];
  }
  rak_model_answer answer = {0};
  rak_failure failure;
  const rak_status status =
      model->run(cx, call->contents, call->content_count, &call->options, &answer, model->data);
  if (status != RAK_OK) {
    failure = rak_failure_of(cx, status);
    answer.failure = &failure;
  }
  return fake_copy_answer(&run->keep, &answer);
}

static rak_content content_of(rak_context *keep, const rak_model_answer *answer) {
  const size_t text_count = answer->text != NULL;
  rak_part *parts = rak_alloc_array(keep, text_count + answer->part_count, sizeof *parts);
  if (answer->text != NULL) {
    parts[0] = rak_text_part(rak_str_of(answer->text));
  }
  for (size_t i = 0; i < answer->part_count; i++) {
    parts[text_count + i] = answer->parts[i];
  }
  return (rak_content){RAK_STR("model"), parts, text_count + answer->part_count};
}

static rak_finish finish_of(rak_context *keep, const rak_model_answer *answer, const rak_model_response *response) {
  if (answer->finish == NULL) {
    return rak_model_calls(keep, response).count > 0 ? RAK_FINISH_CALLS : RAK_FINISH_STOP;
  }
  for (int finish = RAK_FINISH_STOP; finish < RAK_FINISH_OTHER; finish++) {
    if (strcmp(rak_finish_names[finish], answer->finish) == 0) {
      return (rak_finish)finish;
    }
  }
  return RAK_FINISH_OTHER;
}

static rak_model_response response_of(rak_context *keep, rak_str model, const rak_model_answer *answer) {
  rak_model_response response = {
      .model = model,
      .content = content_of(keep, answer),
      .usage = answer->usage,
      .extra = rak_str_of(answer->extra),
  };
  response.finish = finish_of(keep, answer, &response);
  const char *name = rak_finish_names[response.finish];
  response.finish_name = rak_str_of(name == NULL ? answer->finish : name);
  return response;
}

static void add_delta(fake_list *deltas, rak_context *keep, rak_delta delta) {
  rak_delta *added = fake_list_add(deltas, keep, sizeof *added);
  *added = delta;
}

/* The words of the texts, and the thoughts and the calls as a whole. */
static fake_list deltas_of(rak_context *keep, const rak_content *content) {
  fake_list deltas = {0};
  for (size_t i = 0; i < content->part_count; i++) {
    const rak_part *part = &content->parts[i];
    if (part->kind == RAK_PART_TEXT) {
      for (rak_str word, rest = part->text; rak_next_word(&rest, &word);) {
        add_delta(&deltas, keep, (rak_delta){.kind = RAK_DELTA_TEXT, .text = rak_copy(keep, word)});
      }
    } else if (part->kind == RAK_PART_THOUGHT) {
      add_delta(&deltas, keep, (rak_delta){.kind = RAK_DELTA_THOUGHT, .text = part->text});
    } else if (part->kind == RAK_PART_CALL) {
      add_delta(&deltas, keep, (rak_delta){.kind = RAK_DELTA_CALL, .call = part->call});
    }
  }
  return deltas;
}

/* The deltas over the time that the answer takes; the last one is there at its end. */
static void spread(rak_completion *completion, const rak_model_answer *answer) {
  fake_run *run = completion->cx->fake;
  fake_list deltas = {(void *)answer->deltas, answer->delta_count, answer->delta_count};
  if (answer->delta_count == 0) {
    deltas = deltas_of(&run->keep, &completion->response.content);
  }
  completion->pieces = rak_alloc_array(&run->keep, deltas.count, sizeof *completion->pieces);
  completion->piece_count = deltas.count;
  for (size_t i = 0; i < deltas.count; i++) {
    const uint64_t after_ms = answer->takes_ms * (i + 1) / deltas.count;
    completion->pieces[i] = (piece){((const rak_delta *)deltas.items)[i], fake_clock_in(&run->clock, after_ms)};
  }
}

static void look_ahead(rak_completion *completion) {
  completion->next_ms = completion->task.over_ms;
  if (completion->told < completion->piece_count && completion->pieces[completion->told].at_ms < completion->next_ms) {
    completion->next_ms = completion->pieces[completion->told].at_ms;
  }
}

/* Asks a model, in the middle of a call. */
static rak_status ask(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                      rak_completion **completion) {
  fake_run *run = cx->fake;
  const fake_model *model;
  rak_test_model_call call;
  RAK_TRY(fake_find_model(cx, options == NULL ? RAK_NO_STR : options->model, &model));
  RAK_TRY(copy_call(cx, model->card.name, contents, count, options, &call));
  rak_completion *opened = rak_alloc(&run->keep, sizeof *opened);
  rak_completion **kept = fake_list_add(&run->completions, &run->keep, sizeof *kept);
  *kept = opened;
  const rak_model_answer answer = answer_of(cx, model, &call);
  opened->cx = cx;
  opened->call = call;
  opened->response = response_of(&run->keep, model->card.name, &answer);
  opened->task = (fake_task){
      .over_ms = fake_clock_in(&run->clock, answer.takes_ms),
      .stopped = {
          .kind = RAK_CANCELLED,
          .code = RAK_STR("cancelled"),
          .message = rak_printf(&run->keep, "the answer of %s was given up", model->card.name.ptr),
      },
  };
  if (answer.failure != NULL) {
    fake_task_fail(&opened->task, answer.failure);
  }
  spread(opened, &answer);
  look_ahead(opened);
  *completion = opened;
  return RAK_OK;
}

/* Waits for its end, in the middle of a call. */
static rak_status finish(rak_completion *completion, rak_model_response *response) {
  rak_context *cx = completion->cx;
  RAK_TRY(fake_task_wait(&completion->task, cx));
  const rak_model_response *given = &completion->response;
  *response = (rak_model_response){
      .model = rak_copy(cx, given->model),
      .content = fake_copy_content(cx, &given->content),
      .finish = given->finish,
      .finish_name = rak_copy(cx, given->finish_name),
      .usage = fake_copy_usage(cx, &given->usage),
      .extra = rak_copy(cx, given->extra),
  };
  return RAK_OK;
}

rak_status rak_complete_with(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                             rak_model_response *response) {
  rak_completion *completion;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(ask(cx, contents, count, options, &completion));
  return finish(completion, response);
}

rak_status rak_open_completion_with(rak_context *cx, const rak_content *contents, size_t count,
                                    const rak_model_options *options, rak_completion **completion) {
  RAK_TRY(fake_gate(cx));
  return ask(cx, contents, count, options, completion);
}

/* How many deltas are there. What was given up has no more. */
static size_t written(const rak_completion *completion, const fake_clock *clock) {
  const uint64_t over_ms = completion->task.over_ms;
  const uint64_t last_ms = clock->now_ms < over_ms ? clock->now_ms : over_ms;
  size_t count = 0;
  while (count < completion->piece_count && completion->pieces[count].at_ms <= last_ms) {
    count++;
  }
  return count;
}

rak_status rak_completion_next(rak_completion *completion, rak_deltas *deltas) {
  rak_context *cx = completion->cx;
  fake_clock *clock = &cx->fake->clock;
  RAK_TRY(fake_gate(cx));
  fake_clock_wait(clock, completion->next_ms);
  RAK_TRY(fake_refusal(cx));
  const size_t count = written(completion, clock) - completion->told;
  if (count == 0 && completion->task.status != RAK_OK) {
    return rak_fail_with(cx, &completion->task.failure);
  }
  rak_delta *items = rak_alloc_array(cx, count, sizeof *items);
  for (size_t i = 0; i < count; i++) {
    items[i] = fake_copy_delta(cx, &completion->pieces[completion->told + i].delta);
  }
  completion->told += count;
  look_ahead(completion);
  *deltas = (rak_deltas){items, count};
  return RAK_OK;
}

rak_status rak_completion_finish(rak_completion *completion, rak_model_response *response) {
  RAK_TRY(fake_gate(completion->cx));
  return finish(completion, response);
}

void rak_completion_cancel(rak_completion *completion) {
  fake_task_cancel(&completion->task, fake_call(completion->cx));
  look_ahead(completion);
}

rak_waitable *rak_completion_ready(rak_completion *completion) {
  fake_call(completion->cx);
  return fake_waitable(completion->cx, 0, &completion->next_ms);
}

void rak_completion_drop(rak_completion *completion) {
  if (completion != NULL) {
    rak_completion_cancel(completion);
  }
}

/* What the client sees of a delta, where it sees any of it. */
static bool is_shown(const rak_completion *completion, const rak_delta *delta, rak_event *event) {
  const rak_relay relay = completion->call.options.relay;
  if (delta->kind == RAK_DELTA_TEXT && relay != RAK_RELAY_OFF) {
    *event = (rak_event){.kind = RAK_EVENT_TEXT_DELTA, .text = delta->text};
    return true;
  }
  if (delta->kind == RAK_DELTA_THOUGHT && relay == RAK_RELAY_ALL) {
    *event = (rak_event){.kind = RAK_EVENT_THOUGHT_DELTA, .text = delta->text};
    return true;
  }
  return false;
}

void fake_show_models(fake_run *run) {
  rak_completion *const *all = run->completions.items;
  for (size_t i = 0; i < run->completions.count; i++) {
    for (const size_t end = written(all[i], &run->clock); all[i]->shown < end; all[i]->shown++) {
      rak_event event;
      if (is_shown(all[i], &all[i]->pieces[all[i]->shown].delta, &event)) {
        rak_event *added = fake_list_add(&run->events, &run->keep, sizeof *added);
        *added = event;
      }
    }
  }
}

void fake_finish_models(fake_run *run) {
  rak_completion *const *all = run->completions.items;
  rak_test_model_call *calls = rak_alloc_array(&run->keep, run->completions.count, sizeof *calls);
  for (size_t i = 0; i < run->completions.count; i++) {
    fake_task_give_up(&all[i]->task, &run->clock);
    calls[i] = all[i]->call;
    calls[i].cancelled = all[i]->task.cancelled;
  }
  run->result.model_calls = calls;
  run->result.model_call_count = run->completions.count;
  run->result.embed_calls = run->embeds.items;
  run->result.embed_call_count = run->embeds.count;
}
