/* Content and events. */

#include <string.h>

#include "behaviours.h"

rak_status do_echo(rak_context *cx, const call *call) {
  rak_stream out = rak_stream_of(cx);
  for (rak_str word, rest = call->argument; rak_next_word(&rest, &word);) {
    RAK_TRY(rak_stream_write(&out, word));
  }
  return rak_stream_answer(&out);
}

rak_status do_answer(rak_context *cx, const call *call) {
  return rak_answer_str(cx, call->argument);
}

rak_status do_nothing(rak_context *cx, const call *call) {
  (void)call;
  const rak_content said = rak_model_says(cx, RAK_STR("said before"));
  return rak_emit_content(cx, &said);
}

rak_status do_parts(rak_context *cx, const call *call) {
  return rak_answer_content(
      cx, &(rak_content){.parts = call->input->parts + 1, .part_count = call->input->part_count - 1});
}

rak_status do_kinds(rak_context *cx, const call *call) {
  static const uint8_t bytes[] = {0x00, 0x01, 0xFE, 0xFF};
  static const rak_part parts[] = {
      {RAK_PART_TEXT, .text = RAK_STR("a")},
      {RAK_PART_THOUGHT, .text = RAK_STR("b")},
      {RAK_PART_BLOB, .blob = {RAK_STR("application/octet-stream"), {bytes, sizeof bytes}}},
      {RAK_PART_FILE, .file = {.uri = RAK_STR("file:///a"), .mime_type = RAK_STR("text/plain")}},
      {RAK_PART_FILE, .file = {.uri = RAK_STR("file:///b")}},
      {RAK_PART_CALL, .call = {RAK_STR("1"), RAK_STR("f"), RAK_STR("{\"a\":1}")}},
      {RAK_PART_RESPONSE, .response = {RAK_STR("1"), RAK_STR("f"), RAK_STR("{\"b\":[2]}"), .failed = true}},
      {RAK_PART_OTHER, .other = {RAK_STR("x"), RAK_STR("{\"c\":null}")}},
  };
  (void)call;
  return rak_answer_content(cx, &(rak_content){.parts = parts, .part_count = sizeof parts / sizeof *parts});
}

rak_status do_events(rak_context *cx, const call *call) {
  (void)call;
  const rak_event events[] = {
      {RAK_EVENT_CONTENT, .content = rak_model_says(cx, RAK_STR("one"))},
      {RAK_EVENT_PROGRESS, .progress = {RAK_STR("half"), RAK_SOME(1), RAK_SOME(2)}},
      {RAK_EVENT_OTHER, .other = {RAK_STR("note"), RAK_STR("{\"k\":\"v\"}")}},
      {RAK_EVENT_THOUGHT_DELTA, .text = RAK_STR("hm")},
      {RAK_EVENT_TEXT_DELTA, .text = RAK_STR("two")},
  };
  uint64_t newest;
  RAK_TRY(rak_emit(cx, events, sizeof events / sizeof *events, &newest));
  return rak_answer(cx, "%llu", (unsigned long long)newest);
}

rak_status do_progress(rak_context *cx, const call *call) {
  (void)call;
  RAK_TRY(rak_report(cx, "no numbers"));
  return rak_answer(cx, "done");
}

rak_status do_outcome(rak_context *cx, const call *call) {
  (void)call;
  rak_escalate(cx);
  rak_transfer_to(cx, RAK_STR("other"));
  rak_extra(cx, RAK_STR("{\"n\":1}"));
  return rak_answer(cx, "done");
}

rak_status do_bytes(rak_context *cx, const call *call) {
  uint64_t count;
  RAK_TRY(number_of(cx, call, &count));
  char *bytes = rak_alloc(cx, count);
  memset(bytes, 'x', count);
  return rak_answer_str(cx, (rak_str){bytes, count});
}

/* The second part, where it is of this kind. */
static rak_status second(rak_context *cx, const call *call, rak_part_kind kind, const rak_part **part) {
  if (call->input->part_count < 2 || call->input->parts[1].kind != kind) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "there is no second part of this kind");
  }
  *part = &call->input->parts[1];
  return RAK_OK;
}

rak_status do_text_size(rak_context *cx, const call *call) {
  const rak_part *part;
  RAK_TRY(second(cx, call, RAK_PART_TEXT, &part));
  return rak_answer(cx, "%zu", part->text.len);
}

rak_status do_data_size(rak_context *cx, const call *call) {
  const rak_part *part;
  RAK_TRY(second(cx, call, RAK_PART_BLOB, &part));
  return rak_answer(cx, "%zu", part->blob.data.len);
}
