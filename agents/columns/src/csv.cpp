#include "csv.hpp"

rak::Failure Csv::malformed(std::size_t line, std::string_view what) const {
  return rak::Failure::invalid_argument("line " + std::to_string(line) + ": " + std::string(what));
}

bool Csv::take_line_end() {
  const std::string_view rest = text_.substr(at_);
  const std::size_t length = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') || rest.starts_with('\r') ? 1 : 0;
  at_ += length;
  next_line_ += length > 0;
  return length > 0;
}

rak::Result<std::optional<Record>> Csv::next() {
  while (take_line_end()) {
  }
  if (at_end()) return std::optional<Record>();
  line_ = next_line_;
  Record record;
  for (;;) {
    record.push_back(RAK_TRY(field()));
    if (at_end() || take_line_end()) return std::optional(std::move(record));
    // A field ends at the end of the text, of the line, or at a comma.
    ++at_;
  }
}

rak::Result<std::string> Csv::field() {
  if (text_.substr(at_).starts_with('"')) return quoted_field();
  const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  std::string field(text_.substr(at_, end - at_));
  if (field.find('"') != field.npos) return malformed(line_, "a quote inside of a field that does not begin with one");
  at_ = end;
  return field;
}

rak::Result<std::string> Csv::quoted_field() {
  const std::size_t began = next_line_;
  std::string field;
  for (;;) {
    const std::size_t start = ++at_;
    const std::size_t end = text_.find('"', start);
    if (end == text_.npos) return malformed(began, "a quoted field does not end");
    const std::string_view piece = text_.substr(start, end - start);
    for (const char byte : piece) next_line_ += byte == '\n';
    field += piece;
    at_ = end + 1;
    if (!text_.substr(at_).starts_with('"')) break;
    // Two quotes are one.
    field += '"';
  }
  if (!at_end() && std::string_view(",\r\n").find(text_[at_]) == std::string_view::npos) {
    return malformed(next_line_, "something follows the end of a quoted field");
  }
  return field;
}
