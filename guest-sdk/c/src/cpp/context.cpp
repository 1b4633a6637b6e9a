// What an agent is handed beside its input.

#include "convert.hpp"

namespace rak {

using detail::to_c;
using detail::to_cpp;

std::string_view name_of(FailureKind kind) { return rak_status_name(static_cast<rak_status>(kind)); }

std::optional<FailureKind> failure_kind(std::string_view name) {
  rak_status status;
  if (!rak_status_of(to_c(name), &status)) return std::nullopt;
  return static_cast<FailureKind>(status);
}

Info Context::info() const {
  const detail::Frame frame(raw_);
  const rak_info info = rak_info_of(raw_);
  return {
      .invocation_id = to_cpp(info.invocation_id),
      .session_id = to_cpp(info.session_id),
      .user_id = to_cpp(info.user_id),
      .agent = to_cpp(info.agent),
      .agent_version = to_cpp(info.agent_version),
      .attempt = info.attempt,
      .parent_id = detail::to_cpp_optional(info.parent_id),
      .traceparent = detail::to_cpp_optional(info.traceparent),
      .extra = detail::to_cpp_optional_json(info.extra),
  };
}

Result<std::optional<Json>> Context::config_json(std::string_view key) const {
  const detail::Frame frame(raw_);
  return detail::to_cpp_optional_json(rak_config(raw_, to_c(key)));
}

std::vector<std::string> Context::config_keys() const {
  const detail::Frame frame(raw_);
  return to_cpp(rak_config_keys(raw_));
}

bool Context::is_cancelled() const { return rak_is_cancelled(raw_); }

Result<void> Context::check_cancelled() const {
  if (is_cancelled()) return Failure::cancelled();
  return {};
}

std::optional<std::chrono::milliseconds> Context::remaining() const {
  const rak_optional ms = rak_remaining_ms(raw_);
  return ms.is_some ? std::optional(std::chrono::milliseconds(ms.value)) : std::nullopt;
}

std::vector<std::size_t> Context::wait_any(std::span<const Waitable* const> of,
                                           std::optional<std::chrono::milliseconds> timeout) const {
  std::vector<rak_waitable*> raw;
  for (const Waitable* waitable : of) raw.push_back(waitable->raw_.get());
  std::vector<std::size_t> ready(of.size());
  ready.resize(rak_wait_any(raw_, raw.data(), raw.size(), to_c(timeout), ready.data()));
  return ready;
}

void Log::write(Level level, std::string_view message, Fields fields) const {
  std::vector<rak_field> list;
  for (const auto& [key, value] : fields) list.push_back({to_c(key), to_c(value)});
  rak_log_fields(raw_, static_cast<rak_level>(level), to_c(message), list.data(), list.size());
}

}  // namespace rak
