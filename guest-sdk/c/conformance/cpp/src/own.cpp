// What C++ has of its own: output, the clock, random bytes.

#include <cstdio>
#include <random>

#include "behaviours.hpp"

Answer log_lines(rak::Context& cx, const Call&) {
  using rak::Level;
  for (const Level level : {Level::trace, Level::debug, Level::info, Level::warning, Level::severe}) {
    cx.log().write(level, "line " + std::string(rak::name_of(level)), {{"k", "v"}});
  }
  return "logged";
}

Answer print(rak::Context&, const Call& call) {
  std::puts(std::string(call.argument).c_str());
  return "printed";
}

Answer time_now(rak::Context&, const Call&) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Answer random_bytes(rak::Context&, const Call&) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device source;
  std::string hex;
  for (int i = 0; i < 16; ++i) {
    const unsigned byte = source() & 0xFF;
    hex += digits[byte >> 4];
    hex += digits[byte & 0xF];
  }
  return hex;
}
