/* Reading JSON (RFC 8259) into a tree in the arena. */

#include <string.h>

#include "context.h"

/* As deep as the host reads JSON. It also bounds the recursion below. */
#define MAX_DEPTH 128

typedef struct reader {
  rak_context *cx;
  rak_str text;
  size_t at;
  int depth;
} reader;

static rak_status read_value(reader *r, rak_json *value);

static rak_status wrong(reader *r, const char *what) {
  return rak_fail(r->cx, RAK_INVALID_ARGUMENT, "this is not JSON: %s at byte %zu", what, r->at);
}

/* The next byte, or 0 at the end; a zero byte inside is nothing that JSON allows. */
static char peek(const reader *r) {
  return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static bool take(reader *r, char byte) {
  if (peek(r) != byte || byte == '\0') {
    return false;
  }
  r->at++;
  return true;
}

static void skip_space(reader *r) {
  while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r') {
    r->at++;
  }
}

static bool take_word(reader *r, const char *word) {
  const rak_str rest = {r->text.ptr + r->at, r->text.len - r->at};
  const rak_str expected = rak_str_of(word);
  if (!rak_starts_with(rest, expected)) {
    return false;
  }
  r->at += expected.len;
  return true;
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool skip_digits(reader *r) {
  const size_t start = r->at;
  while (is_digit(peek(r))) {
    r->at++;
  }
  return r->at > start;
}

static rak_status read_number(reader *r, rak_json *value) {
  const size_t start = r->at;
  take(r, '-');
  if (!take(r, '0') && !skip_digits(r)) {
    return wrong(r, "a value is expected");
  }
  if (take(r, '.') && !skip_digits(r)) {
    return wrong(r, "a digit is expected");
  }
  if (take(r, 'e') || take(r, 'E')) {
    if (!take(r, '+')) {
      take(r, '-');
    }
    if (!skip_digits(r)) {
      return wrong(r, "a digit is expected");
    }
  }
  value->kind = RAK_JSON_NUMBER;
  value->text = rak_copy(r->cx, (rak_str){r->text.ptr + start, r->at - start});
  return RAK_OK;
}

static rak_status read_hex4(reader *r, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, r->at++) {
    static const char digits[] = "0123456789abcdef";
    const char byte = peek(r);
    const char lower = byte >= 'A' && byte <= 'F' ? (char)(byte - 'A' + 'a') : byte;
    const char *found = lower == '\0' ? NULL : strchr(digits, lower);
    if (found == NULL) {
      return wrong(r, "four hexadecimal digits are expected");
    }
    *unit = *unit << 4 | (uint32_t)(found - digits);
  }
  return RAK_OK;
}

static void append_character(rak_builder *out, uint32_t c) {
  char bytes[4];
  size_t len = 0;
  if (c < 0x80) {
    bytes[len++] = (char)c;
  } else {
    const int following = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    bytes[len++] = (char)(leads[following] | c >> (6 * following));
    for (int i = following - 1; i >= 0; i--) {
      bytes[len++] = (char)(0x80 | (c >> (6 * i) & 0x3F));
    }
  }
  rak_append(out, (rak_str){bytes, len});
}

/* What stands after `\u`: one unit of UTF-16, or two that are one character. */
static rak_status read_unicode(reader *r, rak_builder *out) {
  uint32_t unit, low;
  RAK_TRY(read_hex4(r, &unit));
  if (unit >= 0xD800 && unit < 0xDC00) {
    if (!take(r, '\\') || !take(r, 'u')) {
      return wrong(r, "the second half of a surrogate pair is expected");
    }
    RAK_TRY(read_hex4(r, &low));
    if (low < 0xDC00 || low > 0xDFFF) {
      return wrong(r, "that is not the second half of a surrogate pair");
    }
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
    return wrong(r, "that is the second half of a surrogate pair without the first");
  }
  append_character(out, unit);
  return RAK_OK;
}

static rak_status read_escape(reader *r, rak_builder *out) {
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  if (take(r, 'u')) {
    return read_unicode(r, out);
  }
  const char *found = peek(r) == '\0' ? NULL : strchr(names, peek(r));
  if (found == NULL) {
    return wrong(r, "that is no escape");
  }
  r->at++;
  rak_append(out, (rak_str){&values[found - names], 1});
  return RAK_OK;
}

static rak_status read_string(reader *r, rak_str *string) {
  rak_builder out = rak_builder_of(r->cx);
  r->at++;
  for (;;) {
    const size_t start = r->at;
    while (r->at < r->text.len && (unsigned char)peek(r) >= 0x20 && peek(r) != '"' && peek(r) != '\\') {
      r->at++;
    }
    rak_append(&out, (rak_str){r->text.ptr + start, r->at - start});
    if (take(r, '"')) {
      *string = rak_built(&out);
      return RAK_OK;
    }
    if (!take(r, '\\')) {
      return wrong(r, r->at < r->text.len ? "a control character has to be escaped" : "a string does not end");
    }
    RAK_TRY(read_escape(r, &out));
  }
}

static rak_status read_key(reader *r, rak_str *key) {
  skip_space(r);
  if (peek(r) != '"') {
    return wrong(r, "a key in quotes is expected");
  }
  RAK_TRY(read_string(r, key));
  skip_space(r);
  return take(r, ':') ? RAK_OK : wrong(r, "a colon is expected");
}

static rak_status read_children(reader *r, rak_json *parent, char close) {
  rak_json **next = &parent->first;
  r->at++;
  skip_space(r);
  if (take(r, close)) {
    return RAK_OK;
  }
  do {
    rak_json *child = rak_alloc(r->cx, sizeof *child);
    *next = child;
    next = &child->next;
    if (parent->kind == RAK_JSON_OBJECT) {
      RAK_TRY(read_key(r, &child->key));
    }
    RAK_TRY(read_value(r, child));
    skip_space(r);
  } while (take(r, ','));
  return take(r, close) ? RAK_OK : wrong(r, "a comma or the end is expected");
}

static rak_status read_parent(reader *r, rak_json *value) {
  const bool is_object = peek(r) == '{';
  if (r->depth == MAX_DEPTH) {
    return wrong(r, "this is too deep");
  }
  r->depth++;
  value->kind = is_object ? RAK_JSON_OBJECT : RAK_JSON_ARRAY;
  RAK_TRY(read_children(r, value, is_object ? '}' : ']'));
  r->depth--;
  return RAK_OK;
}

static rak_status read_value(reader *r, rak_json *value) {
  skip_space(r);
  switch (peek(r)) {
    case '{':
    case '[':
      return read_parent(r, value);
    case '"':
      value->kind = RAK_JSON_STRING;
      return read_string(r, &value->text);
    default:
      break;
  }
  if (take_word(r, "null")) {
    return RAK_OK;
  }
  value->truth = take_word(r, "true");
  if (value->truth || take_word(r, "false")) {
    value->kind = RAK_JSON_BOOL;
    return RAK_OK;
  }
  return read_number(r, value);
}

rak_status rak_json_parse(rak_context *cx, rak_str text, const rak_json **value) {
  reader r = {.cx = cx, .text = text};
  rak_json *root = rak_alloc(cx, sizeof *root);
  RAK_TRY(read_value(&r, root));
  skip_space(&r);
  if (r.at != text.len) {
    return wrong(&r, "something follows the value");
  }
  *value = root;
  return RAK_OK;
}
