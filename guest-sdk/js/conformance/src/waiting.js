/** Waiting and stopping. */

const HOUR_MS = 3_600_000;

export const waiting = {
  sleep(cx, ms) {
    cx.sleep(Number(ms));
    return "slept";
  },

  any: (cx) => cx.waitAny([cx.timer(HOUR_MS), cx.timer(5), cx.timer(HOUR_MS)]).join(","),

  timeout: (cx) => cx.waitAny([cx.timer(HOUR_MS)], 5).join(",") || "none",

  block(cx) {
    const timer = cx.timer(5);
    timer.block();
    return timer.ready() ? "ready" : "not ready";
  },

  loop(cx) {
    cx.events.progress("looping");
    for (;;);
  },

  wait(cx) {
    cx.events.progress("waiting");
    cx.sleep(HOUR_MS);
    cx.checkCancelled();
    return "slept";
  },

  poll(cx) {
    cx.events.progress("polling");
    for (;;) {
      cx.sleep(1);
      cx.checkCancelled();
    }
  },
};
