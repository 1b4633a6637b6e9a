// Models of the fake host, for C++.

#include <algorithm>

#include "convert.hpp"
#include "fake.hpp"

namespace rak {

using detail::Given;
using detail::keep_in;
using detail::to_c;
using detail::to_cpp;

namespace {

std::vector<Content> contents_of(const rak_content* contents, std::size_t count) {
  std::vector<Content> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(to_cpp(contents[i]));
  return all;
}

ModelOptions options_of(const rak_model_options& options) {
  ModelOptions out{
      .model = detail::to_cpp_optional(options.model),
      .system = detail::to_cpp_optional(options.system),
      .tools = {},
      .tool_mode = static_cast<ToolMode>(options.tool_mode),
      .tool_name = to_cpp(options.tool_name),
      .stop = to_cpp(options.stop),
      .response_schema = detail::to_cpp_optional_json(options.response_schema),
      .relay = static_cast<Relay>(options.relay),
      .extra = detail::to_cpp_optional_json(options.extra),
  };
  for (std::size_t i = 0; i < options.tool_count; ++i) {
    const rak_model_tool& tool = options.tools[i];
    out.tools.push_back({to_cpp(tool.name), to_cpp(tool.description), detail::to_cpp_json(tool.parameters)});
  }
  if (options.max_output_tokens) out.max_output_tokens = options.max_output_tokens;
  if (options.temperature) out.temperature = *options.temperature;
  return out;
}

// One delta of each kind.
struct DeltaToC {
  rak_context* raw;
  rak_delta delta = {};

  void operator()(const TextDelta& text) {
    delta.kind = RAK_DELTA_TEXT;
    delta.text = to_c(text.text);
  }
  void operator()(const ThoughtDelta& thought) {
    delta.kind = RAK_DELTA_THOUGHT;
    delta.text = to_c(thought.text);
  }
  void operator()(const FunctionCall& call) {
    delta.kind = RAK_DELTA_CALL;
    delta.call = {to_c(call.id), to_c(call.name), to_c(raw, call.args)};
  }
  void operator()(const Json& other) {
    delta.kind = RAK_DELTA_OTHER;
    delta.other = to_c(raw, other);
  }
};

// It points into the answer.
rak_model_answer answer_of(rak_context* raw, const ModelAnswer& answer) {
  auto* deltas = static_cast<rak_delta*>(rak_alloc_array(raw, answer.deltas.size(), sizeof(rak_delta)));
  for (std::size_t i = 0; i < answer.deltas.size(); ++i) {
    DeltaToC convert{raw};
    std::visit(convert, answer.deltas[i]);
    deltas[i] = convert.delta;
  }
  rak_model_answer out = {
      .text = answer.text ? answer.text->c_str() : nullptr,
      .parts = to_c(raw, answer.parts),
      .part_count = answer.parts.size(),
      .finish = answer.finish ? answer.finish->c_str() : nullptr,
      .usage = {answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cached_tokens,
                answer.usage.thought_tokens, answer.usage.extra ? to_c(raw, *answer.usage.extra) : rak_str{}},
      .extra = answer.extra ? to_c(raw, *answer.extra).ptr : nullptr,
      .deltas = deltas,
      .delta_count = answer.deltas.size(),
      .failure = nullptr,
      .takes_ms = to_millis(answer.takes),
  };
  if (answer.failure) {
    auto* failure = static_cast<rak_failure*>(rak_alloc(raw, sizeof(rak_failure)));
    *failure = rak_failure_of(raw, to_c(raw, *answer.failure));
    out.failure = failure;
  }
  return out;
}

rak_status ask_the_model(rak_context* raw, const rak_content* contents, std::size_t count,
                         const rak_model_options* options, rak_model_answer* answer, void* data) {
  // It lasts until the host has copied it.
  static std::optional<Result<ModelAnswer>> given;
  given.emplace(static_cast<const FakeModel*>(data)->answer(contents_of(contents, count), options_of(*options)));
  if (!*given) return to_c(raw, given->failure());
  *answer = answer_of(raw, **given);
  return RAK_OK;
}

rak_status embed_with_the_model(rak_context* raw, rak_strs texts, rak_vector* vectors, void* data) {
  const Result<std::vector<std::vector<float>>> given = static_cast<const FakeModel*>(data)->embed(to_cpp(texts));
  if (!given) return to_c(raw, given.failure());
  if (given->size() != texts.count) rak_panic("there are %zu vectors of %zu texts", given->size(), texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) {
    const std::vector<float>& vector = (*given)[i];
    auto* items = static_cast<float*>(rak_alloc_array(raw, vector.size(), sizeof(float)));
    std::copy(vector.begin(), vector.end(), items);
    vectors[i] = {items, vector.size()};
  }
  return RAK_OK;
}

}  // namespace

CalledModel detail::to_cpp(const rak_test_model_call& call) {
  return {to_cpp(call.model), contents_of(call.contents, call.content_count), options_of(call.options), call.cancelled};
}

EmbeddedTexts detail::to_cpp(const rak_test_embed_call& call) { return {to_cpp(call.model), to_cpp(call.texts)}; }

FakeHost& FakeHost::model(const FakeModel& model) {
  const std::string extra = model.extra ? model.extra->dump() : "";
  const rak_test_model raw = {
      .name = model.name.c_str(),
      .description = model.description.c_str(),
      .extra = model.extra ? extra.c_str() : nullptr,
      .run = model.answer ? ask_the_model : nullptr,
      .embed = model.embed ? embed_with_the_model : nullptr,
      .data = keep_in(raw_, model),
  };
  rak_fake_model(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::model_answers(const std::string& name, const ModelAnswer& answer) {
  const Given given;
  const rak_model_answer raw = answer_of(given, answer);
  rak_fake_model_answers(raw_, name.c_str(), &raw);
  return *this;
}

}  // namespace rak
