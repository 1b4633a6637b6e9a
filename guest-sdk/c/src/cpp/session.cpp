// The conversation so far, and the state kept with it.

#include "convert.hpp"

namespace rak {

using detail::to_c;

Result<Page> Session::history(std::optional<std::uint64_t> before, std::uint32_t limit) const {
  const detail::Frame frame(raw_);
  rak_page raw;
  const rak_status status = rak_history(raw_, to_c(before), limit, &raw);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  Page page;
  page.entries.reserve(raw.count);
  for (std::size_t i = 0; i < raw.count; ++i) page.entries.push_back(detail::to_cpp(raw.entries[i]));
  if (raw.next.is_some) page.next = raw.next.value;
  return page;
}

Pages::Iterator::Iterator(rak_context* raw, std::uint32_t limit)
    : raw_(raw), limit_(limit), page_(Session(raw).history(std::nullopt, limit)) {}

Pages::Iterator& Pages::Iterator::operator++() {
  const std::optional<std::uint64_t> next = page_ ? page_->next : std::nullopt;
  if (next) {
    page_ = Session(raw_).history(next, limit_);
  } else {
    at_end_ = true;
  }
  return *this;
}

Result<std::optional<Json>> Session::get_json(std::string_view key) const {
  const detail::Frame frame(raw_);
  rak_str value;
  const rak_status status = rak_state_get(raw_, to_c(key), &value);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return detail::to_cpp_optional_json(value);
}

Result<void> Session::set(std::string_view key, const Json& value) const {
  const detail::Frame frame(raw_);
  return detail::result_of(raw_, rak_state_set(raw_, to_c(key), to_c(raw_, value)));
}

Result<void> Session::remove(std::string_view key) const {
  const detail::Frame frame(raw_);
  return detail::result_of(raw_, rak_state_remove(raw_, to_c(key)));
}

Result<std::vector<std::string>> Session::keys(std::string_view prefix) const {
  const detail::Frame frame(raw_);
  rak_strs keys;
  const rak_status status = rak_state_keys(raw_, to_c(prefix), &keys);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return detail::to_cpp(keys);
}

}  // namespace rak
