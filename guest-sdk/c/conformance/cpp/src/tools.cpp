// Calling tools.

#include "behaviours.hpp"

using rak::FunctionCall, rak::FunctionResponse, rak::Json;

static std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += all.empty() ? word : "," + word;
  return all;
}

Answer tools(rak::Context& cx, const Call&) {
  std::vector<std::string> names;
  for (const rak::Tool& tool : RAK_TRY(cx.tools().available())) names.push_back(tool.name);
  return joined(names);
}

static std::vector<std::string> words_of(const rak::Hints& hints) {
  std::vector<std::string> words;
  if (hints.read_only) words.push_back("read-only");
  if (hints.destructive) words.push_back("destructive");
  if (hints.idempotent) words.push_back("idempotent");
  if (hints.open_world) words.push_back("open-world");
  if (hints.needs_approval) words.push_back("needs-approval");
  return words;
}

Answer hints(rak::Context& cx, const Call& call) {
  for (const rak::Tool& tool : RAK_TRY(cx.tools().available())) {
    if (tool.name == call.argument) return joined(words_of(tool.hints));
  }
  return rak::Failure::not_found("no tool is called " + std::string(call.argument));
}

// The call that an argument asks for: a name, and a JSON text.
static rak::Result<FunctionCall> call_of(const Call& call) {
  const auto [name, args] = cut(call.argument);
  return FunctionCall{.id = "1", .name = std::string(name), .args = RAK_TRY(Json::parse(args))};
}

static Json shown(const FunctionResponse& response) {
  return Json::object({{"response", response.response}, {"failed", response.failed}});
}

Answer tool(rak::Context& cx, const Call& call) {
  return shown(RAK_TRY(cx.tools().call(RAK_TRY(call_of(call))))).dump();
}

Answer tool_fails(rak::Context& cx, const Call& call) {
  const auto response = cx.tools().call(RAK_TRY(call_of(call)));
  return response ? shown(*response).dump() : kind_and_code(response.failure());
}

Answer tool_all(rak::Context& cx, const Call& call) {
  const FunctionCall wanted = RAK_TRY(call_of(call)), calls[] = {wanted, wanted, wanted};
  Json::Array responses;
  for (const auto& response : cx.tools().call_all(calls)) responses.push_back(shown(RAK_TRY(response)));
  return Json::array(responses).dump();
}

Answer tool_start(rak::Context& cx, const Call& call) {
  const rak::Running running = RAK_TRY(cx.tools().start(RAK_TRY(call_of(call))));
  running.done().wait();
  return shown(RAK_TRY(running.finish())).dump();
}
