// Does what the specification says.

#include <charconv>

#include "behaviours.hpp"

using rak::Json;

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

    {"agents", agents},       {"call", call_agent},     {"call-in", call_in},
    {"call-fails", call_fails}, {"fan", fan},           {"race", race},
    {"drop", drop},           {"detach", detach},

    {"tools", tools},         {"hints", hints},         {"tool", tool},
    {"tool-fails", tool_fails}, {"tool-all", tool_all}, {"tool-start", tool_start},

    {"models", models},       {"complete", complete},   {"relay", relay},
    {"deltas", deltas},       {"drop-model", drop_model}, {"function", function},
    {"structured", structured}, {"model-fails", model_fails}, {"embed", embed},

    {"http", http}, {"http-send", http_send}, {"http-header", http_header},
    {"http-stays", http_stays}, {"http-secret", http_secret}, {"http-stream", http_stream},
    {"http-two", http_two}, {"http-drop", http_drop}, {"http-fails", http_fails},

    {"artifact", artifact}, {"artifact-load", artifact_load}, {"artifact-version", artifact_version},
    {"artifact-bytes", artifact_bytes}, {"artifact-pieces", artifact_pieces}, {"artifacts", artifacts},
    {"artifact-versions", artifact_versions}, {"artifact-remove", artifact_remove}, {"artifact-fails", artifact_fails},

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

std::pair<std::string_view, std::string_view> cut(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos) return {text, ""};
  return {text.substr(0, space), text.substr(space + 1)};
}

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

std::string kind_and_code(const rak::Failure& failure) {
  return std::string(rak::name_of(failure.kind)) + " " + failure.code.value_or("-");
}

static Answer run(rak::Context& cx, const rak::Content& input) {
  const auto* first = input.parts.empty() ? nullptr : std::get_if<rak::Text>(&input.parts.front());
  const std::string_view text = first ? std::string_view(first->text) : std::string_view();
  const auto [name, argument] = cut(text);
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
  .input_schema = Json::object({{"type", "string"}}),
  .extra = Json::object({{"language", "cpp"}}),
  .run = run,
);
