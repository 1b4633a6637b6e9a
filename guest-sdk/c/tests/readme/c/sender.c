#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  const rak_str item = rak_text(cx, input);
  const rak_optional three_days = RAK_SOME(3 * 24 * 60 * 60 * 1000);
  rak_decision decision;
  const rak_status asked = rak_approve(cx, RAK_STR("Send it?"), rak_json_quote(cx, item), three_days, &decision);
  if (rak_is_expired(cx, asked)) {
    return rak_answer(cx, "Nobody decided, so nothing was sent.");
  }
  RAK_TRY(asked);
  if (!decision.approved) {
    return rak_answer(cx, "Not sent: %s", decision.reason.ptr == NULL ? "no reason" : decision.reason.ptr);
  }

  int64_t copies;
  const rak_str schema = RAK_STR("{\"type\":\"integer\",\"minimum\":1}");
  RAK_TRY(rak_ask_int(cx, RAK_STR("How many copies?"), schema, RAK_NONE, &copies));
  return rak_answer(cx, "Sent %s %lld times.", item.ptr, (long long)copies);
}

RAK_AGENT(.name = "sender", .description = "Sends things, where it may.", .version = "0.1.0", .run = run);
