/* What comes from the host. */

#include "convert.h"

rak_str from_string(contract_string_t text) {
  /* An empty text of the host may point anywhere. */
  return text.len == 0 ? RAK_STR("") : (rak_str){(const char *)text.ptr, text.len};
}

rak_str from_option_string(contract_option_string_t text) {
  return text.is_some ? from_string(text.val) : RAK_NO_STR;
}

rak_optional from_option_u64(contract_option_u64_t number) {
  return number.is_some ? RAK_SOME(number.val) : RAK_NONE;
}

rak_strs from_strings(rak_context *cx, contract_list_string_t texts) {
  rak_str *items = rak_alloc_array(cx, texts.len, sizeof *items);
  for (size_t i = 0; i < texts.len; i++) {
    items[i] = from_string(texts.ptr[i]);
  }
  return (rak_strs){items, texts.len};
}

static rak_custom from_custom(rak_agent_common_custom_t custom) {
  return (rak_custom){from_string(custom.name), from_string(custom.value)};
}

rak_call from_call(const rak_agent_common_function_call_t *call) {
  return (rak_call){from_string(call->id), from_string(call->name), from_string(call->args)};
}

rak_response from_response(const rak_agent_common_function_response_t *response) {
  return (rak_response){from_string(response->id), from_string(response->name), from_string(response->response),
                        response->failed};
}

static rak_part from_part(const rak_agent_common_part_t *part) {
  switch (part->tag) {
    case RAK_AGENT_COMMON_PART_TEXT:
      return rak_text_part(from_string(part->val.text));
    case RAK_AGENT_COMMON_PART_THOUGHT:
      return (rak_part){.kind = RAK_PART_THOUGHT, .text = from_string(part->val.thought)};
    case RAK_AGENT_COMMON_PART_INLINE_DATA: {
      const rak_agent_common_blob_t *blob = &part->val.inline_data;
      return (rak_part){.kind = RAK_PART_BLOB,
                        .blob = {from_string(blob->mime_type), {blob->data.ptr, blob->data.len}}};
    }
    case RAK_AGENT_COMMON_PART_FILE_DATA: {
      const rak_agent_common_file_ref_t *file = &part->val.file_data;
      return (rak_part){.kind = RAK_PART_FILE,
                        .file = {from_option_string(file->mime_type), from_string(file->uri)}};
    }
    case RAK_AGENT_COMMON_PART_FUNCTION_CALL:
      return (rak_part){.kind = RAK_PART_CALL, .call = from_call(&part->val.function_call)};
    case RAK_AGENT_COMMON_PART_FUNCTION_RESPONSE:
      return (rak_part){.kind = RAK_PART_RESPONSE, .response = from_response(&part->val.function_response)};
    default:
      return (rak_part){.kind = RAK_PART_OTHER, .other = from_custom(part->val.other)};
  }
}

rak_content from_content(rak_context *cx, const rak_agent_common_content_t *content) {
  rak_part *parts = rak_alloc_array(cx, content->parts.len, sizeof *parts);
  for (size_t i = 0; i < content->parts.len; i++) {
    parts[i] = from_part(&content->parts.ptr[i]);
  }
  return (rak_content){from_string(content->role), parts, content->parts.len};
}

rak_failure from_failure(const rak_agent_common_failure_t *failure) {
  return (rak_failure){
      .kind = (rak_status)(failure->kind + 1),
      .code = from_option_string(failure->code),
      .message = from_string(failure->message),
      .retry_after_ms = from_option_u64(failure->retry_after_ms),
      .details = failure->details.is_some ? from_string(failure->details.val) : RAK_NO_STR,
  };
}
