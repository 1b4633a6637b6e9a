#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  const rak_str name = rak_trim(cx, rak_text(cx, input));
  if (name.len == 0) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "send your name, for example `Ada`");
  }

  /* State: `greetings` alone would be this session's. */
  int64_t times = 0;
  RAK_TRY(rak_state_get_int(cx, RAK_STR("user:greetings"), &times));
  RAK_TRY(rak_state_set_int(cx, RAK_STR("user:greetings"), ++times));

  /* What the client sees while the agent works. */
  RAK_TRY(rak_report(cx, "thinking of something nice"));
  rak_sleep(cx, 1000);
  RAK_TRY(rak_check_cancelled(cx));

  rak_log(cx, RAK_INFO, "greeted %lld times", (long long)times);
  return rak_answer(cx, "Hello, %s! That makes %lld.", name.ptr, (long long)times);
}

RAK_AGENT(
  .name = "greeter",
  .description = "Greets people and remembers how often.",
  .version = "0.1.0",
  .run = run,
);
