/* Asking models, as a component does. */

#include <stdlib.h>

#include "convert.h"
#include "receive.h"

struct rak_completion {
  rak_context *cx;
  rak_agent_models_own_completion_t handle;
};

static rak_agent_models_option_json_t to_json(rak_context *cx, rak_str text) {
  const rak_agent_common_option_json_t json = to_option_json(cx, text);
  return (rak_agent_models_option_json_t){json.is_some, json.val};
}

static rak_str from_json(rak_agent_models_option_json_t json) {
  return json.is_some ? from_string(json.val) : RAK_NO_STR;
}

static rak_agent_models_list_content_t to_contents(rak_context *cx, const rak_content *contents, size_t count) {
  rak_agent_common_content_t *list = rak_alloc_array(cx, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = to_content(cx, &contents[i]);
  }
  return (rak_agent_models_list_content_t){list, count};
}

static rak_agent_models_list_tool_spec_t to_tools(rak_context *cx, const rak_model_tool *tools, size_t count) {
  rak_agent_models_tool_spec_t *list = rak_alloc_array(cx, count, sizeof *list);
  for (size_t i = 0; i < count; i++) {
    list[i] = (rak_agent_models_tool_spec_t){to_string(cx, tools[i].name), to_string(cx, tools[i].description),
                                             to_string(cx, tools[i].parameters)};
  }
  return (rak_agent_models_list_tool_spec_t){list, count};
}

static contract_list_string_t to_texts(rak_context *cx, rak_strs texts) {
  contract_string_t *list = rak_alloc_array(cx, texts.count, sizeof *list);
  for (size_t i = 0; i < texts.count; i++) {
    list[i] = to_string(cx, texts.items[i]);
  }
  return (contract_list_string_t){list, texts.count};
}

static rak_agent_models_request_t to_request(rak_context *cx, const rak_content *contents, size_t count,
                                             const rak_model_options *options) {
  static const rak_model_options none = {0};
  const rak_model_options *given = options == NULL ? &none : options;
  const float *temperature = given->temperature;
  rak_agent_models_request_t request = {
      .model = to_option_string(cx, given->model),
      .system = to_option_string(cx, given->system),
      .contents = to_contents(cx, contents, count),
      .tools = to_tools(cx, given->tools, given->tool_count),
      .tool_choice = {.tag = (uint8_t)given->tool_mode},
      .max_output_tokens = {given->max_output_tokens != 0, given->max_output_tokens},
      .temperature = {temperature != NULL, temperature == NULL ? 0 : *temperature},
      .stop = to_texts(cx, given->stop),
      .response_schema = to_json(cx, given->response_schema),
      .relay = (rak_agent_models_relay_t)given->relay,
      .extra = to_json(cx, given->extra),
  };
  if (given->tool_mode == RAK_TOOL_NAMED) {
    request.tool_choice.val.named = to_string(cx, given->tool_name);
  }
  return request;
}

_Static_assert(RAK_TOOL_NAMED == RAK_AGENT_MODELS_TOOL_CHOICE_NAMED, "the last mode");
_Static_assert(RAK_RELAY_ALL == RAK_AGENT_MODELS_RELAY_ALL, "the last relay");

static rak_usage from_usage(const rak_agent_models_usage_t *usage) {
  return (rak_usage){
      .input_tokens = usage->input_tokens,
      .output_tokens = usage->output_tokens,
      .cached_tokens = usage->cached_tokens,
      .thought_tokens = usage->thought_tokens,
      .extra = usage->extra.is_some ? from_string(usage->extra.val) : RAK_NO_STR,
  };
}

static rak_model_response from_model_response(rak_context *cx, const rak_agent_models_response_t *response) {
  const rak_finish finish = (rak_finish)response->finish.tag;
  const char *name = rak_finish_names[finish];
  return (rak_model_response){
      .model = from_string(response->model),
      .content = from_content(cx, &response->content),
      .finish = finish,
      .finish_name = name == NULL ? from_string(response->finish.val.other) : rak_str_of(name),
      .usage = from_usage(&response->usage),
      .extra = from_json(response->extra),
  };
}

_Static_assert(RAK_FINISH_OTHER == RAK_AGENT_MODELS_FINISH_REASON_OTHER, "the last reason");

