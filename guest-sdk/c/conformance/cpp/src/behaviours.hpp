// What guest-sdk/CONFORMANCE.md asks for: one function a behaviour.
#ifndef BEHAVIOURS_HPP
#define BEHAVIOURS_HPP

#include <utility>

#include <rak.hpp>

// A call of one behaviour.
struct Call {
  const rak::Content& input;
  // What follows the first space of the input.
  std::string_view argument;

  // The argument as a whole number.
  rak::Result<std::uint64_t> number() const;
};

using Answer = rak::Result<rak::Outcome>;
// What a behaviour does.
using Behaviour = Answer(rak::Context& cx, const Call& call);

Behaviour echo, answer, nothing, parts, kinds, events, progress, outcome, bytes, text_size, data_size;
Behaviour fail, throw_it, overflow, memory, output;
Behaviour set, get, remove_it, keys, history, pages;
Behaviour context, config, config_keys, remaining;
Behaviour sleep_for, any, timeout, block, loop, wait_long, poll_often;
Behaviour approve, ask, message, expired;
Behaviour agents, call_agent, call_in, call_fails, fan, race, drop, detach;
Behaviour tools, hints, tool, tool_fails, tool_all, tool_start;
Behaviour models, complete, relay, deltas, drop_model, function, structured, model_fails, embed;
Behaviour http, http_send, http_header, http_stays, http_secret, http_stream, http_two, http_drop, http_fails;
Behaviour artifact, artifact_load, artifact_version, artifact_bytes, artifact_pieces, artifacts, artifact_versions,
    artifact_remove, artifact_fails;
Behaviour log_lines, print, time_now, random_bytes;

// What stands before the first space, and what stands after it.
std::pair<std::string_view, std::string_view> cut(std::string_view text);

// The text, or null where there is none.
rak::Json or_null(const std::optional<std::string>& text);

// What the contract calls a failure.
std::string kind_and_code(const rak::Failure& failure);

#endif
