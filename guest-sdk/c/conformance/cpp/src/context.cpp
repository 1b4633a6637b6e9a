// Who asks, and how the agent is configured.

#include "behaviours.hpp"

Answer context(rak::Context& cx, const Call&) {
  const rak::Info info = cx.info();
  return rak::Json::object({
                               {"invocationId", info.invocation_id},
                               {"sessionId", info.session_id},
                               {"userId", info.user_id},
                               {"agent", info.agent},
                               {"agentVersion", info.agent_version},
                               {"attempt", info.attempt},
                           })
      .dump();
}

Answer config(rak::Context& cx, const Call& call) {
  const auto value = RAK_TRY(cx.config(call.argument));
  return value ? value->dump() : "none";
}

Answer config_keys(rak::Context& cx, const Call&) {
  std::string all;
  for (const std::string& key : cx.config_keys()) all += all.empty() ? key : "," + key;
  return all;
}

Answer remaining(rak::Context& cx, const Call&) { return cx.remaining() ? "some" : "none"; }
