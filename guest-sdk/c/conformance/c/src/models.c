/* Asking models. */

#include "behaviours.h"

rak_status do_models(rak_context *cx, const call *call) {
  (void)call;
  rak_model_summaries models;
  RAK_TRY(rak_models_available(cx, &models));
  rak_str *names = rak_alloc_array(cx, models.count, sizeof *names);
  for (size_t i = 0; i < models.count; i++) {
    names[i] = models.items[i].name;
  }
  return rak_answer_str(cx, rak_join(cx, (rak_strs){names, models.count}, RAK_STR(",")));
}

/* Asks the model that an argument names, `-` for the default one, with the text that follows. */
static rak_status ask_named(rak_context *cx, const call *call, rak_model_response *response) {
  rak_str name, text;
  rak_cut(call->argument, ' ', &name, &text);
  const rak_model_options options = {.model = rak_is(name, "-") ? RAK_NO_STR : name};
  return rak_complete(cx, text, &options, response);
}

rak_status do_complete(rak_context *cx, const call *call) {
  rak_model_response response;
  RAK_TRY(ask_named(cx, call, &response));
  rak_json_writer writer = rak_json_writer_of(cx);
  rak_json_object(&writer);
  rak_json_key(&writer, "text");
  rak_json_write_str(&writer, rak_model_text(cx, &response));
  rak_json_key(&writer, "finish");
  rak_json_write_str(&writer, response.finish_name);
  rak_json_key(&writer, "input");
  rak_json_write_int(&writer, (int64_t)response.usage.input_tokens);
  rak_json_key(&writer, "output");
  rak_json_write_int(&writer, (int64_t)response.usage.output_tokens);
  rak_json_end(&writer);
  return rak_answer_str(cx, rak_json_written(&writer));
}

rak_status do_relay(rak_context *cx, const call *call) {
  rak_model_response response;
  RAK_TRY(rak_complete(cx, call->argument, &(rak_model_options){.relay = RAK_RELAY_ALL}, &response));
  return rak_answer_str(cx, rak_model_text(cx, &response));
}

static rak_status emit_delta(rak_context *cx, const rak_delta *delta) {
  switch (delta->kind) {
    case RAK_DELTA_TEXT: return rak_text_delta(cx, delta->text);
    case RAK_DELTA_THOUGHT: return rak_thought_delta(cx, delta->text);
    default: return RAK_OK;
  }
}

rak_status do_deltas(rak_context *cx, const call *call) {
  rak_completion *completion;
  rak_deltas deltas;
  rak_model_response response;
  RAK_TRY(rak_open_completion(cx, call->argument, NULL, &completion));
  do {
    RAK_TRY(rak_completion_next(completion, &deltas));
    for (size_t i = 0; i < deltas.count; i++) {
      RAK_TRY(emit_delta(cx, &deltas.items[i]));
    }
  } while (deltas.count > 0);
  RAK_TRY(rak_completion_finish(completion, &response));
  return rak_answer_str(cx, rak_model_text(cx, &response));
}

rak_status do_drop_model(rak_context *cx, const call *call) {
  rak_completion *completion;
  RAK_TRY(rak_open_completion(cx, call->argument, NULL, &completion));
  rak_completion_drop(completion);
  return rak_answer(cx, "dropped");
}

rak_status do_function(rak_context *cx, const call *call) {
  (void)call;
  const rak_model_tool add = {
      .name = RAK_STR("add"),
      .description = RAK_STR("Adds."),
      .parameters =
          RAK_STR("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}}}"),
  };
  const rak_model_options options = {.model = RAK_STR("caller"), .tools = &add, .tool_count = 1};
  rak_content contents[3] = {rak_user_says(cx, RAK_STR("add, please"))};
  rak_model_response first, second;
  RAK_TRY(rak_complete_with(cx, contents, 1, &options, &first));
  const rak_calls calls = rak_model_calls(cx, &first);
  if (calls.count != 1) {
    return rak_fail(cx, RAK_FAILED, "the model called %zu functions", calls.count);
  }
  const rak_response sum = {calls.items[0].id, calls.items[0].name, RAK_STR("{\"sum\":3}"), .failed = false};
  const rak_part told = {.kind = RAK_PART_RESPONSE, .response = sum};
  contents[1] = first.content;
  contents[2] = (rak_content){RAK_STR("function"), &told, 1};
  RAK_TRY(rak_complete_with(cx, contents, 3, &options, &second));
  const rak_json *args;
  RAK_TRY(rak_json_parse(cx, calls.items[0].args, &args));
  return rak_answer(cx, "%s %s", rak_json_text(cx, args).ptr, rak_model_text(cx, &second).ptr);
}

rak_status do_structured(rak_context *cx, const call *call) {
  const rak_model_options options = {.response_schema = RAK_STR("{\"type\":\"object\",\"required\":[\"mood\"]}")};
  rak_model_response response;
  const rak_json *value;
  RAK_TRY(rak_complete(cx, call->argument, &options, &response));
  RAK_TRY(rak_model_json(cx, &response, &value));
  return rak_answer_str(cx, rak_json_text(cx, value));
}

rak_status do_model_fails(rak_context *cx, const call *call) {
  rak_model_response response;
  return answer_failure(cx, ask_named(cx, call, &response));
}

rak_status do_embed(rak_context *cx, const call *call) {
  const rak_str texts[] = {call->argument, RAK_STR("")};
  rak_embeddings embeddings;
  RAK_TRY(rak_embed(cx, RAK_NO_STR, (rak_strs){texts, 2}, &embeddings));
  const rak_vector *vectors = embeddings.vectors;
  return rak_answer(cx, "%zu,%zu,%g", vectors[0].count, vectors[1].count, (double)vectors[0].items[0]);
}
