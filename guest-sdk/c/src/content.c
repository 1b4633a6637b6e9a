/* What is said. */

#include "context.h"

rak_part rak_text_part(rak_str text) {
  return (rak_part){.kind = RAK_PART_TEXT, .text = text};
}

static rak_content says(rak_context *cx, rak_str role, rak_str text) {
  rak_part *part = rak_alloc(cx, sizeof *part);
  *part = rak_text_part(text);
  return (rak_content){.role = role, .parts = part, .part_count = 1};
}

rak_content rak_model_says(rak_context *cx, rak_str text) {
  return says(cx, RAK_STR("model"), text);
}

rak_content rak_user_says(rak_context *cx, rak_str text) {
  return says(cx, RAK_STR("user"), text);
}

rak_str rak_text(rak_context *cx, const rak_content *content) {
  /* One part of text is what there mostly is, and it needs no copy. */
  if (content->part_count == 1 && content->parts[0].kind == RAK_PART_TEXT) {
    return content->parts[0].text;
  }
  rak_builder text = rak_builder_of(cx);
  for (size_t i = 0; i < content->part_count; i++) {
    if (content->parts[i].kind == RAK_PART_TEXT) {
      rak_append(&text, content->parts[i].text);
    }
  }
  return rak_built(&text);
}

rak_blob rak_text_blob(rak_str text) {
  return (rak_blob){RAK_STR("text/plain; charset=utf-8"), {(const uint8_t *)text.ptr, text.len}};
}

rak_str rak_blob_text(const rak_blob *blob) {
  return blob->data.len == 0 ? RAK_STR("") : (rak_str){(const char *)blob->data.ptr, blob->data.len};
}
