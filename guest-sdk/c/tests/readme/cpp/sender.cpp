#include <rak.hpp>

using namespace std::chrono_literals;

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view item) {
  const auto asked = cx.people().approve("Send it?", item, 72h);
  if (!asked && asked.failure().is_expired()) return "Nobody decided, so nothing was sent.";
  const rak::Decision decision = RAK_TRY(asked);
  if (!decision.approved) return "Not sent: " + decision.reason.value_or("no reason");

  const rak::Json schema = rak::Json::object({{"type", "integer"}, {"minimum", 1}});
  const int copies = RAK_TRY(cx.people().ask<int>("How many copies?", schema));
  return "Sent " + std::string(item) + " " + std::to_string(copies) + " times.";
}

RAK_AGENT(.name = "sender", .description = "Sends things, where it may.", .version = "0.1.0", .run = run);
