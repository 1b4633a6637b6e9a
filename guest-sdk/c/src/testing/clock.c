/* The fake clock, and with it when a run is cancelled or too late. */

#include "fake.h"

bool fake_clock_is_cancelled(const fake_clock *clock) {
  const fake_limits *limits = &clock->limits;
  /* It is the call after the last allowed one that is the first to see the cancellation. */
  const bool by_calls = limits->cancel_after_calls.is_some && clock->calls > limits->cancel_after_calls.value;
  return by_calls || (limits->cancel_at_ms.is_some && clock->now_ms >= limits->cancel_at_ms.value);
}

rak_optional fake_clock_remaining(const fake_clock *clock) {
  const rak_optional deadline = clock->limits.deadline_ms;
  if (!deadline.is_some) {
    return RAK_NONE;
  }
  return RAK_SOME(deadline.value > clock->now_ms ? deadline.value - clock->now_ms : 0);
}

uint64_t fake_clock_in(const fake_clock *clock, uint64_t ms) {
  return ms > UINT64_MAX - clock->now_ms ? UINT64_MAX : clock->now_ms + ms;
}

static uint64_t earlier(uint64_t at_ms, rak_optional end) {
  return end.is_some && end.value < at_ms ? end.value : at_ms;
}

void fake_clock_wait(fake_clock *clock, uint64_t at_ms) {
  const rak_optional remaining = fake_clock_remaining(clock);
  if (fake_clock_is_cancelled(clock) || (remaining.is_some && remaining.value == 0)) {
    return;
  }
  at_ms = earlier(earlier(at_ms, clock->limits.cancel_at_ms), clock->limits.deadline_ms);
  if (at_ms > clock->now_ms) {
    clock->now_ms = at_ms;
  }
}
