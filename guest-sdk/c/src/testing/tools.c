/* Tools under test. */

#include "fake.h"
#include "owner.h"

/* How long a person has to approve the call of a tool: a day. */
#define APPROVAL_MS ((uint64_t)24 * 60 * 60 * 1000)

struct rak_running {
  fake_task task;
  rak_context *cx;
  rak_response response;
  rak_test_tool_call call;
};

void rak_fake_tool(rak_fake_host *host, const rak_test_tool *tool) {
  rak_context *keep = &host->keep;
  const rak_str name = rak_copy(keep, rak_str_of(tool->name));
  fake_tool *added = fake_list_insert(&host->tools, keep, sizeof *added, name);
  *added = (fake_tool){
      .card = {
          .name = name,
          .description = rak_copy(keep, rak_str_of(tool->description == NULL ? "" : tool->description)),
          .parameters = rak_copy(keep, rak_str_of(tool->parameters == NULL ? "{\"type\":\"object\"}" : tool->parameters)),
          .hints = tool->hints,
          .extra = rak_copy(keep, rak_str_of(tool->extra)),
      },
      .run = tool->run,
      .data = tool->data,
      .takes_ms = tool->takes_ms,
  };
}

rak_status rak_tools_available(rak_context *cx, rak_tools *tools) {
  RAK_TRY(fake_gate(cx));
  const fake_list *all = &cx->fake->host->tools;
  rak_tool *items = rak_alloc_array(cx, all->count, sizeof *items);
  for (size_t i = 0; i < all->count; i++) {
    items[i] = ((const fake_tool *)all->items)[i].card;
  }
  *tools = (rak_tools){items, all->count};
  return RAK_OK;
}

/* Asks a person. Whether the tool is called then, with what may be other arguments; else how that ends is noted. */
static bool is_approved(rak_running *running, rak_str *args) {
  fake_task *task = &running->task;
  const rak_str tool = running->call.call.name;
  fake_run *run = running->cx->fake;
  const rak_test_question question = {
      .kind = RAK_QUESTION_APPROVE,
      .prompt = rak_printf(running->cx, "Call %s?", tool.ptr),
      .details = *args,
      .expires_in_ms = RAK_SOME(APPROVAL_MS),
  };
  fake_reply reply;
  fake_reply_to(running->cx, FAKE_DECISION, &question, &reply);
  if (reply.kind == FAKE_SILENCE) {
    task->over_ms = fake_clock_in(&run->clock, APPROVAL_MS);
    fake_task_fail(task, &fake_expired);
    return false;
  }
  if (!reply.decision.approved) {
    const rak_str reason = reply.decision.reason;
    fake_task_fail(task, &(rak_failure){
                             .kind = RAK_DENIED,
                             .code = RAK_STR("rejected"),
                             .message = rak_printf(&run->keep, "a person did not approve the call of %s%s%s", tool.ptr,
                                                   reason.ptr == NULL ? "" : ": ", reason.ptr == NULL ? "" : reason.ptr),
                         });
    return false;
  }
  if (reply.decision.edited.ptr != NULL) {
    *args = reply.decision.edited;
  }
  return true;
}

/* Calls the tool, and notes what it answers and when. */
static void respond(rak_running *running, const fake_tool *tool, rak_str args) {
  rak_context *cx = running->cx, *keep = &cx->fake->keep;
  fake_task *task = &running->task;
  const rak_optional timeout_ms = running->call.options.timeout_ms;
  if (timeout_ms.is_some && timeout_ms.value < tool->takes_ms) {
    task->over_ms = fake_clock_in(&cx->fake->clock, timeout_ms.value);
    fake_task_fail(task, &(rak_failure){
                             .kind = RAK_DEADLINE_EXCEEDED,
                             .message = rak_printf(keep, "the tool %s took longer than it may", tool->card.name.ptr),
                         });
    return;
  }
  task->over_ms = fake_clock_in(&cx->fake->clock, tool->takes_ms);
  rak_response response = {.response = RAK_STR("null")};
  const rak_status status = tool->run(cx, args, &response, tool->data);
  if (status != RAK_OK) {
    const rak_failure failure = rak_failure_of(cx, status);
    const rak_failure copy = fake_copy_failure(keep, &failure);
    fake_task_fail(task, &copy);
    return;
  }
  rak_str compact;
  if (fake_compact(keep, response.response, &compact) != RAK_OK) {
    rak_panic("the response of %s is no JSON: %s", tool->card.name.ptr, response.response.ptr);
  }
  running->response = (rak_response){running->call.call.id, tool->card.name, compact, response.failed};
}

/* An extra that is no JSON is a mistake that the host refuses, as are such arguments. */
static rak_status copy_call(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                            rak_test_tool_call *copy) {
  rak_context *keep = &cx->fake->keep;
  rak_str args, extra = RAK_NO_STR;
  RAK_TRY(rak_while(cx, fake_compact(cx, call->args, &args), "the arguments of %.*s", RAK_ARG(call->name)));
  copy->options = options == NULL ? (rak_tool_options){0} : *options;
  if (copy->options.extra.ptr != NULL) {
    RAK_TRY(rak_while(cx, fake_compact(cx, copy->options.extra, &extra), "the extra of the call"));
  }
  copy->options.idempotency_key = fake_copy_text(keep, copy->options.idempotency_key);
  copy->options.extra = fake_copy_text(keep, extra);
  copy->call = (rak_call){fake_copy_text(keep, call->id), fake_copy_text(keep, call->name), fake_copy_text(keep, args)};
  return RAK_OK;
}

