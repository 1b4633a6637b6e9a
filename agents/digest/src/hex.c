#include "hex.h"

enum { PER_LINE = 16 };

rak_str hex_of(rak_context *cx, const uint8_t *bytes, size_t count) {
  rak_builder text = rak_builder_of(cx);
  for (size_t i = 0; i < count; i++) {
    rak_appendf(&text, "%02x", bytes[i]);
  }
  return rak_built(&text);
}

static void append_line(rak_builder *text, size_t at, const uint8_t *bytes, size_t count) {
  rak_appendf(text, "%08zx ", at);
  for (size_t i = 0; i < PER_LINE; i++) {
    rak_append_c(text, i == PER_LINE / 2 ? "  " : " ");
    if (i < count) {
      rak_appendf(text, "%02x", bytes[i]);
    } else {
      rak_append_c(text, "  ");
    }
  }
  rak_append_c(text, "  |");
  for (size_t i = 0; i < count; i++) {
    rak_appendf(text, "%c", bytes[i] >= 0x20 && bytes[i] < 0x7F ? bytes[i] : '.');
  }
  rak_append_c(text, "|\n");
}

rak_str hex_dump(rak_context *cx, const uint8_t *bytes, size_t count) {
  rak_builder text = rak_builder_of(cx);
  for (size_t at = 0; at < count; at += PER_LINE) {
    append_line(&text, at, bytes + at, count - at < PER_LINE ? count - at : PER_LINE);
  }
  return rak_built(&text);
}
