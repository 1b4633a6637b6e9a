#include <rak.h>

static rak_status run(rak_context *cx, const rak_content *input) {
  rak_stream out = rak_stream_of(cx);
  RAK_TRY(rak_stream_printf(&out, "Hello, "));
  RAK_TRY(rak_stream_write(&out, rak_text(cx, input)));
  return rak_stream_answer(&out);
}

RAK_AGENT(
  .name = "greeter",
  .description = "Greets people.",
  .version = "0.1.0",
  .skills = RAK_SKILLS({
    .id = "greet",
    .name = "Greet",
    .description = "Greets whoever is named.",
    .examples = RAK_WORDS("Ada", "Grace"),
  }),
  .input_schema = "{\"type\":\"string\"}",
  .run = run,
);
