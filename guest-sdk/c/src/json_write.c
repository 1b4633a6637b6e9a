/* Writing JSON. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"

/* What may come next in an array or object that is open. */
enum { FIRST_KEY = 'k', NEXT_KEY = 'K', MEMBER = 'v', FIRST_ITEM = 'i', NEXT_ITEM = 'I' };

static void write_quoted(rak_builder *out, rak_str text) {
  static const char escaped[] = "\b\f\n\r\t";
  static const char names[] = "bfnrt";
  rak_append_c(out, "\"");
  size_t start = 0;
  for (size_t i = 0; i < text.len; i++) {
    const unsigned char byte = (unsigned char)text.ptr[i];
    if (byte >= 0x20 && byte != '"' && byte != '\\') {
      continue;
    }
    rak_append(out, (rak_str){text.ptr + start, i - start});
    start = i + 1;
    size_t name = 0;
    while (escaped[name] != '\0' && escaped[name] != (char)byte) {
      name++;
    }
    if (names[name] != '\0') {
      rak_appendf(out, "\\%c", names[name]);
    } else if (byte < 0x20) {
      rak_appendf(out, "\\u%04x", byte);
    } else {
      rak_appendf(out, "\\%c", byte);
    }
  }
  rak_append(out, (rak_str){text.ptr + start, text.len - start});
  rak_append_c(out, "\"");
}

rak_str rak_json_quote(rak_context *cx, rak_str text) {
  rak_builder out = rak_builder_of(cx);
  write_quoted(&out, rak_utf8(cx, text));
  return rak_built(&out);
}

rak_json_writer rak_json_writer_of(rak_context *cx) {
  return (rak_json_writer){.out = rak_builder_of(cx), .open = rak_builder_of(cx)};
}

/* The innermost array or object; NULL where none is open. */
static char *innermost(rak_json_writer *writer) {
  return writer->open.len == 0 ? NULL : &writer->open.ptr[writer->open.len - 1];
}

/* Goes on to the next value, with the comma before it where there has to be one. */
static void begin_value(rak_json_writer *writer) {
  char *state = innermost(writer);
  if (state == NULL) {
    if (writer->out.len > 0) {
      rak_panic("a JSON text is one value");
    }
  } else if (*state == FIRST_KEY || *state == NEXT_KEY) {
    rak_panic("a member of a JSON object has a key");
  } else if (*state == MEMBER) {
    *state = NEXT_KEY;
  } else {
    if (*state == NEXT_ITEM) {
      rak_append_c(&writer->out, ",");
    }
    *state = NEXT_ITEM;
  }
}

static void open_parent(rak_json_writer *writer, const char *bracket, char state) {
  begin_value(writer);
  rak_append_c(&writer->out, bracket);
  rak_append(&writer->open, (rak_str){&state, 1});
}

void rak_json_object(rak_json_writer *writer) {
  open_parent(writer, "{", FIRST_KEY);
}

void rak_json_array(rak_json_writer *writer) {
  open_parent(writer, "[", FIRST_ITEM);
}

void rak_json_end(rak_json_writer *writer) {
  const char *state = innermost(writer);
  if (state == NULL || *state == MEMBER) {
    rak_panic("nothing of the JSON text can be closed here");
  }
  rak_append_c(&writer->out, *state == FIRST_KEY || *state == NEXT_KEY ? "}" : "]");
  writer->open.len--;
}

void rak_json_key_str(rak_json_writer *writer, rak_str key) {
  char *state = innermost(writer);
  if (state == NULL || (*state != FIRST_KEY && *state != NEXT_KEY)) {
    rak_panic("a key stands in a JSON object, once before each value");
  }
  if (*state == NEXT_KEY) {
    rak_append_c(&writer->out, ",");
  }
  *state = MEMBER;
  write_quoted(&writer->out, rak_utf8(writer->out.cx, key));
  rak_append_c(&writer->out, ":");
}

void rak_json_key(rak_json_writer *writer, const char *key) {
  rak_json_key_str(writer, rak_str_of(key));
}

void rak_json_write_raw(rak_json_writer *writer, rak_str json) {
  begin_value(writer);
  rak_append(&writer->out, json);
}

void rak_json_write_str(rak_json_writer *writer, rak_str value) {
  begin_value(writer);
  write_quoted(&writer->out, rak_utf8(writer->out.cx, value));
}

void rak_json_write_int(rak_json_writer *writer, int64_t value) {
  begin_value(writer);
  rak_appendf(&writer->out, "%lld", (long long)value);
}

void rak_json_write_double(rak_json_writer *writer, double value) {
  if (!isfinite(value)) {
    rak_json_write_null(writer);
    return;
  }
  /* The fewest digits that read back as the same number; 17 are always enough. */
  char text[32];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) {
      break;
    }
  }
  /* A whole number with a point stays a number of this sort when it is read again. */
  if (strpbrk(text, ".e") == NULL) {
    strcat(text, ".0");
  }
  rak_json_write_raw(writer, rak_str_of(text));
}

void rak_json_write_bool(rak_json_writer *writer, bool value) {
  rak_json_write_raw(writer, value ? RAK_STR("true") : RAK_STR("false"));
}

void rak_json_write_null(rak_json_writer *writer) {
  rak_json_write_raw(writer, RAK_STR("null"));
}

rak_str rak_json_written(const rak_json_writer *writer) {
  if (writer->open.len > 0) {
    rak_panic("a JSON array or object is not closed");
  }
  return rak_built(&writer->out);
}
