/* What the host takes as text is UTF-8, and C strings are anything. */

#include "context.h"

/* U+FFFD, which stands for what cannot be read. */
#define REPLACEMENT RAK_STR("\xEF\xBF\xBD")

static bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/* The bytes of a character that begins with `lead`; 0 where none does. */
static size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

/* Whether `second` may follow `lead`: no surrogates, nothing longer than it has to be, nothing above U+10FFFF. */
static bool may_follow(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return is_continuation(second);
  }
}

/* How many bytes at `text` are a character or, where `*whole` is false, the beginning of one; at least 1. */
static size_t measure(const unsigned char *text, size_t len, bool *whole) {
  const size_t expected = length_of(text[0]);
  size_t seen = 1;
  while (seen < expected && seen < len &&
         (seen == 1 ? may_follow(text[0], text[1]) : is_continuation(text[seen]))) {
    seen++;
  }
  *whole = expected != 0 && seen == expected;
  return seen;
}

static size_t valid_prefix(rak_str text) {
  size_t at = 0;
  bool whole = true;
  while (at < text.len) {
    const size_t len = measure((const unsigned char *)text.ptr + at, text.len - at, &whole);
    if (!whole) {
      return at;
    }
    at += len;
  }
  return at;
}

rak_str rak_utf8(rak_context *cx, rak_str text) {
  size_t valid = valid_prefix(text);
  if (valid == text.len) {
    return text;
  }
  rak_builder out = rak_builder_of(cx);
  while (valid < text.len) {
    bool whole;
    rak_append(&out, (rak_str){text.ptr, valid});
    rak_append(&out, REPLACEMENT);
    const size_t bad = valid + measure((const unsigned char *)text.ptr + valid, text.len - valid, &whole);
    text = (rak_str){text.ptr + bad, text.len - bad};
    valid = valid_prefix(text);
  }
  rak_append(&out, text);
  return rak_built(&out);
}

size_t rak_utf8_incomplete(rak_str text) {
  /* A character has four bytes at most, so its beginning is one of the last three. */
  for (size_t back = 1; back <= 3 && back <= text.len; back++) {
    const unsigned char *lead = (const unsigned char *)text.ptr + text.len - back;
    if (is_continuation(*lead)) {
      continue;
    }
    bool whole;
    return length_of(*lead) > back && measure(lead, back, &whole) == back ? back : 0;
  }
  return 0;
}
