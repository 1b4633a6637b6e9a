#include "column.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

// A finite number that is all of the text, in decimal.
static std::optional<double> number_of(const std::string& text) {
  if (text.find_first_not_of("0123456789+-.eE") != text.npos) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

void Column::add(const std::string& value) {
  if (value.empty()) {
    ++missing_;
    return;
  }
  if (count_ == 0 || value < min_text_) min_text_ = value;
  if (count_ == 0 || value > max_text_) max_text_ = value;
  ++count_;
  distinct_.insert(value);
  if (const auto number = number_of(value)) {
    integers_ += value.find_first_of(".eE") == value.npos;
    add_number(*number);
  }
}

void Column::add_number(double number) {
  if (numbers_ == 0 || number < min_number_) min_number_ = number;
  if (numbers_ == 0 || number > max_number_) max_number_ = number;
  ++numbers_;
  const auto count = static_cast<double>(numbers_);
  mean_ += number / count - mean_ / count;
}

std::string_view Column::type() const {
  if (count_ == 0) return "empty";
  if (integers_ == count_) return "integer";
  return is_number() ? "number" : "text";
}

std::optional<double> Column::mean() const { return is_number() ? std::optional(mean_) : std::nullopt; }

std::string Column::short_number(double number) {
  // Up to here every whole number is exact.
  const bool is_whole = std::abs(number) < 9007199254740992.0 && number == std::floor(number);
  char text[32];
  std::snprintf(text, sizeof text, is_whole ? "%.0f" : "%.6g", number);
  return text;
}

rak::Json Column::json() const {
  rak::Json::Object members = {
      {"name", name_}, {"type", type()}, {"count", count_}, {"missing", missing_}, {"distinct", distinct()}};
  if (is_number()) {
    members.insert(members.end(), {{"min", min_number_}, {"max", max_number_}, {"mean", mean_}});
  } else if (count_ > 0) {
    members.insert(members.end(), {{"min", min_text_}, {"max", max_text_}});
  }
  return rak::Json::object(std::move(members));
}
