/** An answer that the client sees while it is being written. */
#ifndef RAK_STREAM_H
#define RAK_STREAM_H

#include <rak/text.h>

RAK_BEGIN

/**
 * Sends what is written to it as text deltas, one each write, and keeps it all:
 *
 *     rak_stream out = rak_stream_of(cx);
 *     RAK_TRY(rak_stream_printf(&out, "Hello, "));
 *     RAK_TRY(rak_stream_write(&out, name));
 *     return rak_stream_answer(&out);
 *
 * A character that is written in two halves is sent with the second.
 */
typedef struct rak_stream {
  rak_builder whole;
  size_t sent;
} rak_stream;

/** A stream that nothing was written to. */
rak_stream rak_stream_of(rak_context *cx);

/** Sends a text. */
rak_status rak_stream_write(rak_stream *stream, rak_str text);

/** Sends what printf would print. */
rak_status rak_stream_printf(rak_stream *stream, const char *format, ...) RAK_PRINTF(2, 3);

/** Everything that was written. */
rak_str rak_streamed(const rak_stream *stream);

/** Makes everything that was written the answer of the run: `return rak_stream_answer(&out);`. */
rak_status rak_stream_answer(rak_stream *stream);

RAK_END

#endif
