// Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do.

#include <rak.hpp>

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view name) {
  const std::string answer = "Hello, " + std::string(name) + "!";
  rak::Stream out = cx.stream();
  for (const std::string_view word : rak::words(answer)) {
    out << word;
  }
  return out.answer();
}

RAK_AGENT(.name = "greeter", .description = "Greets whoever writes.", .version = "0.1.0", .run = run);
