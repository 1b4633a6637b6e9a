// What the client sees.

#include "convert.hpp"

// Bytes of a character that is not complete; see src/utf8.c.
extern "C" size_t rak_utf8_incomplete(rak_str text);

namespace rak {

using detail::to_c;

std::string Content::text() const {
  std::string all;
  for (const Part& part : parts) {
    if (const auto* text = std::get_if<Text>(&part)) all += text->text;
  }
  return all;
}

Result<std::uint64_t> Events::emit(std::span<const Event> events) const {
  const detail::Frame frame(raw_);
  auto* list = static_cast<rak_event*>(rak_alloc_array(raw_, events.size(), sizeof(rak_event)));
  for (std::size_t i = 0; i < events.size(); ++i) list[i] = to_c(raw_, events[i]);
  std::uint64_t newest = 0;
  const rak_status status = rak_emit(raw_, list, events.size(), &newest);
  if (status != RAK_OK) return detail::failure_of(raw_, status);
  return newest;
}

Result<void> Events::text_delta(std::string_view text) const {
  const detail::Frame frame(raw_);
  return detail::result_of(raw_, rak_text_delta(raw_, to_c(text)));
}

Result<void> Events::thought_delta(std::string_view text) const {
  const detail::Frame frame(raw_);
  return detail::result_of(raw_, rak_thought_delta(raw_, to_c(text)));
}

Result<std::uint64_t> Events::content(const Content& content) const {
  const Event event = content;
  return emit({&event, 1});
}

Result<void> Events::progress(const Progress& progress) const {
  const Event event = progress;
  RAK_TRY(emit({&event, 1}));
  return {};
}

Result<std::uint64_t> Events::other(std::string_view name, const Json& value) const {
  const Event event = Custom{std::string(name), value};
  return emit({&event, 1});
}

Stream& Stream::operator<<(std::string_view text) {
  whole_ += text;
  const std::string_view unsent = std::string_view(whole_).substr(sent_);
  const std::string_view complete = unsent.substr(0, unsent.size() - rak_utf8_incomplete(to_c(unsent)));
  if (status_ && !complete.empty()) {
    status_ = Events(raw_).text_delta(complete);
    sent_ += complete.size();
  }
  return *this;
}

Result<Outcome> Stream::answer() const {
  if (!status_) return status_.failure();
  return whole_;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::size_t length = space == text.npos ? text.size() : space + 1;
    all.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return all;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

}  // namespace rak
