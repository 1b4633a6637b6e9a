/* Other agents under test: each runs on a fake host of its own, whose clock says how long it takes. */

#include "fake.h"
#include "owner.h"

struct rak_child {
  fake_task task;
  rak_context *cx;
  rak_reply reply;
  rak_test_agent_call call;
};

void fake_add_agent(rak_fake_host *host, const rak_agent *agent, void *owner) {
  rak_context *keep = &host->keep;
  const rak_str name = rak_copy(keep, rak_str_of(agent->name));
  fake_agent *added = fake_list_insert(&host->agents, keep, sizeof *added, name);
  *added = (fake_agent){
      .card = {
          .name = name,
          .description = rak_copy(keep, rak_str_of(agent->description == NULL ? "" : agent->description)),
          .version = rak_copy(keep, rak_str_of(agent->version == NULL ? "" : agent->version)),
          .input_schema = rak_copy(keep, rak_str_of(agent->input_schema)),
          .extra = rak_copy(keep, rak_str_of(agent->extra)),
      },
      .run = agent->run,
      .owner = owner,
  };
}

void rak_fake_agent(rak_fake_host *host, const rak_agent *agent) {
  fake_add_agent(host, agent, NULL);
}

void *fake_owner(rak_context *cx) {
  return cx->fake->host->owner;
}

rak_status rak_agents_available(rak_context *cx, rak_agent_summaries *agents) {
  RAK_TRY(fake_gate(cx));
  const fake_list *all = &cx->fake->host->agents;
  rak_agent_summary *items = rak_alloc_array(cx, all->count, sizeof *items);
  for (size_t i = 0; i < all->count; i++) {
    items[i] = ((const fake_agent *)all->items)[i].card;
  }
  *agents = (rak_agent_summaries){items, all->count};
  return RAK_OK;
}

/* That the child was stopped for itself. */
static rak_failure stopped(rak_context *keep, const rak_test_agent_call *call, rak_status kind, rak_str code,
                           const char *what) {
  return (rak_failure){
      .kind = kind,
      .code = code,
      .message = rak_printf(keep, "the agent %s %s", call->agent.ptr, what),
      .details = rak_printf(keep, "{\"invocationId\":\"%s\"}", call->invocation_id.ptr),
  };
}

/* What the child answers: the content of its outcome, or the last that it emitted. */
static rak_reply reply_of(rak_str id, const rak_test_run *run) {
  rak_reply reply = {
      .invocation_id = id,
      .has_content = run->outcome.has_content,
      .content = run->outcome.content,
      .escalate = run->outcome.escalate,
      .transfer_to = run->outcome.transfer_to,
      .extra = run->outcome.extra,
  };
  for (size_t i = run->event_count; i > 0 && !reply.has_content; i--) {
    if (run->events[i - 1].kind == RAK_EVENT_CONTENT) {
      reply.has_content = true;
      reply.content = run->events[i - 1].content;
    }
  }
  return reply;
}

/* Runs the agent, and notes what it comes to. */
static void run_child(rak_child *child, const fake_agent *agent) {
  fake_run *parent = child->cx->fake;
  const rak_test_agent_call *call = &child->call;
  const rak_optional timeout_ms = call->options.timeout_ms;
  const rak_failure late =
      stopped(&parent->keep, call, RAK_DEADLINE_EXCEEDED, RAK_STR("timed_out"), "took longer than it may");
  if (timeout_ms.is_some && timeout_ms.value == 0) {
    fake_task_fail(&child->task, &late);
    return;
  }
  rak_fake_host *host = rak_fake_host_new();
  host->owner = agent->owner;
  host->limits.deadline_ms = timeout_ms;
  rak_info info = host->info;
  info.invocation_id = call->invocation_id;
  info.session_id = call->options.session.ptr == NULL ? info.session_id : call->options.session;
  info.user_id = parent->host->info.user_id;
  info.agent = call->agent;
  info.parent_id = parent->host->info.invocation_id;
  rak_fake_info(host, &info);
  const rak_test_run *run = rak_fake_run_with(host, agent->run, &call->input);
  child->task.over_ms = fake_clock_in(&parent->clock, run->slept_ms);
  if (timeout_ms.is_some && run->slept_ms >= timeout_ms.value) {
    fake_task_fail(&child->task, &late);
  } else if (run->status != RAK_OK) {
    fake_task_fail(&child->task, &run->failure);
  } else {
    child->reply = reply_of(call->invocation_id, run);
  }
}

