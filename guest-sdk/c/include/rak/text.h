/** Making and looking at texts. */
#ifndef RAK_TEXT_H
#define RAK_TEXT_H

#include <stdarg.h>

#include <rak/base.h>

RAK_BEGIN

/** The text of a C string, which is not copied. NULL is no text. */
rak_str rak_str_of(const char *text);

/** A copy in the arena, with a zero byte after it. No text stays no text. */
rak_str rak_copy(rak_context *cx, rak_str text);

/** As sprintf, into the arena. */
rak_str rak_printf(rak_context *cx, const char *format, ...) RAK_PRINTF(2, 3);

/** As rak_printf. */
rak_str rak_vprintf(rak_context *cx, const char *format, va_list arguments) RAK_PRINTF(2, 0);

/** Whether both have the same bytes. */
bool rak_equal(rak_str a, rak_str b);

/** Whether the text is this C string. */
bool rak_is(rak_str text, const char *other);

/** Whether the text begins with this. */
bool rak_starts_with(rak_str text, rak_str prefix);

/** The text without the white space around it, in the arena. */
rak_str rak_trim(rak_context *cx, rak_str text);

/** The texts, one after the other, with `between` between them, in the arena. */
rak_str rak_join(rak_context *cx, rak_strs texts, rak_str between);

/**
 * Cuts the text at the first `separator`: `head` is what stands before it, and `tail` what stands after it. Without one
 * the head is everything, the tail is empty, and the answer is false. They are slices of `text`, with no zero byte after
 * them: print them with RAK_ARG, or rak_copy them.
 */
bool rak_cut(rak_str text, char separator, rak_str *head, rak_str *tail);

/**
 * Takes the next piece off `rest`: all up to and including the next space. False at the end. Made for streaming:
 *
 *     for (rak_str word, rest = answer; rak_next_word(&rest, &word);) …
 */
bool rak_next_word(rak_str *rest, rak_str *word);

/** Reads a whole number in decimal that is all of the text; false where it is something else or too large. */
bool rak_parse_u64(rak_str text, uint64_t *number);

/** A text that grows in the arena. Begin with `{0}` and set `cx`, or use rak_builder_of. */
typedef struct rak_builder {
  rak_context *cx;
  char *ptr;
  size_t len;
  size_t capacity;
} rak_builder;

/** An empty text that grows in the arena. */
rak_builder rak_builder_of(rak_context *cx);

/** Adds a text at the end. */
void rak_append(rak_builder *builder, rak_str text);

/** Adds a C string at the end. */
void rak_append_c(rak_builder *builder, const char *text);

/** Adds what printf would print at the end. */
void rak_appendf(rak_builder *builder, const char *format, ...) RAK_PRINTF(2, 3);

/** What was built so far; it is valid until the next thing is added. */
rak_str rak_built(const rak_builder *builder);

RAK_END

#endif
