// Reading CSV, and what is said about a column.

#include <rak/testing.hpp>

#include "column.hpp"
#include "csv.hpp"

// All records, with the fields in brackets; the failure's text where there is one.
static std::string read_all(std::string_view text) {
  Csv csv(text);
  std::string all;
  for (;;) {
    const auto record = csv.next();
    if (!record) return record.failure().message;
    if (!*record) return all;
    all += std::to_string(csv.line()) + ":";
    for (const std::string& field : **record) all += "[" + field + "]";
  }
}

RAK_TEST(fields_are_parted_by_commas) {
  RAK_CHECK_EQ(read_all("a,b\n1,2\r\n,\n\nx"), "1:[a][b]2:[1][2]3:[][]5:[x]");
  RAK_CHECK_EQ(read_all("a\rb"), "1:[a]2:[b]");
  RAK_CHECK_EQ(read_all("a,"), "1:[a][]");
  RAK_CHECK_EQ(read_all("\n\n"), "");
}

RAK_TEST(quotes_keep_commas_lines_and_quotes) {
  RAK_CHECK_EQ(read_all("\"a,b\",\"say \"\"hi\"\"\"\n\"x\ny\",\"\"\nz"), "1:[a,b][say \"hi\"]2:[x\ny][]4:[z]");
}

RAK_TEST(what_is_malformed_is_named_with_its_line) {
  RAK_CHECK_EQ(read_all("a\n\"b\nc"), "line 2: a quoted field does not end");
  RAK_CHECK_EQ(read_all("a\n\"b\n\"c"), "line 3: something follows the end of a quoted field");
  RAK_CHECK_EQ(read_all("a\n\nb\"c"), "line 3: a quote inside of a field that does not begin with one");
}

static Column column_of(std::initializer_list<const char*> values) {
  Column column("c");
  for (const char* value : values) column.add(value);
  return column;
}

RAK_TEST(a_type_is_what_every_value_is) {
  RAK_CHECK_EQ(column_of({"1", "-2", "+3"}).type(), "integer");
  RAK_CHECK_EQ(column_of({"1", "2.5", "1e3", ""}).type(), "number");
  for (const char* text : {"x", "1x", "nan", "inf", "0x10", "1e999", "-", "1 "}) {
    RAK_CHECK_EQ(column_of({"1", text}).type(), "text");
  }
  RAK_CHECK_EQ(column_of({"", ""}).type(), "empty");
  RAK_CHECK_EQ(column_of({}).type(), "empty");
}

RAK_TEST(numbers_are_compared_by_value_and_texts_by_bytes) {
  const Column numbers = column_of({"10", "9", "9", ""});
  RAK_CHECK_EQ(numbers.min() + " " + numbers.max(), "9 10");
  RAK_CHECK_EQ(Column::short_number(*numbers.mean()), "9.33333");
  RAK_CHECK_EQ(numbers.distinct() * 100 + numbers.count() * 10 + numbers.missing(), 231);
  const Column texts = column_of({"10", "9", "x"});
  RAK_CHECK_EQ(texts.min() + " " + texts.max(), "10 x");
  RAK_CHECK(!texts.mean());
  RAK_CHECK_EQ(column_of({"1e308", "1e308"}).mean().value(), 1e308);
}
