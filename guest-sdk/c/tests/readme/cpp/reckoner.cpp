#include <rak.hpp>

using namespace std::chrono_literals;

static rak::Result<rak::Outcome> run(rak::Context& cx, std::string_view sum) {
  const rak::Json args = rak::Json::object({{"expression", sum}});
  const rak::FunctionResponse answer = RAK_TRY(cx.tools().call("calculator", args, {.timeout = 5s}));
  if (answer.failed) return rak::Failure::invalid_argument("this is no sum: " + answer.response.dump());
  return std::string(sum) + " is " + answer.response.dump();
}

RAK_AGENT(.name = "reckoner", .description = "Reckons.", .version = "0.1.0", .run = run);
