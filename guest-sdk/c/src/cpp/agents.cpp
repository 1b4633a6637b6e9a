// Calling other agents.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

namespace {

rak_agent_options options_of(rak_context* raw, const AgentOptions& options) {
  return {
      .session = detail::to_c_optional(options.session),
      .timeout_ms = to_c(options.timeout),
      .relay_events = options.relay_events,
      .detached = options.detached,
      .extra = options.extra ? to_c(raw, *options.extra) : rak_str{},
  };
}

Result<Reply> reply_of(rak_context* raw, rak_status status, const rak_reply& reply) {
  if (status != RAK_OK) return detail::failure_of(raw, status);
  return Reply{
      .invocation_id = to_cpp(reply.invocation_id),
      .content = reply.has_content ? std::optional(to_cpp(reply.content)) : std::nullopt,
      .escalate = reply.escalate,
      .transfer_to = detail::to_cpp_optional(reply.transfer_to),
      .extra = detail::to_cpp_optional_json(reply.extra),
  };
}

}  // namespace

Result<std::vector<AgentSummary>> Agents::available() const {
  const detail::Frame frame(raw_);
  rak_agent_summaries raw;
  const rak_status status = rak_agents_available(raw_, &raw);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  std::vector<AgentSummary> all;
  for (std::size_t i = 0; i < raw.count; ++i) {
    const rak_agent_summary& agent = raw.items[i];
    all.push_back({
        .name = to_cpp(agent.name),
        .description = to_cpp(agent.description),
        .version = to_cpp(agent.version),
        .input_schema = detail::to_cpp_optional_json(agent.input_schema),
        .extra = detail::to_cpp_optional_json(agent.extra),
    });
  }
  return all;
}

Result<Reply> Agents::call(std::string_view agent, const Content& input, const AgentOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_content content = to_c(raw_, input);
  const rak_agent_options more = options_of(raw_, options);
  rak_reply reply;
  const rak_status status = rak_call_agent_with(raw_, to_c(agent), &content, &more, &reply);
  return reply_of(raw_, status, reply);
}

std::vector<Result<Reply>> Agents::call_all(std::span<const AgentCall> calls, const AgentOptions& options) const {
  std::vector<Result<Child>> children;
  for (const AgentCall& call : calls) children.push_back(start(call.agent, call.input, options));
  std::vector<Result<Reply>> replies;
  for (const Result<Child>& child : children) {
    replies.push_back(child ? child->finish() : Result<Reply>(child.failure()));
  }
  return replies;
}

Result<Child> Agents::start(std::string_view agent, const Content& input, const AgentOptions& options) const {
  const detail::Frame frame(raw_);
  const rak_content content = to_c(raw_, input);
  const rak_agent_options more = options_of(raw_, options);
  rak_child* child;
  const rak_status status = rak_start_agent_with(raw_, to_c(agent), &content, &more, &child);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return Child(raw_, child);
}

std::string Child::invocation_id() const {
  const detail::Frame frame(cx_);
  return to_cpp(rak_child_id(raw_.get()));
}

Result<Reply> Child::finish() const {
  const detail::Frame frame(cx_);
  rak_reply reply;
  const rak_status status = rak_child_finish(raw_.get(), &reply);
  return reply_of(cx_, status, reply);
}

}  // namespace rak
