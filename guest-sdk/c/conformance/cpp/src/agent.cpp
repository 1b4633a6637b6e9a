// Does what the specification says.

#include <charconv>
#include <utility>

#include "behaviours.hpp"

static constexpr std::pair<std::string_view, Behaviour*> behaviours[] = {
    {"echo", echo},           {"answer", answer},       {"nothing", nothing},
    {"parts", parts},         {"kinds", kinds},         {"events", events},
    {"progress", progress},   {"outcome", outcome},     {"bytes", bytes},
    {"text-size", text_size}, {"data-size", data_size},

    {"fail", fail},           {"throw", throw_it},      {"overflow", overflow},
    {"memory", memory},       {"output", output},

    {"set", set},             {"get", get},             {"remove", remove_it},
    {"keys", keys},           {"history", history},     {"pages", pages},

    {"context", context},     {"config", config},       {"config-keys", config_keys},
    {"remaining", remaining},

    {"sleep", sleep_for},     {"any", any},             {"timeout", timeout},
    {"block", block},         {"loop", loop},           {"wait", wait_long},
    {"poll", poll_often},

    {"approve", approve},     {"ask", ask},             {"message", message},
    {"expired", expired},

    {"log", log_lines},       {"print", print},         {"time", time_now},
    {"random", random_bytes},
};

rak::Result<std::uint64_t> Call::number() const {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), number);
  if (error != std::errc() || end != argument.data() + argument.size()) {
    return rak::Failure::invalid_argument("`" + std::string(argument) + "` is not a whole number");
  }
  return number;
}

static Answer run(rak::Context& cx, const rak::Content& input) {
  const auto* first = input.parts.empty() ? nullptr : std::get_if<rak::Text>(&input.parts.front());
  const std::string_view text = first ? std::string_view(first->text) : std::string_view();
  const std::string_view name = text.substr(0, text.find(' '));
  const std::string_view argument = name.size() == text.size() ? "" : text.substr(name.size() + 1);
  for (const auto& [known, behaviour] : behaviours) {
    if (known == name) return behaviour(cx, {input, argument});
  }
  return rak::Failure::invalid_argument("no behaviour is called " + std::string(name));
}

RAK_AGENT(
  .name = "conformance",
  .description = "Does what the specification says.",
  .version = "1.2.3",
  .skills = {{
    .id = "conform",
    .name = "Conform",
    .description = "Runs one behaviour.",
    .tags = {"test", "contract"},
    .examples = {"echo hello"},
  }},
  .input_schema = rak::Json::object({{"type", "string"}}),
  .extra = rak::Json::object({{"language", "cpp"}}),
  .run = run,
);
