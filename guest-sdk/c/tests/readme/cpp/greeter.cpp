#include <rak.hpp>

using namespace std::chrono_literals;

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view input) {
  const std::string name(rak::trim(input));
  if (name.empty()) {
    return rak::Failure::invalid_argument("send your name, for example `Ada`");
  }

  // State: `greetings` alone would be this session's.
  const int times = RAK_TRY(cx.session().get<int>("user:greetings")).value_or(0) + 1;
  RAK_TRY(cx.session().set("user:greetings", times));

  // What the client sees while the agent works.
  RAK_TRY(cx.events().progress({.message = "thinking of something nice"}));
  cx.sleep(1s);
  RAK_TRY(cx.check_cancelled());

  cx.log().info("greeted", {{"times", std::to_string(times)}});
  return "Hello, " + name + "! That makes " + std::to_string(times) + ".";
}

RAK_AGENT(
  .name = "greeter",
  .description = "Greets people and remembers how often.",
  .version = "0.1.0",
  .skills = {{.id = "greet", .name = "Greet", .examples = {"Ada", "Grace"}}},
  .run = run,
);
