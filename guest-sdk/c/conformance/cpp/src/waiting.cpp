// Waiting and stopping.

#include "behaviours.hpp"

using namespace std::chrono_literals;

Answer sleep_for(rak::Context& cx, const Call& call) {
  cx.sleep(std::chrono::milliseconds(RAK_TRY(call.number())));
  return "slept";
}

Answer any(rak::Context& cx, const Call&) {
  const rak::Waitable first = cx.timer(1h), second = cx.timer(5ms), third = cx.timer(1h);
  std::string indexes;
  for (const std::size_t index : cx.wait_any({&first, &second, &third})) {
    indexes += (indexes.empty() ? "" : ",") + std::to_string(index);
  }
  return indexes;
}

Answer timeout(rak::Context& cx, const Call&) {
  const rak::Waitable timer = cx.timer(1h);
  return cx.wait_any({&timer}, 5ms).empty() ? "none" : "ready";
}

Answer block(rak::Context& cx, const Call&) {
  const rak::Waitable timer = cx.timer(5ms);
  timer.wait();
  return timer.ready() ? "ready" : "not ready";
}

Answer loop(rak::Context& cx, const Call&) {
  RAK_TRY(cx.events().progress({.message = "looping"}));
  for (volatile unsigned turns = 0;; turns = turns + 1) {
  }
}

Answer wait_long(rak::Context& cx, const Call&) {
  RAK_TRY(cx.events().progress({.message = "waiting"}));
  cx.sleep(1h);
  RAK_TRY(cx.check_cancelled());
  return "slept";
}

Answer poll_often(rak::Context& cx, const Call&) {
  RAK_TRY(cx.events().progress({.message = "polling"}));
  for (;;) {
    cx.sleep(1ms);
    RAK_TRY(cx.check_cancelled());
  }
}
