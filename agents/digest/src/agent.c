/*
 * `digest`: SHA-256, CRC-32, size and the first bytes of everything it is sent, whether text or data. It shows how an agent
 * works on bytes, and that C needs no more than the run's arena for it.
 */

#include "crc32.h"
#include "hex.h"
#include "sha256.h"

enum {
  /* How many of the first bytes are shown. */
  SHOWN = 64,
  /* How many bytes are taken between two reports: a few milliseconds of work. */
  CHUNK = 256 * 1024,
};

/* Something to digest. */
typedef struct input {
  /* Its place in the message, from 1. */
  size_t number;
  const char *kind;
  /* Of data; optional. */
  rak_str mime_type;
  rak_bytes bytes;
} input;

typedef struct digests {
  uint8_t sha256[SHA256_SIZE];
  uint32_t crc32;
} digests;

/* What a part holds; false where that is neither text nor data. */
static bool input_of(const rak_part *part, size_t number, input *input) {
  switch (part->kind) {
    case RAK_PART_TEXT:
      *input = (struct input){number, "text", RAK_NO_STR, {(const uint8_t *)part->text.ptr, part->text.len}};
      return true;
    case RAK_PART_BLOB:
      *input = (struct input){number, "data", part->blob.mime_type, part->blob.data};
      return true;
    default:
      return false;
  }
}

static rak_status digest(rak_context *cx, const input *input, digests *out) {
  sha256 state = sha256_begin();
  out->crc32 = 0;
  const size_t total = input->bytes.len;
  for (size_t at = 0; at < total;) {
    const size_t count = total - at < CHUNK ? total - at : CHUNK;
    sha256_add(&state, input->bytes.ptr + at, count);
    out->crc32 = crc32_add(out->crc32, input->bytes.ptr + at, count);
    at += count;
    if (total > CHUNK) {
      /* The only call in the loop: here a cancellation is seen. */
      RAK_TRY(rak_report_at(cx, at, total, "digesting part %zu", input->number));
    }
  }
  sha256_end(&state, out->sha256);
  return RAK_OK;
}

/* The same as the text says, for programs. */
static rak_status emit_digests(rak_context *cx, const input *input, const digests *digests, size_t shown) {
  rak_json_writer w = rak_json_writer_of(cx);
  rak_json_object(&w);
  rak_json_key(&w, "part");
  rak_json_write_int(&w, (int64_t)input->number);
  rak_json_key(&w, "kind");
  rak_json_write_str(&w, rak_str_of(input->kind));
  if (input->mime_type.ptr != NULL) {
    rak_json_key(&w, "mimeType");
    rak_json_write_str(&w, input->mime_type);
  }
  rak_json_key(&w, "size");
  rak_json_write_int(&w, (int64_t)input->bytes.len);
  rak_json_key(&w, "sha256");
  rak_json_write_str(&w, hex_of(cx, digests->sha256, SHA256_SIZE));
  rak_json_key(&w, "crc32");
  rak_json_write_str(&w, rak_printf(cx, "%08x", (unsigned)digests->crc32));
  rak_json_key(&w, "head");
  rak_json_write_str(&w, hex_of(cx, input->bytes.ptr, shown));
  rak_json_end(&w);
  return rak_emit_other(cx, RAK_STR("digest"), rak_json_written(&w));
}

static rak_status digest_part(rak_context *cx, const input *input, rak_stream *out) {
  digests digests;
  const size_t shown = input->bytes.len < SHOWN ? input->bytes.len : SHOWN;
  RAK_TRY(digest(cx, input, &digests));
  RAK_TRY(emit_digests(cx, input, &digests, shown));
  const rak_str between = input->mime_type.ptr == NULL ? RAK_STR("") : RAK_STR(" of type ");
  return rak_stream_printf(out, "part %zu, %s%s%.*s: %zu bytes\nsha256 %s\ncrc32 %08x\n%s", input->number, input->kind,
                           between.ptr, RAK_ARG(input->mime_type), input->bytes.len,
                           hex_of(cx, digests.sha256, SHA256_SIZE).ptr, (unsigned)digests.crc32,
                           hex_dump(cx, input->bytes.ptr, shown).ptr);
}

static rak_status run(rak_context *cx, const rak_content *content) {
  size_t found = 0;
  rak_stream out = rak_stream_of(cx);
  for (size_t i = 0; i < content->part_count; i++) {
    input input;
    if (input_of(&content->parts[i], i + 1, &input)) {
      found++;
      RAK_TRY(digest_part(cx, &input, &out));
    }
  }
  if (found == 0) {
    return rak_fail(cx, RAK_INVALID_ARGUMENT, "send a text, or data inline; a file that lies elsewhere cannot be read");
  }
  return rak_stream_answer(&out);
}

RAK_AGENT(
  .name = "digest",
  .description = "Computes SHA-256, CRC-32 and size of texts and data, and shows their first bytes.",
  .version = "1.0.0",
  .skills = RAK_SKILLS({
    .id = "digest",
    .name = "Digest",
    .description = "Digests every part of text or data that is sent.",
    .tags = RAK_WORDS("demo", "bytes"),
    .examples = RAK_WORDS("hello", "The quick brown fox jumps over the lazy dog"),
  }),
  .run = run,
);
