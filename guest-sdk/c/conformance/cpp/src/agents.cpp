// Calling other agents.

#include "behaviours.hpp"

using namespace std::chrono_literals;
using rak::Child, rak::Content, rak::Json;

Answer agents(rak::Context& cx, const Call&) {
  std::string names;
  for (const rak::AgentSummary& agent : RAK_TRY(cx.agents().available())) {
    names += names.empty() ? agent.name : "," + agent.name;
  }
  return names;
}

Answer call_agent(rak::Context& cx, const Call& call) {
  const auto [agent, text] = cut(call.argument);
  const rak::Reply reply = RAK_TRY(cx.agents().call(agent, text, {.relay_events = true}));
  const bool has_parts = reply.content && !reply.content->parts.empty();
  const auto* first = has_parts ? std::get_if<rak::Text>(&reply.content->parts.front()) : nullptr;
  return Json::object({
                          {"answer", first ? Json(first->text) : Json()},
                          {"escalate", reply.escalate},
                          {"transferTo", or_null(reply.transfer_to)},
                          {"extra", reply.extra.value_or(Json())},
                      })
      .dump();
}

Answer call_in(rak::Context& cx, const Call& call) {
  const auto [session, rest] = cut(call.argument);
  const auto [agent, text] = cut(rest);
  return RAK_TRY(cx.agents().call(agent, text, {.session = std::string(session)})).text();
}

Answer call_fails(rak::Context& cx, const Call& call) {
  const auto [limit, rest] = cut(call.argument);
  const auto [agent, text] = cut(rest);
  const auto ms = RAK_TRY((Call{call.input, limit}).number());
  rak::AgentOptions options;
  if (ms > 0) options.timeout = std::chrono::milliseconds(ms);
  const auto reply = cx.agents().call(agent, text, options);
  return reply ? "answered " + reply->text() : kind_and_code(reply.failure());
}

Answer fan(rak::Context& cx, const Call& call) {
  const auto [agent, text] = cut(call.argument);
  std::vector<rak::AgentCall> calls;
  for (const char* number : {" 1", " 2", " 3"}) {
    calls.push_back({std::string(agent), Content::user(std::string(text) + number)});
  }
  std::string answers;
  for (const auto& reply : cx.agents().call_all(calls)) {
    answers += (answers.empty() ? "" : ",") + RAK_TRY(reply).text();
  }
  return answers;
}

Answer race(rak::Context& cx, const Call& call) {
  const Child slow = RAK_TRY(cx.agents().start(call.argument, "sleep 3600000"));
  const Child quick = RAK_TRY(cx.agents().start(call.argument, "sleep 1"));
  const rak::Waitable slow_done = slow.done(), quick_done = quick.done();
  const std::vector<std::size_t> ready = cx.wait_any({&slow_done, &quick_done});
  RAK_TRY(cx.check_cancelled());
  slow.cancel();
  const std::size_t first = ready.front();
  return std::to_string(first) + " " + RAK_TRY((first == 0 ? slow : quick).finish()).text();
}

Answer drop(rak::Context& cx, const Call& call) {
  const Child child = RAK_TRY(cx.agents().start(call.argument, "sleep 3600000"));
  return child.invocation_id();
}

Answer detach(rak::Context& cx, const Call& call) {
  const auto [agent, text] = cut(call.argument);
  const Child child = RAK_TRY(cx.agents().start(agent, text, {.detached = true}));
  return child.invocation_id();
}
