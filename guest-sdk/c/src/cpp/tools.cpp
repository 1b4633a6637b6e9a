// Calling tools.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

namespace {

rak_tool_options options_of(rak_context* raw, const ToolOptions& options) {
  return {
      .timeout_ms = to_c(options.timeout),
      .idempotency_key = detail::to_c_optional(options.idempotency_key),
      .relay_events = options.relay_events,
      .extra = options.extra ? to_c(raw, *options.extra) : rak_str{},
  };
}

rak_call whole_call(rak_context* raw, const FunctionCall& call) {
  return {to_c(call.id), to_c(call.name), call.args.is_null() ? rak_str{} : to_c(raw, call.args)};
}

FunctionResponse response_of(const rak_response& response) {
  return {to_cpp(response.id), to_cpp(response.name), detail::to_cpp_json(response.response), response.failed};
}

}  // namespace

Result<std::vector<Tool>> Tools::available() const {
  const detail::Frame frame(raw_);
  rak_tools raw;
  const rak_status status = rak_tools_available(raw_, &raw);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  std::vector<Tool> all;
  for (std::size_t i = 0; i < raw.count; ++i) {
    const rak_tool& tool = raw.items[i];
    const Hints hints{
        .read_only = tool.hints.read_only,
        .destructive = tool.hints.destructive,
        .idempotent = tool.hints.idempotent,
        .open_world = tool.hints.open_world,
        .needs_approval = tool.hints.needs_approval,
    };
    all.push_back({
        .name = to_cpp(tool.name),
        .description = to_cpp(tool.description),
        .parameters = detail::to_cpp_json(tool.parameters),
        .hints = hints,
        .extra = detail::to_cpp_optional_json(tool.extra),
    });
  }
  return all;
}

Result<FunctionResponse> Tools::call(const FunctionCall& call, const ToolOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_call wanted = whole_call(raw_, call);
  const rak_tool_options more = options_of(raw_, options);
  rak_response response;
  const rak_status status = rak_call_tool_with(raw_, &wanted, &more, &response);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return response_of(response);
}

std::vector<Result<FunctionResponse>> Tools::call_all(std::span<const FunctionCall> calls,
                                                      const ToolOptions& options) const {
  const detail::Frame frame(raw_);
  std::vector<rak_call> wanted;
  for (const FunctionCall& call : calls) wanted.push_back(whole_call(raw_, call));
  const rak_tool_options more = options_of(raw_, options);
  std::vector<rak_tool_result> raw(calls.size());
  rak_call_tools(raw_, wanted.data(), wanted.size(), &more, raw.data());
  std::vector<Result<FunctionResponse>> results;
  for (const rak_tool_result& result : raw) {
    if (result.status == RAK_OK) {
      results.push_back(response_of(result.response));
    } else {
      results.push_back(to_cpp(result.failure));
    }
  }
  return results;
}

Result<Running> Tools::start(const FunctionCall& call, const ToolOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_call wanted = whole_call(raw_, call);
  const rak_tool_options more = options_of(raw_, options);
  rak_running* running;
  const rak_status status = rak_start_tool_with(raw_, &wanted, &more, &running);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return Running(raw_, running);
}

Result<FunctionResponse> Running::finish() const {
  const detail::Frame frame(cx_);
  rak_response response;
  const rak_status status = rak_running_finish(raw_.get(), &response);
  if (status != RAK_OK) return detail::failure_of(cx_, status);
  return response_of(response);
}

}  // namespace rak
