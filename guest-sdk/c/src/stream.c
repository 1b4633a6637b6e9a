/* An answer that the client sees while it is being written. */

#include <stdarg.h>

#include "context.h"

rak_stream rak_stream_of(rak_context *cx) {
  return (rak_stream){.whole = rak_builder_of(cx)};
}

rak_status rak_stream_write(rak_stream *stream, rak_str text) {
  rak_append(&stream->whole, text);
  const rak_str whole = rak_built(&stream->whole);
  const rak_str unsent = {whole.ptr + stream->sent, whole.len - stream->sent};
  const rak_str complete = {unsent.ptr, unsent.len - rak_utf8_incomplete(unsent)};
  if (complete.len == 0) {
    return RAK_OK;
  }
  RAK_TRY(rak_text_delta(stream->whole.cx, complete));
  stream->sent += complete.len;
  return RAK_OK;
}

rak_status rak_stream_printf(rak_stream *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const rak_str text = rak_vprintf(stream->whole.cx, format, arguments);
  va_end(arguments);
  return rak_stream_write(stream, text);
}

rak_str rak_streamed(const rak_stream *stream) {
  return rak_built(&stream->whole);
}

rak_status rak_stream_answer(rak_stream *stream) {
  return rak_answer_str(stream->whole.cx, rak_streamed(stream));
}
