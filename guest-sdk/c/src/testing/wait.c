/* Waiting under test, where only the fake clock moves. */

#include <stdlib.h>

#include "fake.h"

/* A point on the fake clock, which may move. All that were not dropped hang together in the context. */
struct rak_waitable {
  rak_context *cx;
  uint64_t at_ms;
  const uint64_t *moving_ms;
  rak_waitable *next;
};

void rak_sleep(rak_context *cx, uint64_t ms) {
  fake_clock *clock = fake_call(cx);
  fake_clock_wait(clock, fake_clock_in(clock, ms));
}

rak_waitable *fake_waitable(rak_context *cx, uint64_t at_ms, const uint64_t *moving_ms) {
  rak_waitable *waitable = malloc(sizeof *waitable);
  if (waitable == NULL) {
    rak_out_of_memory();
  }
  *waitable = (rak_waitable){cx, at_ms, moving_ms, cx->waitables};
  cx->waitables = waitable;
  return waitable;
}

rak_waitable *rak_timer(rak_context *cx, uint64_t ms) {
  return fake_waitable(cx, fake_clock_in(fake_call(cx), ms), NULL);
}

/* The end of a task moves when it is cancelled, and what a model writes next with everything that is read. */
static uint64_t due_at(const rak_waitable *waitable) {
  return waitable->moving_ms == NULL ? waitable->at_ms : *waitable->moving_ms;
}

static bool is_due(const rak_waitable *waitable) {
  return waitable->cx->fake->clock.now_ms >= due_at(waitable);
}

bool rak_ready(rak_waitable *waitable) {
  fake_call(waitable->cx);
  return is_due(waitable);
}

void rak_wait(rak_waitable *waitable) {
  fake_clock_wait(fake_call(waitable->cx), due_at(waitable));
}

size_t rak_wait_any(rak_context *cx, rak_waitable *const *waitables, size_t count, rak_optional timeout_ms,
                    size_t *ready) {
  fake_clock *clock = fake_call(cx);
  rak_optional first = timeout_ms.is_some ? RAK_SOME(fake_clock_in(clock, timeout_ms.value)) : RAK_NONE;
  for (size_t i = 0; i < count; i++) {
    if (!first.is_some || due_at(waitables[i]) < first.value) {
      first = RAK_SOME(due_at(waitables[i]));
    }
  }
  if (first.is_some) {
    fake_clock_wait(clock, first.value);
  }
  size_t found = 0;
  for (size_t i = 0; i < count && !fake_clock_is_cancelled(clock); i++) {
    if (is_due(waitables[i])) {
      ready[found++] = i;
    }
  }
  return found;
}

void rak_drop(rak_waitable *waitable) {
  if (waitable == NULL) {
    return;
  }
  rak_waitable **link = &waitable->cx->waitables;
  while (*link != waitable) {
    link = &(*link)->next;
  }
  *link = waitable->next;
  free(waitable);
}