static rak_delta from_delta(const rak_agent_models_delta_t *delta) {
  switch (delta->tag) {
    case RAK_AGENT_MODELS_DELTA_TEXT:
      return (rak_delta){.kind = RAK_DELTA_TEXT, .text = from_string(delta->val.text)};
    case RAK_AGENT_MODELS_DELTA_THOUGHT:
      return (rak_delta){.kind = RAK_DELTA_THOUGHT, .text = from_string(delta->val.thought)};
    case RAK_AGENT_MODELS_DELTA_FUNCTION_CALL:
      return (rak_delta){.kind = RAK_DELTA_CALL, .call = from_call(&delta->val.function_call)};
    default:
      return (rak_delta){.kind = RAK_DELTA_OTHER, .other = from_string(delta->val.other)};
  }
}

rak_status rak_models_available(rak_context *cx, rak_model_summaries *models) {
  rak_agent_models_list_summary_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_available(&out, &failure), &failure));
  rak_model_summary *items = rak_alloc_array(cx, out.len, sizeof *items);
  for (size_t i = 0; i < out.len; i++) {
    const rak_agent_models_summary_t *model = &out.ptr[i];
    items[i] = (rak_model_summary){from_string(model->name), from_string(model->description), from_json(model->extra)};
  }
  *models = (rak_model_summaries){items, out.len};
  return RAK_OK;
}

rak_status rak_complete_with(rak_context *cx, const rak_content *contents, size_t count, const rak_model_options *options,
                             rak_model_response *response) {
  rak_agent_models_request_t request = to_request(cx, contents, count, options);
  rak_agent_models_response_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_complete(&request, &out, &failure), &failure));
  *response = from_model_response(cx, &out);
  return RAK_OK;
}

rak_status rak_open_completion_with(rak_context *cx, const rak_content *contents, size_t count,
                                    const rak_model_options *options, rak_completion **completion) {
  rak_agent_models_request_t request = to_request(cx, contents, count, options);
  rak_agent_models_own_completion_t handle;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_open(&request, &handle, &failure), &failure));
  /* Not in the arena, which may be released while the model writes. */
  rak_completion *opened = malloc(sizeof *opened);
  if (opened == NULL) {
    rak_out_of_memory();
  }
  *opened = (rak_completion){cx, handle};
  *completion = opened;
  return RAK_OK;
}

rak_status rak_completion_next(rak_completion *completion, rak_deltas *deltas) {
  rak_context *cx = completion->cx;
  const rak_agent_models_borrow_completion_t handle = rak_agent_models_borrow_completion(completion->handle);
  rak_agent_models_list_delta_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_method_completion_next(handle, &out, &failure), &failure));
  rak_delta *items = rak_alloc_array(cx, out.len, sizeof *items);
  for (size_t i = 0; i < out.len; i++) {
    items[i] = from_delta(&out.ptr[i]);
  }
  *deltas = (rak_deltas){items, out.len};
  return RAK_OK;
}

rak_status rak_completion_finish(rak_completion *completion, rak_model_response *response) {
  rak_context *cx = completion->cx;
  const rak_agent_models_borrow_completion_t handle = rak_agent_models_borrow_completion(completion->handle);
  rak_agent_models_response_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_method_completion_finish(handle, &out, &failure), &failure));
  *response = from_model_response(cx, &out);
  return RAK_OK;
}

void rak_completion_cancel(rak_completion *completion) {
  rak_agent_models_method_completion_cancel(rak_agent_models_borrow_completion(completion->handle));
}

rak_waitable *rak_completion_ready(rak_completion *completion) {
  const rak_agent_models_borrow_completion_t handle = rak_agent_models_borrow_completion(completion->handle);
  return from_waitable(completion->cx, rak_agent_models_method_completion_subscribe(handle));
}

void rak_completion_drop(rak_completion *completion) {
  if (completion != NULL) {
    rak_agent_models_completion_drop_own(completion->handle);
    free(completion);
  }
}

rak_status rak_embed(rak_context *cx, rak_str model, rak_strs texts, rak_embeddings *embeddings) {
  contract_string_t alias = to_string(cx, model);
  contract_list_string_t list = to_texts(cx, texts);
  rak_agent_models_embeddings_t out;
  rak_agent_common_failure_t failure;
  rak_receive_into(cx);
  RAK_TRY(rak_received(cx, rak_agent_models_embed(model.ptr == NULL ? NULL : &alias, &list, &out, &failure), &failure));
  rak_vector *vectors = rak_alloc_array(cx, out.vectors.len, sizeof *vectors);
  for (size_t i = 0; i < out.vectors.len; i++) {
    vectors[i] = (rak_vector){out.vectors.ptr[i].ptr, out.vectors.ptr[i].len};
  }
  *embeddings = (rak_embeddings){
      .model = from_string(out.model),
      .vectors = vectors,
      .count = out.vectors.len,
      .usage = from_usage(&out.usage),
      .extra = from_json(out.extra),
  };
  return RAK_OK;
}
