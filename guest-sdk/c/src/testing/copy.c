/* Copies of what an agent emits, which last as long as the test. */

#include "fake.h"

rak_str fake_copy_text(rak_context *cx, rak_str text) {
  return text.ptr == NULL ? RAK_NO_STR : rak_copy(cx, rak_utf8(cx, text));
}

/* A text that is not optional: none is empty. */
static rak_str copy_some(rak_context *cx, rak_str text) {
  return text.ptr == NULL ? RAK_STR("") : fake_copy_text(cx, text);
}

static rak_custom copy_custom(rak_context *cx, rak_custom custom) {
  return (rak_custom){copy_some(cx, custom.name), copy_some(cx, custom.value)};
}

rak_blob fake_copy_blob(rak_context *cx, rak_blob blob) {
  /* The bytes are whatever they are, so they are not made UTF-8. */
  const rak_str data = rak_copy(cx, (rak_str){blob.data.ptr == NULL ? "" : (const char *)blob.data.ptr, blob.data.len});
  return (rak_blob){copy_some(cx, blob.mime_type), {(const uint8_t *)data.ptr, data.len}};
}

rak_call fake_copy_call(rak_context *cx, const rak_call *call) {
  return (rak_call){copy_some(cx, call->id), copy_some(cx, call->name), copy_some(cx, call->args)};
}

static rak_part copy_part(rak_context *cx, const rak_part *part) {
  switch (part->kind) {
    case RAK_PART_TEXT:
    case RAK_PART_THOUGHT:
      return (rak_part){.kind = part->kind, .text = copy_some(cx, part->text)};
    case RAK_PART_BLOB:
      return (rak_part){.kind = part->kind, .blob = fake_copy_blob(cx, part->blob)};
    case RAK_PART_FILE:
      return (rak_part){.kind = part->kind,
                        .file = {fake_copy_text(cx, part->file.mime_type), copy_some(cx, part->file.uri)}};
    case RAK_PART_CALL:
      return (rak_part){.kind = part->kind, .call = fake_copy_call(cx, &part->call)};
    case RAK_PART_RESPONSE:
      return (rak_part){.kind = part->kind,
                        .response = {copy_some(cx, part->response.id), copy_some(cx, part->response.name),
                                     copy_some(cx, part->response.response), part->response.failed}};
    case RAK_PART_OTHER:
      return (rak_part){.kind = part->kind, .other = copy_custom(cx, part->other)};
  }
  rak_panic("there is no kind of part with the number %d", (int)part->kind);
}

rak_content fake_copy_content(rak_context *cx, const rak_content *content) {
  rak_part *parts = rak_alloc_array(cx, content->part_count, sizeof *parts);
  for (size_t i = 0; i < content->part_count; i++) {
    parts[i] = copy_part(cx, &content->parts[i]);
  }
  const rak_str role = content->role.ptr == NULL ? RAK_STR("model") : content->role;
  return (rak_content){fake_copy_text(cx, role), parts, content->part_count};
}

rak_event fake_copy_event(rak_context *cx, const rak_event *event) {
  rak_event copy = *event;
  switch (event->kind) {
    case RAK_EVENT_CONTENT: copy.content = fake_copy_content(cx, &event->content); return copy;
    case RAK_EVENT_TEXT_DELTA:
    case RAK_EVENT_THOUGHT_DELTA: copy.text = copy_some(cx, event->text); return copy;
    case RAK_EVENT_PROGRESS: copy.progress.message = copy_some(cx, event->progress.message); return copy;
    case RAK_EVENT_OTHER: copy.other = copy_custom(cx, event->other); return copy;
  }
  rak_panic("there is no kind of event with the number %d", (int)event->kind);
}

rak_info fake_copy_info(rak_context *cx, const rak_info *info) {
  return (rak_info){
      .invocation_id = copy_some(cx, info->invocation_id),
      .session_id = copy_some(cx, info->session_id),
      .user_id = copy_some(cx, info->user_id),
      .agent = copy_some(cx, info->agent),
      .agent_version = copy_some(cx, info->agent_version),
      .attempt = info->attempt,
      .parent_id = fake_copy_text(cx, info->parent_id),
      .traceparent = fake_copy_text(cx, info->traceparent),
      .extra = fake_copy_text(cx, info->extra),
  };
}

rak_failure fake_copy_failure(rak_context *cx, const rak_failure *failure) {
  return (rak_failure){
      .kind = failure->kind,
      .code = fake_copy_text(cx, failure->code),
      .message = copy_some(cx, failure->message),
      .retry_after_ms = failure->retry_after_ms,
      .details = fake_copy_text(cx, failure->details),
  };
}

rak_decision fake_copy_decision(rak_context *cx, const rak_decision *decision) {
  return (rak_decision){
      .approved = decision->approved,
      .by = fake_copy_text(cx, decision->by),
      .reason = fake_copy_text(cx, decision->reason),
      .edited = fake_copy_text(cx, decision->edited),
  };
}

rak_status fake_compact(rak_context *cx, rak_str json, rak_str *compact) {
  const rak_json *value;
  RAK_TRY(rak_json_parse(cx, rak_utf8(cx, json), &value));
  *compact = rak_json_text(cx, value);
  return RAK_OK;
}
