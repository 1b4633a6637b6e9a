/* Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do. */

#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  const rak_str answer = rak_printf(cx, "Hello, %s!", rak_text(cx, input).ptr);
  rak_stream out = rak_stream_of(cx);
  for (rak_str word, rest = answer; rak_next_word(&rest, &word);) {
    RAK_TRY(rak_stream_write(&out, word));
  }
  return rak_stream_answer(&out);
}

RAK_AGENT(.name = "greeter", .description = "Greets whoever writes.", .version = "0.1.0", .run = run);
