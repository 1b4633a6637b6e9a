/** What is said: one content is one turn of the conversation, made of parts. */
#ifndef RAK_CONTENT_H
#define RAK_CONTENT_H

#include <rak/base.h>

RAK_BEGIN

/** What a part is, and with that which member of its union holds it. */
typedef enum rak_part_kind {
  /** Text to show: `text`. */
  RAK_PART_TEXT,
  /** The model's reasoning, shown apart and never an answer: `text`. */
  RAK_PART_THOUGHT,
  /** Bytes that travel with the message: `blob`. */
  RAK_PART_BLOB,
  /** Bytes that are somewhere else: `file`. */
  RAK_PART_FILE,
  /** A tool that the model wants called: `call`. */
  RAK_PART_CALL,
  /** What the tool answered: `response`. */
  RAK_PART_RESPONSE,
  /** Anything the agent and its client agree on: `other`. */
  RAK_PART_OTHER,
} rak_part_kind;

/** Bytes and what they are. */
typedef struct rak_blob {
  /** For example `image/png`. */
  rak_str mime_type;
  rak_bytes data;
} rak_blob;

/** Where bytes are. */
typedef struct rak_file {
  /** For example `image/png`; optional. */
  rak_str mime_type;
  rak_str uri;
} rak_file;

/** A tool that the model wants called. */
typedef struct rak_call {
  /** Pairs the call with its response. */
  rak_str id;
  /** The tool. */
  rak_str name;
  /** Its arguments, a JSON text in the tool's own shape. */
  rak_str args;
} rak_call;

/** What a tool answered. */
typedef struct rak_response {
  /** The id of the call. */
  rak_str id;
  /** The tool. */
  rak_str name;
  /** The answer, a JSON text in the tool's own shape. */
  rak_str response;
  /** Whether the answer is an error. */
  bool failed;
} rak_response;

/** A named JSON text: anything the agent and its client agree on. */
typedef struct rak_custom {
  rak_str name;
  rak_str value;
} rak_custom;

/** One piece of a content. */
typedef struct rak_part {
  rak_part_kind kind;
  union {
    rak_str text;
    rak_blob blob;
    rak_file file;
    rak_call call;
    rak_response response;
    rak_custom other;
  };
} rak_part;

/** One turn of the conversation. */
typedef struct rak_content {
  /** Who speaks: `user`, `model` (the agent), `function` (the answer of a tool) or `system`. No role is `model`. */
  rak_str role;
  /** What is said, in order. */
  const rak_part *parts;
  size_t part_count;
} rak_content;

#ifndef __cplusplus
/** The parts of a content that is written down: `(rak_content){.parts = …}` with both members set. */
#define RAK_PARTS(...)                              \
  .parts = (const rak_part[]){__VA_ARGS__},         \
  .part_count = sizeof((const rak_part[]){__VA_ARGS__}) / sizeof(rak_part)
#endif

/** The bytes of a text, of the type `text/plain; charset=utf-8`. It is not copied. */
rak_blob rak_text_blob(rak_str text);

/** The bytes as a text. It is not copied. */
rak_str rak_blob_text(const rak_blob *blob);

/** A part of text. */
rak_part rak_text_part(rak_str text);

/** A turn of the agent with one part of text. It lives in the arena. */
rak_content rak_model_says(rak_context *cx, rak_str text);

/** A turn of the user with one part of text. It lives in the arena. */
rak_content rak_user_says(rak_context *cx, rak_str text);

/** All text parts as one text in the arena. Thoughts are not part of it. */
rak_str rak_text(rak_context *cx, const rak_content *content);

RAK_END

#endif
