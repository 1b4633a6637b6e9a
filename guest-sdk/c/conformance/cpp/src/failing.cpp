// Failing, in all the ways there are.

#include <cstdio>
#include <vector>

#include "behaviours.hpp"

Answer fail(rak::Context&, const Call& call) {
  const auto kind = rak::failure_kind(call.argument);
  if (!kind) return rak::Failure::invalid_argument("`" + std::string(call.argument) + "` is not a kind of failure");
  return rak::Failure{
      .kind = *kind,
      .code = "E_ASKED",
      .message = "failed as asked",
      .retry_after = std::chrono::milliseconds(1500),
      .details = rak::Json::object({{"asked", true}}),
  };
}

static void thrower(const std::string& text) { rak_panic("%s", text.c_str()); }

Answer throw_it(rak::Context&, const Call& call) {
  thrower(std::string(call.argument));
  return "never";
}

// Never ends: the stack does before the number wraps. Without `volatile` the compiler would make a loop of it.
static int deeper(volatile int& above) {
  volatile int here = above + 1;
  return here < 0 ? 0 : deeper(here) + here;
}

Answer overflow(rak::Context&, const Call&) {
  volatile int start = 0;
  return std::to_string(deeper(start));
}

Answer memory(rak::Context&, const Call&) {
  std::vector<std::string> kept;
  for (;;) kept.emplace_back(1 << 20, 'x');
}

Answer output(rak::Context&, const Call&) {
  for (;;) std::puts("one more line");
}
