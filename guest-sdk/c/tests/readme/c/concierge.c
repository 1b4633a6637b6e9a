#include <rak.h>

enum { MOST_TURNS = 10 };

static rak_status run(rak_context *cx, const rak_content *input) {
  const rak_model_tool weather = {
      .name = RAK_STR("weather"),
      .description = RAK_STR("The weather in a city."),
      .parameters = RAK_STR("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"),
  };
  /* The client sees the answer while it is being written. */
  const rak_model_options options = {
      .system = RAK_STR("You are brief."), .tools = &weather, .tool_count = 1, .relay = RAK_RELAY_TEXT};
  rak_content contents[1 + 2 * MOST_TURNS] = {*input};
  size_t count = 1;
  for (int turn = 0; turn < MOST_TURNS; turn++) {
    rak_model_response response;
    RAK_TRY(rak_complete_with(cx, contents, count, &options, &response));
    const rak_calls calls = rak_model_calls(cx, &response);
    if (calls.count == 0) {
      return rak_answer_str(cx, rak_model_text(cx, &response));
    }
    /* The model wants functions called, and is told what came of them. */
    rak_part *told = rak_alloc_array(cx, calls.count, sizeof *told);
    for (size_t i = 0; i < calls.count; i++) {
      const rak_response sunny = {calls.items[i].id, calls.items[i].name, RAK_STR("\"sunny\""), .failed = false};
      told[i] = (rak_part){.kind = RAK_PART_RESPONSE, .response = sunny};
    }
    contents[count++] = response.content;
    contents[count++] = (rak_content){RAK_STR("function"), told, calls.count};
  }
  return rak_fail(cx, RAK_LIMIT_EXCEEDED, "the model calls functions without end");
}

RAK_AGENT(.name = "concierge", .description = "Knows the weather.", .version = "0.1.0", .run = run);
