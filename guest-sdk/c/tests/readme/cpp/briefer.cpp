#include <rak.hpp>

using namespace std::chrono_literals;

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view question) {
  const rak::Child research = RAK_TRY(cx.agents().start("researcher", question));
  const rak::Waitable done = research.done();
  if (cx.wait_any({&done}, 5s).empty()) {
    RAK_TRY(cx.check_cancelled());
    return "That takes too long.";
  }
  const std::string found = RAK_TRY(research.finish()).text();
  return "In short: " + RAK_TRY(cx.agents().call("summarizer", found, {.timeout = 5s})).text();
}

RAK_AGENT(.name = "briefer", .description = "Lets others look, and says it in short.", .version = "0.1.0", .run = run);
