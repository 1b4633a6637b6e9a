/* Making and looking at texts. */

#include <rak/text.h>

#include <stdio.h>
#include <string.h>

#include "context.h"

rak_str rak_str_of(const char *text) {
  return text == NULL ? RAK_NO_STR : (rak_str){text, strlen(text)};
}

rak_str rak_copy(rak_context *cx, rak_str text) {
  if (text.ptr == NULL) {
    return RAK_NO_STR;
  }
  char *copy = rak_arena_take(&cx->arena, text.len + 1);
  memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  return (rak_str){copy, text.len};
}

rak_str rak_vprintf(rak_context *cx, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0) {
    rak_panic("printf cannot print `%s`", format);
  }
  char *text = rak_arena_take(&cx->arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, format, arguments);
  return (rak_str){text, (size_t)len};
}

rak_str rak_printf(rak_context *cx, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_str text = rak_vprintf(cx, format, arguments);
  va_end(arguments);
  return text;
}

bool rak_equal(rak_str a, rak_str b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool rak_is(rak_str text, const char *other) {
  return rak_equal(text, rak_str_of(other));
}

bool rak_starts_with(rak_str text, rak_str prefix) {
  return text.len >= prefix.len && rak_equal((rak_str){text.ptr, prefix.len}, prefix);
}

static bool is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

rak_str rak_trim(rak_context *cx, rak_str text) {
  while (text.len > 0 && is_space(text.ptr[0])) {
    text.ptr++;
    text.len--;
  }
  while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
    text.len--;
  }
  return rak_copy(cx, text);
}

rak_str rak_join(rak_context *cx, rak_strs texts, rak_str between) {
  rak_builder builder = rak_builder_of(cx);
  for (size_t i = 0; i < texts.count; i++) {
    if (i > 0) {
      rak_append(&builder, between);
    }
    rak_append(&builder, texts.items[i]);
  }
  return rak_built(&builder);
}

bool rak_cut(rak_str text, char separator, rak_str *head, rak_str *tail) {
  const char *found = text.len == 0 ? NULL : memchr(text.ptr, separator, text.len);
  if (found == NULL) {
    *head = text;
    *tail = (rak_str){text.ptr == NULL ? "" : text.ptr + text.len, 0};
    return false;
  }
  const size_t at = (size_t)(found - text.ptr);
  *head = (rak_str){text.ptr, at};
  *tail = (rak_str){found + 1, text.len - at - 1};
  return true;
}

bool rak_next_word(rak_str *rest, rak_str *word) {
  if (rest->len == 0) {
    return false;
  }
  const char *space = memchr(rest->ptr, ' ', rest->len);
  const size_t len = space == NULL ? rest->len : (size_t)(space - rest->ptr) + 1;
  *word = (rak_str){rest->ptr, len};
  *rest = (rak_str){rest->ptr + len, rest->len - len};
  return true;
}

bool rak_parse_u64(rak_str text, uint64_t *number) {
  uint64_t value = 0;
  for (size_t i = 0; i < text.len; i++) {
    const unsigned digit = (unsigned char)text.ptr[i] - (unsigned)'0';
    if (digit > 9 || value > (UINT64_MAX - digit) / 10) {
      return false;
    }
    value = value * 10 + digit;
  }
  if (text.len == 0) {
    return false;
  }
  *number = value;
  return true;
}
