// Asking models.

#include "behaviours.hpp"

using rak::Content, rak::FunctionCall, rak::Json, rak::ModelOptions, rak::ModelResponse;

Answer models(rak::Context& cx, const Call&) {
  std::string names;
  for (const rak::ModelSummary& model : RAK_TRY(cx.models().available())) {
    names += names.empty() ? model.name : "," + model.name;
  }
  return names;
}

// Asks the model that an argument names, `-` for the default one, with the text that follows.
static rak::Result<ModelResponse> ask_named(rak::Context& cx, const Call& call) {
  const auto [name, text] = cut(call.argument);
  ModelOptions options;
  if (name != "-") options.model = std::string(name);
  return cx.models().complete(text, options);
}

Answer complete(rak::Context& cx, const Call& call) {
  const ModelResponse response = RAK_TRY(ask_named(cx, call));
  const Json shown = Json::object({
      {"text", response.text()},
      {"finish", response.finish_name},
      {"input", response.usage.input_tokens},
      {"output", response.usage.output_tokens},
  });
  return shown.dump();
}

Answer relay(rak::Context& cx, const Call& call) {
  return RAK_TRY(cx.models().complete(call.argument, {.relay = rak::Relay::all})).text();
}

Answer deltas(rak::Context& cx, const Call& call) {
  rak::Completion completion = RAK_TRY(cx.models().open(call.argument));
  for (const rak::Result<rak::Delta>& delta : completion.deltas()) {
    const rak::Delta written = RAK_TRY(delta);
    if (const auto* text = std::get_if<rak::TextDelta>(&written)) RAK_TRY(cx.events().text_delta(text->text));
    if (const auto* thought = std::get_if<rak::ThoughtDelta>(&written)) {
      RAK_TRY(cx.events().thought_delta(thought->text));
    }
  }
  return RAK_TRY(completion.finish()).text();
}

Answer drop_model(rak::Context& cx, const Call& call) {
  const rak::Completion completion = RAK_TRY(cx.models().open(call.argument));
  return "dropped";
}

Answer function(rak::Context& cx, const Call&) {
  const Json number = Json::object({{"type", "number"}});
  const Json parameters =
      Json::object({{"type", "object"}, {"properties", Json::object({{"a", number}, {"b", number}})}});
  const ModelOptions options{
      .model = "caller",
      .tools = {{.name = "add", .description = "Adds.", .parameters = parameters}},
  };
  std::vector<Content> contents = {Content::user("add, please")};
  const ModelResponse wanted = RAK_TRY(cx.models().complete(contents, options));
  const std::vector<FunctionCall> calls = wanted.function_calls();
  if (calls.size() != 1) return rak::Failure::failed("the model called another number of functions than one");
  contents.push_back(wanted.content);
  contents.push_back({"function", {rak::FunctionResponse{calls[0].id, calls[0].name, Json::object({{"sum", 3}})}}});
  return calls[0].args.dump() + " " + RAK_TRY(cx.models().complete(contents, options)).text();
}

Answer structured(rak::Context& cx, const Call& call) {
  const Json schema = Json::object({{"type", "object"}, {"required", Json::array({"mood"})}});
  const ModelResponse response = RAK_TRY(cx.models().complete(call.argument, {.response_schema = schema}));
  return RAK_TRY(response.json()).dump();
}

Answer model_fails(rak::Context& cx, const Call& call) {
  const auto response = ask_named(cx, call);
  return response ? response->text() : kind_and_code(response.failure());
}

Answer embed(rak::Context& cx, const Call& call) {
  const std::string texts[] = {std::string(call.argument), ""};
  const rak::Embeddings embeddings = RAK_TRY(cx.models().embed(texts));
  const auto& first = embeddings.vectors[0];
  return std::to_string(first.size()) + "," + std::to_string(embeddings.vectors[1].size()) + "," +
         Json(first[0]).dump();
}
