/* A text that grows in the arena. */

#include <stdio.h>
#include <string.h>

#include "context.h"

/* The first room that is taken; it doubles from there. */
#define FIRST_CAPACITY ((size_t)64)

rak_builder rak_builder_of(rak_context *cx) {
  return (rak_builder){.cx = cx};
}

/* Room for `more` bytes and the zero byte after them. */
static void reserve(rak_builder *builder, size_t more) {
  if (more > SIZE_MAX / 2 - builder->len) {
    rak_out_of_memory();
  }
  const size_t needed = builder->len + more + 1;
  if (needed <= builder->capacity) {
    return;
  }
  size_t capacity = builder->capacity == 0 ? FIRST_CAPACITY : builder->capacity * 2;
  capacity = capacity < needed ? needed : capacity;
  char *ptr = rak_arena_take(&builder->cx->arena, capacity);
  if (builder->len > 0) {
    memcpy(ptr, builder->ptr, builder->len);
  }
  builder->ptr = ptr;
  builder->capacity = capacity;
}

void rak_append(rak_builder *builder, rak_str text) {
  reserve(builder, text.len);
  if (text.len > 0) {
    memcpy(builder->ptr + builder->len, text.ptr, text.len);
  }
  builder->len += text.len;
  builder->ptr[builder->len] = '\0';
}

void rak_append_c(rak_builder *builder, const char *text) {
  rak_append(builder, rak_str_of(text));
}

void rak_appendf(rak_builder *builder, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0) {
    rak_panic("printf cannot print `%s`", format);
  }
  reserve(builder, (size_t)len);
  vsnprintf(builder->ptr + builder->len, (size_t)len + 1, format, arguments);
  builder->len += (size_t)len;
  va_end(arguments);
}

rak_str rak_built(const rak_builder *builder) {
  return builder->ptr == NULL ? RAK_STR("") : (rak_str){builder->ptr, builder->len};
}
