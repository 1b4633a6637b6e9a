/* What goes to the host. */

#include "convert.h"

contract_string_t to_string(rak_context *cx, rak_str text) {
  const rak_str valid = rak_utf8(cx, text);
  /* The bindings have no const; they do not write. */
  return (contract_string_t){(uint8_t *)valid.ptr, valid.len};
}

contract_option_string_t to_option_string(rak_context *cx, rak_str text) {
  return (contract_option_string_t){text.ptr != NULL, to_string(cx, text)};
}

rak_agent_common_option_json_t to_option_json(rak_context *cx, rak_str text) {
  return (rak_agent_common_option_json_t){text.ptr != NULL, to_string(cx, text)};
}

contract_option_u64_t to_option_u64(rak_optional number) {
  return (contract_option_u64_t){number.is_some, number.value};
}

contract_list_string_t to_strings(rak_context *cx, const char *const *texts) {
  size_t count = 0;
  while (texts != NULL && texts[count] != NULL) {
    count++;
  }
  contract_string_t *strings = rak_alloc_array(cx, count, sizeof *strings);
  for (size_t i = 0; i < count; i++) {
    strings[i] = to_string(cx, rak_str_of(texts[i]));
  }
  return (contract_list_string_t){strings, count};
}

static rak_agent_common_custom_t to_custom(rak_context *cx, rak_custom custom) {
  return (rak_agent_common_custom_t){to_string(cx, custom.name), to_string(cx, custom.value)};
}

rak_agent_common_function_call_t to_call(rak_context *cx, const rak_call *call) {
  return (rak_agent_common_function_call_t){to_string(cx, call->id), to_string(cx, call->name),
                                            to_string(cx, call->args)};
}

static rak_agent_common_part_t to_part(rak_context *cx, const rak_part *part) {
  rak_agent_common_part_t out = {0};
  switch (part->kind) {
    case RAK_PART_TEXT:
    case RAK_PART_THOUGHT:
      out.tag = part->kind == RAK_PART_TEXT ? RAK_AGENT_COMMON_PART_TEXT : RAK_AGENT_COMMON_PART_THOUGHT;
      out.val.text = to_string(cx, part->text);
      return out;
    case RAK_PART_BLOB:
      out.tag = RAK_AGENT_COMMON_PART_INLINE_DATA;
      out.val.inline_data.mime_type = to_string(cx, part->blob.mime_type);
      out.val.inline_data.data = (contract_list_u8_t){(uint8_t *)part->blob.data.ptr, part->blob.data.len};
      return out;
    case RAK_PART_FILE:
      out.tag = RAK_AGENT_COMMON_PART_FILE_DATA;
      out.val.file_data.mime_type = to_option_string(cx, part->file.mime_type);
      out.val.file_data.uri = to_string(cx, part->file.uri);
      return out;
    case RAK_PART_CALL:
      out.tag = RAK_AGENT_COMMON_PART_FUNCTION_CALL;
      out.val.function_call = to_call(cx, &part->call);
      return out;
    case RAK_PART_RESPONSE:
      out.tag = RAK_AGENT_COMMON_PART_FUNCTION_RESPONSE;
      out.val.function_response = (rak_agent_common_function_response_t){
          to_string(cx, part->response.id), to_string(cx, part->response.name),
          to_string(cx, part->response.response), part->response.failed};
      return out;
    case RAK_PART_OTHER:
      out.tag = RAK_AGENT_COMMON_PART_OTHER;
      out.val.other = to_custom(cx, part->other);
      return out;
  }
  rak_panic("there is no kind of part with the number %d", (int)part->kind);
}

rak_agent_common_content_t to_content(rak_context *cx, const rak_content *content) {
  rak_agent_common_part_t *parts = rak_alloc_array(cx, content->part_count, sizeof *parts);
  for (size_t i = 0; i < content->part_count; i++) {
    parts[i] = to_part(cx, &content->parts[i]);
  }
  const rak_str role = content->role.ptr == NULL ? RAK_STR("model") : content->role;
  return (rak_agent_common_content_t){to_string(cx, role), {parts, content->part_count}};
}

rak_agent_events_event_t to_event(rak_context *cx, const rak_event *event) {
  rak_agent_events_event_t out = {0};
  switch (event->kind) {
    case RAK_EVENT_CONTENT:
      out.tag = RAK_AGENT_EVENTS_EVENT_CONTENT;
      out.val.content = to_content(cx, &event->content);
      return out;
    case RAK_EVENT_TEXT_DELTA:
      out.tag = RAK_AGENT_EVENTS_EVENT_TEXT_DELTA;
      out.val.text_delta = to_string(cx, event->text);
      return out;
    case RAK_EVENT_THOUGHT_DELTA:
      out.tag = RAK_AGENT_EVENTS_EVENT_THOUGHT_DELTA;
      out.val.thought_delta = to_string(cx, event->text);
      return out;
    case RAK_EVENT_PROGRESS:
      out.tag = RAK_AGENT_EVENTS_EVENT_PROGRESS;
      out.val.progress = (rak_agent_events_progress_t){to_string(cx, event->progress.message),
                                                       to_option_u64(event->progress.done),
                                                       to_option_u64(event->progress.total)};
      return out;
    case RAK_EVENT_OTHER:
      out.tag = RAK_AGENT_EVENTS_EVENT_OTHER;
      out.val.other = to_custom(cx, event->other);
      return out;
  }
  rak_panic("there is no kind of event with the number %d", (int)event->kind);
}

rak_agent_common_failure_t to_failure(rak_context *cx, const rak_failure *failure) {
  return (rak_agent_common_failure_t){
      /* The kinds of the contract stand in the same order, after RAK_OK. */
      .kind = (rak_agent_common_failure_kind_t)(failure->kind - 1),
      .code = to_option_string(cx, failure->code),
      .message = to_string(cx, failure->message),
      .retry_after_ms = to_option_u64(failure->retry_after_ms),
      .details = to_option_json(cx, failure->details),
  };
}

_Static_assert(RAK_CANCELLED - 1 == RAK_AGENT_COMMON_FAILURE_KIND_CANCELLED, "the first kind");
_Static_assert(RAK_FAILED - 1 == RAK_AGENT_COMMON_FAILURE_KIND_FAILED, "the last kind");
