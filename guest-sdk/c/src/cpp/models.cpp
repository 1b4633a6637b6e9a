// Asking models.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

namespace {

const rak_content* contents_of(rak_context* raw, std::span<const Content> contents) {
  auto* list = static_cast<rak_content*>(rak_alloc_array(raw, contents.size(), sizeof(rak_content)));
  for (std::size_t i = 0; i < contents.size(); ++i) list[i] = to_c(raw, contents[i]);
  return list;
}

const rak_model_tool* tools_of(rak_context* raw, const std::vector<ModelTool>& tools) {
  auto* list = static_cast<rak_model_tool*>(rak_alloc_array(raw, tools.size(), sizeof(rak_model_tool)));
  for (std::size_t i = 0; i < tools.size(); ++i) {
    list[i] = {to_c(tools[i].name), to_c(tools[i].description), to_c(raw, tools[i].parameters)};
  }
  return list;
}

rak_strs texts_of(rak_context* raw, std::span<const std::string> texts) {
  auto* list = static_cast<rak_str*>(rak_alloc_array(raw, texts.size(), sizeof(rak_str)));
  for (std::size_t i = 0; i < texts.size(); ++i) list[i] = to_c(texts[i]);
  return {list, texts.size()};
}

// It points into the options.
rak_model_options options_of(rak_context* raw, const ModelOptions& options) {
  return {
      .model = detail::to_c_optional(options.model),
      .system = detail::to_c_optional(options.system),
      .tools = tools_of(raw, options.tools),
      .tool_count = options.tools.size(),
      .tool_mode = static_cast<rak_tool_mode>(options.tool_mode),
      .tool_name = to_c(options.tool_name),
      .max_output_tokens = options.max_output_tokens.value_or(0),
      .temperature = options.temperature ? &*options.temperature : nullptr,
      .stop = texts_of(raw, options.stop),
      .response_schema = options.response_schema ? to_c(raw, *options.response_schema) : rak_str{},
      .relay = static_cast<rak_relay>(options.relay),
      .extra = options.extra ? to_c(raw, *options.extra) : rak_str{},
  };
}

Usage usage_of(const rak_usage& usage) {
  return {usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.thought_tokens,
          detail::to_cpp_optional_json(usage.extra)};
}

Result<ModelResponse> response_of(rak_context* raw, rak_status status, const rak_model_response& response) {
  if (status != RAK_OK) return detail::failure_of(raw, status);
  return ModelResponse{
      .model = to_cpp(response.model),
      .content = to_cpp(response.content),
      .finish = static_cast<FinishReason>(response.finish),
      .finish_name = to_cpp(response.finish_name),
      .usage = usage_of(response.usage),
      .extra = detail::to_cpp_optional_json(response.extra),
  };
}

Delta delta_of(const rak_delta& delta) {
  switch (delta.kind) {
    case RAK_DELTA_TEXT:
      return TextDelta{to_cpp(delta.text)};
    case RAK_DELTA_THOUGHT:
      return ThoughtDelta{to_cpp(delta.text)};
    case RAK_DELTA_CALL:
      return FunctionCall{to_cpp(delta.call.id), to_cpp(delta.call.name), detail::to_cpp_json(delta.call.args)};
    case RAK_DELTA_OTHER:
      break;
  }
  return detail::to_cpp_json(delta.other);
}

}  // namespace

std::vector<FunctionCall> ModelResponse::function_calls() const {
  std::vector<FunctionCall> calls;
  for (const Part& part : content.parts) {
    if (const auto* call = std::get_if<FunctionCall>(&part)) calls.push_back(*call);
  }
  return calls;
}

Result<std::vector<ModelSummary>> Models::available() const {
  const detail::Frame frame(raw_);
  rak_model_summaries raw;
  const rak_status status = rak_models_available(raw_, &raw);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  std::vector<ModelSummary> all;
  for (std::size_t i = 0; i < raw.count; ++i) {
    const rak_model_summary& model = raw.items[i];
    all.push_back({to_cpp(model.name), to_cpp(model.description), detail::to_cpp_optional_json(model.extra)});
  }
  return all;
}

Result<ModelResponse> Models::complete(std::span<const Content> contents, const ModelOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_model_options more = options_of(raw_, options);
  rak_model_response response;
  const rak_status status =
      rak_complete_with(raw_, contents_of(raw_, contents), contents.size(), &more, &response);
  return response_of(raw_, status, response);
}

Result<Completion> Models::open(std::span<const Content> contents, const ModelOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_model_options more = options_of(raw_, options);
  rak_completion* completion;
  const rak_status status =
      rak_open_completion_with(raw_, contents_of(raw_, contents), contents.size(), &more, &completion);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return Completion(raw_, completion);
}

Result<Embeddings> Models::embed(std::span<const std::string> texts, std::optional<std::string> model) const {
  const detail::Frame frame(raw_);
  rak_embeddings raw;
  const rak_status status = rak_embed(raw_, detail::to_c_optional(model), texts_of(raw_, texts), &raw);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  Embeddings embeddings{
      .model = to_cpp(raw.model),
      .vectors = {},
      .usage = usage_of(raw.usage),
      .extra = detail::to_cpp_optional_json(raw.extra),
  };
  for (std::size_t i = 0; i < raw.count; ++i) {
    const rak_vector& vector = raw.vectors[i];
    embeddings.vectors.emplace_back(vector.items, vector.items + vector.count);
  }
  return embeddings;
}

Result<std::vector<Delta>> Completion::next() {
  if (read_ < batch_.size()) {
    std::vector<Delta> rest(batch_.begin() + static_cast<std::ptrdiff_t>(read_), batch_.end());
    read_ = batch_.size();
    return rest;
  }
  const detail::Frame frame(cx_);
  rak_deltas raw;
  const rak_status status = rak_completion_next(raw_.get(), &raw);
  if (status != RAK_OK) return detail::failure_of(cx_, status);
  std::vector<Delta> deltas;
  for (std::size_t i = 0; i < raw.count; ++i) deltas.push_back(delta_of(raw.items[i]));
  return deltas;
}

std::optional<Result<Delta>> Completion::take() {
  if (read_ == batch_.size()) {
    Result<std::vector<Delta>> batch = next();
    if (!batch) return batch.failure();
    batch_ = *std::move(batch);
    read_ = 0;
  }
  if (batch_.empty()) return std::nullopt;
  return batch_[read_++];
}

Result<ModelResponse> Completion::finish() const {
  const detail::Frame frame(cx_);
  rak_model_response response;
  const rak_status status = rak_completion_finish(raw_.get(), &response);
  return response_of(cx_, status, response);
}

}  // namespace rak
