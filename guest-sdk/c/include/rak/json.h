/** JSON: reading values, and writing them with everything escaped as it has to be. */
#ifndef RAK_JSON_H
#define RAK_JSON_H

#include <rak/text.h>

RAK_BEGIN

typedef enum rak_json_kind {
  RAK_JSON_NULL,
  RAK_JSON_BOOL,
  RAK_JSON_NUMBER,
  RAK_JSON_STRING,
  RAK_JSON_ARRAY,
  RAK_JSON_OBJECT,
} rak_json_kind;

/** A value that was read. Values form a tree: the children of an array or object hang together by `next`. */
typedef struct rak_json {
  rak_json_kind kind;
  /** What a bool is. */
  bool truth;
  /** What a string says, or a number as it was written. */
  rak_str text;
  /** The key of a member of an object. */
  rak_str key;
  /** The first child of an array or object, or NULL. */
  struct rak_json *first;
  /** The next child of the same parent, or NULL. */
  struct rak_json *next;
} rak_json;

/**
 * Reads one value that is all of the text. RAK_INVALID_ARGUMENT, with where, for what is no JSON or deeper than 128 levels.
 * Of members with the same key the last one counts.
 */
rak_status rak_json_parse(rak_context *cx, rak_str text, const rak_json **value);

/** The member of an object with this key; NULL where there is none, and for everything but an object. NULL has no members. */
const rak_json *rak_json_get(const rak_json *object, const char *key);

/** How many children an array or object has; 0 for everything else. */
size_t rak_json_count(const rak_json *value);

/** Reads a value of this sort; false, and `out` untouched, for everything else and for NULL. */
bool rak_json_str(const rak_json *value, rak_str *out);
bool rak_json_bool(const rak_json *value, bool *out);
bool rak_json_double(const rak_json *value, double *out);
/** A number without fraction or exponent that fits. */
bool rak_json_int(const rak_json *value, int64_t *out);

/** A value as compact JSON in the arena. Numbers are as they were written. */
rak_str rak_json_text(rak_context *cx, const rak_json *value);

/** A string as JSON, with the quotes, in the arena. */
rak_str rak_json_quote(rak_context *cx, rak_str text);

/**
 * Writes JSON, commas included:
 *
 *     rak_json_writer w = rak_json_writer_of(cx);
 *     rak_json_object(&w);
 *     rak_json_key(&w, "size");
 *     rak_json_write_int(&w, 12);
 *     rak_json_end(&w);
 *     rak_str json = rak_json_written(&w);
 *
 * Misuse, as a value without key in an object, is a mistake in the agent and panics.
 */
typedef struct rak_json_writer {
  rak_builder out;
  /** One letter each open array or object: what may come next in it. */
  rak_builder open;
} rak_json_writer;

rak_json_writer rak_json_writer_of(rak_context *cx);

/** Opens an object or an array, and closes the innermost one. */
void rak_json_object(rak_json_writer *writer);
void rak_json_array(rak_json_writer *writer);
void rak_json_end(rak_json_writer *writer);

/** Says which member of the object comes next. */
void rak_json_key(rak_json_writer *writer, const char *key);
void rak_json_key_str(rak_json_writer *writer, rak_str key);

/** Writes a value. A number that is not finite becomes null, for which JSON has no other word. */
void rak_json_write_str(rak_json_writer *writer, rak_str value);
void rak_json_write_int(rak_json_writer *writer, int64_t value);
void rak_json_write_double(rak_json_writer *writer, double value);
void rak_json_write_bool(rak_json_writer *writer, bool value);
void rak_json_write_null(rak_json_writer *writer);
/** Writes a value that is a JSON text already. */
void rak_json_write_raw(rak_json_writer *writer, rak_str json);

/** What was written. Everything that was opened has to be closed. */
rak_str rak_json_written(const rak_json_writer *writer);

RAK_END

#endif
