#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  /* The host adds the key on the way; the agent never sees it. */
  const rak_http_options options = {
      .method = RAK_STR("POST"),
      .json = rak_printf(cx, "{\"query\":%s}", rak_json_quote(cx, rak_text(cx, input)).ptr),
      .credential = RAK_STR("tracker"),
  };
  rak_http_response response;
  RAK_TRY(rak_fetch(cx, RAK_STR("https://tracker.example.com/search"), &options, &response));
  if (!rak_http_is_success(&response.head)) {
    return rak_answer(cx, "The tracker says %d: %s", response.head.status, rak_http_text(&response).ptr);
  }
  const rak_json *issues;
  rak_str title;
  RAK_TRY(rak_http_json(cx, &response, &issues));
  if (!rak_json_str(rak_json_get(issues->first, "title"), &title)) {
    return rak_answer(cx, "Nothing is broken.");
  }
  return rak_answer(cx, "%zu issues, the newest is: %s", rak_json_count(issues), title.ptr);
}

RAK_AGENT(.name = "tracker", .description = "Finds what broke.", .version = "0.1.0", .run = run);
