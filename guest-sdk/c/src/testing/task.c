/* What runs beside the agent under test. What it comes to is known from the beginning, and there when its time is over. */

#include "fake.h"

rak_status fake_task_wait(fake_task *task, rak_context *cx) {
  fake_clock_wait(&cx->fake->clock, task->over_ms);
  RAK_TRY(fake_refusal(cx));
  return task->status == RAK_OK ? RAK_OK : rak_fail_with(cx, &task->failure);
}

void fake_task_fail(fake_task *task, const rak_failure *failure) {
  task->status = failure->kind;
  task->failure = *failure;
}

void fake_task_cancel(fake_task *task, const fake_clock *clock) {
  if (clock->now_ms < task->over_ms) {
    task->over_ms = clock->now_ms;
    task->cancelled = true;
    fake_task_fail(task, &task->stopped);
  }
}

void fake_task_give_up(fake_task *task, const fake_clock *clock) {
  if (!task->detached) {
    fake_task_cancel(task, clock);
  }
}
