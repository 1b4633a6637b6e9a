#include <rak.h>

/* Calls what a model wants called, all at once, and answers with what the tools said, for the model to read. */
static rak_status run(rak_context *cx, const rak_content *input) {
  rak_call *calls = rak_alloc_array(cx, input->part_count, sizeof *calls);
  size_t count = 0;
  for (size_t i = 0; i < input->part_count; i++) {
    if (input->parts[i].kind == RAK_PART_CALL) {
      calls[count++] = input->parts[i].call;
    }
  }
  if (count == 0) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "there is nothing to call");
  }

  rak_tool_result *results = rak_alloc_array(cx, count, sizeof *results);
  rak_call_tools(cx, calls, count, NULL, results);
  rak_part *parts = rak_alloc_array(cx, count, sizeof *parts);
  for (size_t i = 0; i < count; i++) {
    if (results[i].status != RAK_OK) {
      const rak_str error = rak_json_quote(cx, results[i].failure.message);
      results[i].response = (rak_response){calls[i].id, calls[i].name, error, .failed = true};
    }
    parts[i] = (rak_part){.kind = RAK_PART_RESPONSE, .response = results[i].response};
  }
  return rak_answer_content(cx, &(rak_content){RAK_STR("function"), parts, count});
}

RAK_AGENT(.name = "reckoner", .description = "Calls what a model wants called.", .version = "0.1.0", .run = run);
