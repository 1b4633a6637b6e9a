/* Waiting and stopping. */

#include "behaviours.h"

enum { HOUR_MS = 60 * 60 * 1000 };

rak_status do_sleep(rak_context *cx, const call *call) {
  uint64_t ms;
  RAK_TRY(number_of(cx, call, &ms));
  rak_sleep(cx, ms);
  return rak_answer(cx, "slept");
}

rak_status do_any(rak_context *cx, const call *call) {
  (void)call;
  rak_waitable *const timers[] = {rak_timer(cx, HOUR_MS), rak_timer(cx, 5), rak_timer(cx, HOUR_MS)};
  size_t ready[3];
  const size_t count = rak_wait_any(cx, timers, 3, RAK_NONE, ready);
  rak_builder indexes = rak_builder_of(cx);
  for (size_t i = 0; i < count; i++) {
    rak_appendf(&indexes, "%s%zu", i == 0 ? "" : ",", ready[i]);
  }
  return rak_answer_str(cx, rak_built(&indexes));
}

rak_status do_timeout(rak_context *cx, const call *call) {
  (void)call;
  rak_waitable *timer = rak_timer(cx, HOUR_MS);
  size_t ready;
  const size_t count = rak_wait_any(cx, &timer, 1, RAK_SOME(5), &ready);
  return rak_answer(cx, count == 0 ? "none" : "ready");
}

rak_status do_block(rak_context *cx, const call *call) {
  (void)call;
  rak_waitable *timer = rak_timer(cx, 5);
  rak_wait(timer);
  return rak_answer(cx, rak_ready(timer) ? "ready" : "not ready");
}

rak_status do_loop(rak_context *cx, const call *call) {
  (void)call;
  RAK_TRY(rak_report(cx, "looping"));
  for (volatile unsigned turns = 0;; turns = turns + 1) {
  }
}

rak_status do_wait(rak_context *cx, const call *call) {
  (void)call;
  RAK_TRY(rak_report(cx, "waiting"));
  rak_sleep(cx, HOUR_MS);
  RAK_TRY(rak_check_cancelled(cx));
  return rak_answer(cx, "slept");
}

rak_status do_poll(rak_context *cx, const call *call) {
  (void)call;
  RAK_TRY(rak_report(cx, "polling"));
  for (;;) {
    rak_sleep(cx, 1);
    RAK_TRY(rak_check_cancelled(cx));
  }
}
