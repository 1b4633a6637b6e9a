// The fake host, for C++.

#include "agent.hpp"
#include "convert.hpp"
#include "fake.hpp"

namespace rak {

using detail::Given;
using detail::keep_in;
using detail::to_c;
using detail::to_cpp;

namespace {

Result<Outcome> outcome_of(const rak_test_run& run) {
  if (run.status != RAK_OK) return to_cpp(run.failure);
  Outcome outcome;
  if (run.outcome.has_content) outcome.content = to_cpp(run.outcome.content);
  outcome.escalate = run.outcome.escalate;
  outcome.transfer_to = detail::to_cpp_optional(run.outcome.transfer_to);
  outcome.extra = detail::to_cpp_optional_json(run.outcome.extra);
  return outcome;
}

std::optional<std::chrono::milliseconds> time_of(rak_optional ms) {
  return ms.is_some ? std::optional(std::chrono::milliseconds(ms.value)) : std::nullopt;
}

Question question_of(const rak_test_question& question) {
  return {static_cast<QuestionKind>(question.kind), to_cpp(question.prompt),
          detail::to_cpp_optional_json(question.details), detail::to_cpp_optional_json(question.schema),
          time_of(question.expires_in_ms)};
}

CalledAgent agent_call_of(const rak_test_agent_call& call) {
  const AgentOptions options{
      .session = detail::to_cpp_optional(call.options.session),
      .timeout = time_of(call.options.timeout_ms),
      .relay_events = call.options.relay_events,
      .detached = call.options.detached,
      .extra = detail::to_cpp_optional_json(call.options.extra),
  };
  return {to_cpp(call.agent), to_cpp(call.input), options, to_cpp(call.invocation_id), call.cancelled};
}

CalledTool tool_call_of(const rak_test_tool_call& call) {
  const ToolOptions options{
      .timeout = time_of(call.options.timeout_ms),
      .idempotency_key = detail::to_cpp_optional(call.options.idempotency_key),
      .relay_events = call.options.relay_events,
      .extra = detail::to_cpp_optional_json(call.options.extra),
  };
  const FunctionCall wanted{to_cpp(call.call.id), to_cpp(call.call.name), detail::to_cpp_json(call.call.args)};
  return {wanted, options, call.cancelled};
}

LogLine line_of(const rak_test_log& line) {
  LogLine out{static_cast<Level>(line.level), to_cpp(line.message), {}};
  for (std::size_t i = 0; i < line.field_count; ++i) {
    out.fields.emplace_back(to_cpp(line.fields[i].key), to_cpp(line.fields[i].value));
  }
  return out;
}

TestRun run_of(const rak_test_run& run) {
  TestRun out{outcome_of(run), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::chrono::milliseconds(run.slept_ms), &run};
  for (std::size_t i = 0; i < run.event_count; ++i) out.events.push_back(to_cpp(run.events[i]));
  for (std::size_t i = 0; i < run.question_count; ++i) out.questions.push_back(question_of(run.questions[i]));
  for (std::size_t i = 0; i < run.agent_call_count; ++i) out.agent_calls.push_back(agent_call_of(run.agent_calls[i]));
  for (std::size_t i = 0; i < run.tool_call_count; ++i) out.tool_calls.push_back(tool_call_of(run.tool_calls[i]));
  for (std::size_t i = 0; i < run.model_call_count; ++i) out.model_calls.push_back(to_cpp(run.model_calls[i]));
  for (std::size_t i = 0; i < run.embed_call_count; ++i) out.embed_calls.push_back(to_cpp(run.embed_calls[i]));
  for (std::size_t i = 0; i < run.http_call_count; ++i) out.http_calls.push_back(to_cpp(run.http_calls[i]));
  for (std::size_t i = 0; i < run.log_count; ++i) out.logs.push_back(line_of(run.logs[i]));
  for (std::size_t i = 0; i < run.state.count; ++i) {
    const rak_test_value& value = run.state.items[i];
    out.state[to_cpp(value.key)] = detail::to_cpp_json(value.value);
  }
  for (std::size_t i = 0; i < run.changes.count; ++i) {
    const rak_test_value& change = run.changes.items[i];
    out.changes[to_cpp(change.key)] = detail::to_cpp_optional_json(change.value);
  }
  return out;
}

// The function that runs: a function of C has no place for it. Tests run one after the other.
const Run* running;

rak_status run_the_running(rak_context* raw, const rak_content* input) {
  return detail::run_as_c(raw, *running, *input);
}

// The same of another agent, which the host has a copy of.
rak_status run_the_owner(rak_context* raw, const rak_content* input) {
  return detail::run_as_c(raw, *static_cast<const Run*>(fake_owner(raw)), *input);
}

rak_status call_the_tool(rak_context* raw, rak_str args, rak_response* response, void* data) {
  const auto& tool = *static_cast<const FakeTool*>(data);
  const Result<ToolResponse> answer = tool.call(detail::to_cpp_json(args));
  if (!answer) return to_c(raw, answer.failure());
  response->response = to_c(raw, answer->response);
  response->failed = answer->failed;
  return RAK_OK;
}

}  // namespace

std::string TestRun::streamed() const {
  std::string text;
  for (const TextDelta& delta : all<TextDelta>()) text += delta.text;
  return text;
}

FakeHost& FakeHost::user(const std::string& id) { return rak_fake_user(raw_, id.c_str()), *this; }

FakeHost& FakeHost::session(const std::string& id) { return rak_fake_session(raw_, id.c_str()), *this; }

FakeHost& FakeHost::info(const Info& info) {
  const Given given;
  const rak_info raw = {
      .invocation_id = to_c(info.invocation_id),
      .session_id = to_c(info.session_id),
      .user_id = to_c(info.user_id),
      .agent = to_c(info.agent),
      .agent_version = to_c(info.agent_version),
      .attempt = info.attempt,
      .parent_id = detail::to_c_optional(info.parent_id),
      .traceparent = detail::to_c_optional(info.traceparent),
      .extra = info.extra ? to_c(given, *info.extra) : rak_str{},
  };
  rak_fake_info(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::config(const std::string& key, const Json& value) {
  return rak_fake_config(raw_, key.c_str(), value.dump().c_str()), *this;
}

FakeHost& FakeHost::said(const std::string& author, const std::string& text) {
  return rak_fake_said(raw_, author.c_str(), text.c_str()), *this;
}

FakeHost& FakeHost::entry(const Entry& entry) {
  const Given given;
  const auto at_ms = static_cast<std::uint64_t>(entry.at.time_since_epoch().count());
  const rak_entry raw = {entry.seq, to_c(entry.author), to_c(given, entry.content), at_ms};
  rak_fake_entry(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::state(const std::string& key, const Json& value) {
  return rak_fake_state(raw_, key.c_str(), value.dump().c_str()), *this;
}

FakeHost& FakeHost::state_after(const TestRun& run) { return rak_fake_state_after(raw_, run.raw), *this; }

FakeHost& FakeHost::decides(const Decision& decision) {
  const Given given;
  const rak_decision raw = {
      .approved = decision.approved,
      .by = detail::to_c_optional(decision.by),
      .reason = detail::to_c_optional(decision.reason),
      .edited = decision.edited ? to_c(given, *decision.edited) : rak_str{},
  };
  rak_fake_decides(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::answers(const Json& value) { return rak_fake_answers(raw_, value.dump().c_str()), *this; }

FakeHost& FakeHost::silence() { return rak_fake_silence(raw_), *this; }

FakeHost& FakeHost::message(const Content& content) {
  const Given given;
  const rak_content raw = to_c(given, content);
  rak_fake_message_with(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::agent(const Agent& agent) {
  const std::string input_schema = agent.input_schema ? agent.input_schema->dump() : "";
  const std::string extra = agent.extra ? agent.extra->dump() : "";
  const rak_agent raw = {
      .name = agent.name.c_str(),
      .description = agent.description.c_str(),
      .version = agent.version.c_str(),
      .skills = nullptr,
      .input_schema = agent.input_schema ? input_schema.c_str() : nullptr,
      .extra = agent.extra ? extra.c_str() : nullptr,
      .run = run_the_owner,
  };
  fake_add_agent(raw_, &raw, keep_in(raw_, agent.run));
  return *this;
}

FakeHost& FakeHost::tool(const FakeTool& tool) {
  const std::string parameters = tool.parameters.dump();
  const std::string extra = tool.extra ? tool.extra->dump() : "";
  const rak_test_tool raw = {
      .name = tool.name.c_str(),
      .description = tool.description.c_str(),
      .parameters = parameters.c_str(),
      .hints = {tool.hints.read_only, tool.hints.destructive, tool.hints.idempotent, tool.hints.open_world,
                tool.hints.needs_approval},
      .extra = tool.extra ? extra.c_str() : nullptr,
      .run = call_the_tool,
      .data = keep_in(raw_, tool),
      .takes_ms = to_millis(tool.takes),
  };
  rak_fake_tool(raw_, &raw);
  return *this;
}

FakeHost& FakeHost::cancel_after(std::chrono::milliseconds time) {
  return rak_fake_cancel_after(raw_, to_millis(time)), *this;
}

FakeHost& FakeHost::cancel_after_calls(std::uint64_t calls) {
  return rak_fake_cancel_after_calls(raw_, calls), *this;
}

FakeHost& FakeHost::deadline(std::chrono::milliseconds time) {
  return rak_fake_deadline(raw_, to_millis(time)), *this;
}

TestRun FakeHost::run(const Run& function, const Content& input) const {
  running = &function;
  return run_function(run_the_running, input);
}

TestRun FakeHost::run_function(rak_run* function, const Content& input) const {
  const Given given;
  const rak_content content = to_c(given, input);
  return run_of(*rak_fake_run_with(raw_, function, &content));
}

}  // namespace rak
