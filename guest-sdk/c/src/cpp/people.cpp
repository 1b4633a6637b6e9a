// The persons in the loop.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

Result<Decision> People::approve(std::string_view action, const Json& details,
                                 std::optional<std::chrono::milliseconds> expires_in) const {
  const detail::Frame frame(raw_);
  rak_decision decision;
  const rak_status status = rak_approve(raw_, to_c(action), to_c(raw_, details), to_c(expires_in), &decision);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return Decision{
      .approved = decision.approved,
      .by = detail::to_cpp_optional(decision.by),
      .reason = detail::to_cpp_optional(decision.reason),
      .edited = detail::to_cpp_optional_json(decision.edited),
  };
}

Result<Json> People::ask_json(std::string_view question, const Json& schema,
                              std::optional<std::chrono::milliseconds> expires_in) const {
  const detail::Frame frame(raw_);
  rak_str answer;
  const rak_status status = rak_ask(raw_, to_c(question), to_c(raw_, schema), to_c(expires_in), &answer);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return detail::to_cpp_json(answer);
}

Result<std::optional<Content>> People::next_message(std::optional<std::chrono::milliseconds> timeout) const {
  const detail::Frame frame(raw_);
  const rak_content* message;
  const rak_status status = rak_next_message(raw_, to_c(timeout), &message);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return message ? std::optional(to_cpp(*message)) : std::nullopt;
}

}  // namespace rak
