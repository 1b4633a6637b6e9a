#include <rak.h>

enum { FIVE_SECONDS_MS = 5000 };

static rak_status run(rak_context *cx, const rak_content *input) {
  rak_child *research;
  RAK_TRY(rak_start_agent(cx, RAK_STR("researcher"), rak_text(cx, input), NULL, &research));
  rak_waitable *const done = rak_child_done(research);
  size_t ready;
  if (rak_wait_any(cx, &done, 1, RAK_SOME(FIVE_SECONDS_MS), &ready) == 0) {
    RAK_TRY(rak_check_cancelled(cx));
    return rak_answer(cx, "That takes too long.");
  }
  rak_reply found, summary;
  RAK_TRY(rak_child_finish(research, &found));
  const rak_agent_options options = {.timeout_ms = RAK_SOME(FIVE_SECONDS_MS)};
  RAK_TRY(rak_call_agent(cx, RAK_STR("summarizer"), rak_reply_text(cx, &found), &options, &summary));
  return rak_answer(cx, "In short: %s", rak_reply_text(cx, &summary).ptr);
}

RAK_AGENT(.name = "briefer", .description = "Lets others look, and says it in short.", .version = "0.1.0", .run = run);
