// Reading CSV (RFC 4180), a record at a time.
#ifndef CSV_HPP
#define CSV_HPP

#include <rak.hpp>

// A line of the table, or several where a quoted field has line feeds.
using Record = std::vector<std::string>;

// Goes through a text. Fields are parted by commas; one in quotes may have commas, line feeds, and quotes written twice.
class Csv {
 public:
  explicit Csv(std::string_view text) : text_(text) {}

  // The next record; none at the end. Empty lines are left out. A failure names the line.
  rak::Result<std::optional<Record>> next();

  // The line that the last record began on, from 1.
  std::size_t line() const { return line_; }

  // How many bytes were read.
  std::size_t offset() const { return at_; }

 private:
  bool at_end() const { return at_ == text_.size(); }
  // Takes the end of a line, as any system writes it.
  bool take_line_end();
  rak::Result<std::string> field();
  rak::Result<std::string> quoted_field();
  rak::Failure malformed(std::size_t line, std::string_view what) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
};

#endif
