// What there is to say about a column.
#ifndef COLUMN_HPP
#define COLUMN_HPP

#include <rak.hpp>
#include <unordered_set>

// A column, as far as it was read.
class Column {
 public:
  explicit Column(std::string name) : name_(std::move(name)) {}

  // Takes the next value; an empty one is missing.
  void add(const std::string& value);

  // `integer` and `number` where every value is one, else `text`; `empty` where there is none.
  std::string_view type() const;

  const std::string& name() const { return name_; }
  // How many values there are, and how many are missing.
  std::size_t count() const { return count_; }
  std::size_t missing() const { return missing_; }
  std::size_t distinct() const { return distinct_.size(); }

  // The smallest and the largest value: of numbers by value, of texts by their bytes.
  std::string min() const { return is_number() ? short_number(min_number_) : min_text_; }
  std::string max() const { return is_number() ? short_number(max_number_) : max_text_; }
  // Of numbers only.
  std::optional<double> mean() const;

  // All of it, for programs.
  rak::Json json() const;

  // As few digits as six significant ones allow, or all of a whole number.
  static std::string short_number(double number);

 private:
  bool is_number() const { return count_ > 0 && numbers_ == count_; }
  void add_number(double number);

  std::string name_;
  std::size_t count_ = 0, missing_ = 0, integers_ = 0, numbers_ = 0;
  std::unordered_set<std::string> distinct_;
  std::string min_text_, max_text_;
  double min_number_ = 0, max_number_ = 0;
  // The mean so far, which unlike a sum does not overflow.
  double mean_ = 0;
};

#endif