/* Starts it in the middle of a call. */
static rak_status start(rak_context *cx, const rak_call *call, const rak_tool_options *options, rak_running **running) {
  fake_run *run = cx->fake;
  const rak_call whole = rak_whole_call(cx, call);
  rak_test_tool_call copy = {0};
  RAK_TRY(fake_refusal(cx));
  const fake_tool *tool;
  RAK_TRY(fake_find(cx, &run->host->tools, sizeof *tool, "tool", whole.name, (const void **)&tool));
  RAK_TRY(copy_call(cx, &whole, options, &copy));
  rak_running *started = rak_alloc(&run->keep, sizeof *started);
  rak_running **kept = fake_list_add(&run->running, &run->keep, sizeof *kept);
  *kept = started;
  started->cx = cx;
  started->call = copy;
  started->task = (fake_task){
      .over_ms = run->clock.now_ms,
      .stopped = {
          .kind = RAK_CANCELLED,
          .code = RAK_STR("cancelled"),
          .message = rak_printf(&run->keep, "the call of %s was given up", copy.call.name.ptr),
      },
  };
  rak_str args = copy.call.args;
  if (!tool->card.hints.needs_approval || is_approved(started, &args)) {
    respond(started, tool, args);
  }
  *running = started;
  return RAK_OK;
}

static rak_response copy_response(rak_context *cx, const rak_response *response) {
  return (rak_response){rak_copy(cx, response->id), rak_copy(cx, response->name), rak_copy(cx, response->response),
                        response->failed};
}

/* Waits for its end, in the middle of a call. */
static rak_status finish(rak_running *running, rak_response *response) {
  RAK_TRY(fake_task_wait(&running->task, running->cx));
  *response = copy_response(running->cx, &running->response);
  return RAK_OK;
}

rak_status rak_call_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                              rak_response *response) {
  rak_running *running;
  fake_call(cx);
  RAK_TRY(start(cx, call, options, &running));
  return finish(running, response);
}

rak_status rak_start_tool_with(rak_context *cx, const rak_call *call, const rak_tool_options *options,
                               rak_running **running) {
  fake_call(cx);
  return start(cx, call, options, running);
}

static rak_tool_result failed(rak_context *cx, rak_status status) {
  return (rak_tool_result){.status = status, .failure = rak_failure_of(cx, status)};
}

void rak_call_tools(rak_context *cx, const rak_call *calls, size_t count, const rak_tool_options *options,
                    rak_tool_result *results) {
  fake_clock *clock = fake_call(cx);
  rak_running **started = rak_alloc_array(cx, count, sizeof *started);
  uint64_t last_ms = clock->now_ms;
  for (size_t i = 0; i < count; i++) {
    results[i] = (rak_tool_result){.status = start(cx, &calls[i], options, &started[i])};
    if (results[i].status != RAK_OK) {
      started[i] = NULL;
      results[i] = failed(cx, results[i].status);
    } else if (started[i]->task.over_ms > last_ms) {
      last_ms = started[i]->task.over_ms;
    }
  }
  fake_clock_wait(clock, last_ms);
  for (size_t i = 0; i < count; i++) {
    const rak_running *running = started[i];
    if (running == NULL) {
      continue;
    }
    if (running->task.over_ms > clock->now_ms) {
      results[i] = failed(cx, fake_refusal(cx));
    } else if (running->task.status != RAK_OK) {
      results[i] = (rak_tool_result){.status = running->task.status, .failure = running->task.failure};
    } else {
      results[i].response = copy_response(cx, &running->response);
    }
  }
}

rak_status rak_running_finish(rak_running *running, rak_response *response) {
  RAK_TRY(fake_gate(running->cx));
  return finish(running, response);
}

void rak_running_cancel(rak_running *running) {
  fake_task_cancel(&running->task, fake_call(running->cx));
}

rak_waitable *rak_running_done(rak_running *running) {
  fake_call(running->cx);
  return fake_waitable(running->cx, 0, &running->task.over_ms);
}

void rak_running_drop(rak_running *running) {
  if (running != NULL) {
    fake_task_give_up(&running->task, fake_call(running->cx));
  }
}

void fake_finish_tools(fake_run *run) {
  rak_running *const *all = run->running.items;
  rak_test_tool_call *calls = rak_alloc_array(&run->keep, run->running.count, sizeof *calls);
  for (size_t i = 0; i < run->running.count; i++) {
    fake_task_give_up(&all[i]->task, &run->clock);
    calls[i] = all[i]->call;
    calls[i].cancelled = all[i]->task.cancelled;
  }
  run->result.tool_calls = calls;
  run->result.tool_call_count = run->running.count;
}
