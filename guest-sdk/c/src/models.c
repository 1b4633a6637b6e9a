/* Asking models with texts, and reading what they answer. */

#include "context.h"

const char *const rak_finish_names[] = {"stop", "length", "function-calls", "filtered", NULL};

rak_str rak_model_text(rak_context *cx, const rak_model_response *response) {
  return rak_text(cx, &response->content);
}

rak_calls rak_model_calls(rak_context *cx, const rak_model_response *response) {
  const rak_content *content = &response->content;
  rak_call *calls = rak_alloc_array(cx, content->part_count, sizeof *calls);
  size_t count = 0;
  for (size_t i = 0; i < content->part_count; i++) {
    if (content->parts[i].kind == RAK_PART_CALL) {
      calls[count++] = content->parts[i].call;
    }
  }
  return (rak_calls){calls, count};
}

rak_status rak_model_json(rak_context *cx, const rak_model_response *response, const rak_json **value) {
  const rak_status status = rak_json_parse(cx, rak_model_text(cx, response), value);
  if (status == RAK_OK) {
    return RAK_OK;
  }
  const rak_str why = rak_failure_of(cx, status).message;
  return rak_fail(cx, RAK_FAILED, "the answer of the model %.*s: %s", RAK_ARG(response->model), why.ptr);
}

rak_status rak_complete(rak_context *cx, rak_str text, const rak_model_options *options, rak_model_response *response) {
  const rak_content content = rak_user_says(cx, text);
  return rak_complete_with(cx, &content, 1, options, response);
}

rak_status rak_open_completion(rak_context *cx, rak_str text, const rak_model_options *options,
                               rak_completion **completion) {
  const rak_content content = rak_user_says(cx, text);
  return rak_open_completion_with(cx, &content, 1, options, completion);
}
