/* Looking at JSON that was read. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"

const rak_json *rak_json_get(const rak_json *object, const char *key) {
  const rak_json *found = NULL;
  if (object == NULL || object->kind != RAK_JSON_OBJECT) {
    return NULL;
  }
  for (const rak_json *member = object->first; member != NULL; member = member->next) {
    if (rak_is(member->key, key)) {
      found = member;
    }
  }
  return found;
}

size_t rak_json_count(const rak_json *value) {
  size_t count = 0;
  for (const rak_json *child = value == NULL ? NULL : value->first; child != NULL; child = child->next) {
    count++;
  }
  return count;
}

static bool is_kind(const rak_json *value, rak_json_kind kind) {
  return value != NULL && value->kind == kind;
}

bool rak_json_str(const rak_json *value, rak_str *out) {
  if (!is_kind(value, RAK_JSON_STRING)) {
    return false;
  }
  *out = value->text;
  return true;
}

bool rak_json_bool(const rak_json *value, bool *out) {
  if (!is_kind(value, RAK_JSON_BOOL)) {
    return false;
  }
  *out = value->truth;
  return true;
}

bool rak_json_double(const rak_json *value, double *out) {
  if (!is_kind(value, RAK_JSON_NUMBER)) {
    return false;
  }
  *out = strtod(value->text.ptr, NULL);
  return true;
}

bool rak_json_int(const rak_json *value, int64_t *out) {
  if (!is_kind(value, RAK_JSON_NUMBER) || strpbrk(value->text.ptr, ".eE") != NULL) {
    return false;
  }
  errno = 0;
  const long long number = strtoll(value->text.ptr, NULL, 10);
  if (errno != 0) {
    return false;
  }
  *out = number;
  return true;
}

static void write_value(rak_json_writer *writer, const rak_json *value) {
  switch (value->kind) {
    case RAK_JSON_NULL: rak_json_write_null(writer); return;
    case RAK_JSON_BOOL: rak_json_write_bool(writer, value->truth); return;
    case RAK_JSON_NUMBER: rak_json_write_raw(writer, value->text); return;
    case RAK_JSON_STRING: rak_json_write_str(writer, value->text); return;
    case RAK_JSON_ARRAY: rak_json_array(writer); break;
    case RAK_JSON_OBJECT: rak_json_object(writer); break;
  }
  for (const rak_json *child = value->first; child != NULL; child = child->next) {
    if (value->kind == RAK_JSON_OBJECT) {
      rak_json_key_str(writer, child->key);
    }
    write_value(writer, child);
  }
  rak_json_end(writer);
}

rak_str rak_json_text(rak_context *cx, const rak_json *value) {
  rak_json_writer writer = rak_json_writer_of(cx);
  write_value(&writer, value);
  return rak_json_written(&writer);
}