/* An extra that is no JSON is a mistake that the host refuses. */
static rak_status copy_options(rak_context *cx, const rak_agent_options *given, rak_agent_options *options) {
  rak_context *keep = &cx->fake->keep;
  rak_str extra = RAK_NO_STR;
  *options = given == NULL ? (rak_agent_options){0} : *given;
  if (options->extra.ptr != NULL) {
    RAK_TRY(rak_while(cx, fake_compact(cx, options->extra, &extra), "the extra of the call"));
  }
  options->session = fake_copy_text(keep, options->session);
  options->extra = fake_copy_text(keep, extra);
  return RAK_OK;
}

rak_status rak_start_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                                const rak_agent_options *options, rak_child **child) {
  fake_run *run = cx->fake;
  const fake_agent *found;
  rak_agent_options more;
  RAK_TRY(fake_gate(cx));
  RAK_TRY(fake_find(cx, &run->host->agents, sizeof *found, "agent", agent, (const void **)&found));
  RAK_TRY(copy_options(cx, options, &more));
  rak_child *started = rak_alloc(&run->keep, sizeof *started);
  rak_child **kept = fake_list_add(&run->children, &run->keep, sizeof *kept);
  *kept = started;
  started->cx = cx;
  started->task = (fake_task){.over_ms = run->clock.now_ms, .detached = more.detached};
  started->call = (rak_test_agent_call){
      .agent = fake_copy_text(&run->keep, agent),
      .input = fake_copy_content(&run->keep, input),
      .options = more,
      .invocation_id = rak_printf(&run->keep, "test-child-%zu", run->children.count),
  };
  started->task.stopped =
      stopped(&run->keep, &started->call, RAK_CANCELLED, RAK_STR("cancelled"), "was cancelled");
  run_child(started, found);
  *child = started;
  return RAK_OK;
}

/* Waits for its end, in the middle of a call. */
static rak_status finish(rak_child *child, rak_reply *reply) {
  rak_context *cx = child->cx;
  RAK_TRY(fake_task_wait(&child->task, cx));
  *reply = child->reply;
  reply->invocation_id = rak_copy(cx, reply->invocation_id);
  reply->content = reply->has_content ? fake_copy_content(cx, &reply->content) : (rak_content){0};
  reply->transfer_to = rak_copy(cx, reply->transfer_to);
  reply->extra = rak_copy(cx, reply->extra);
  return RAK_OK;
}

rak_status rak_call_agent_with(rak_context *cx, rak_str agent, const rak_content *input,
                               const rak_agent_options *options, rak_reply *reply) {
  rak_child *child;
  RAK_TRY(rak_start_agent_with(cx, agent, input, options, &child));
  return finish(child, reply);
}

rak_str rak_child_id(rak_child *child) {
  fake_call(child->cx);
  return rak_copy(child->cx, child->call.invocation_id);
}

rak_status rak_child_finish(rak_child *child, rak_reply *reply) {
  RAK_TRY(fake_gate(child->cx));
  return finish(child, reply);
}

void rak_child_cancel(rak_child *child) {
  fake_task_cancel(&child->task, fake_call(child->cx));
}

rak_waitable *rak_child_done(rak_child *child) {
  fake_call(child->cx);
  return fake_waitable(child->cx, 0, &child->task.over_ms);
}

void rak_child_drop(rak_child *child) {
  if (child != NULL) {
    fake_task_give_up(&child->task, fake_call(child->cx));
  }
}

void fake_finish_agents(fake_run *run) {
  rak_child *const *children = run->children.items;
  rak_test_agent_call *calls = rak_alloc_array(&run->keep, run->children.count, sizeof *calls);
  for (size_t i = 0; i < run->children.count; i++) {
    fake_task_give_up(&children[i]->task, &run->clock);
    calls[i] = children[i]->call;
    calls[i].cancelled = children[i]->task.cancelled;
  }
  run->result.agent_calls = calls;
  run->result.agent_call_count = run->children.count;
}
