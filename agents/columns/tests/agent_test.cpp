// The agent, against a host in memory.

#include <rak/testing.hpp>

RAK_TEST(says_what_is_in_each_column) {
  const auto run = rak::FakeHost().run("name,born,note\nAda,1815,\n\"Hopper, Grace\",1906,\nAda,1900.5,");
  RAK_CHECK_EQ(run.answer(),
               "3 rows, 3 columns\n"
               "name: text, 3 values, 2 distinct, Ada to Hopper, Grace\n"
               "born: number, 3 values, 3 distinct, 1815 to 1906, mean 1873.83\n"
               "note: empty, 0 values, 3 missing\n");
  const auto custom = run.all<rak::Custom>().at(0);
  RAK_CHECK_EQ(custom.name, "columns");
  RAK_CHECK_EQ(*custom.value.find("rows"), 3);
  RAK_CHECK_EQ(custom.value.find("columns")->items()->at(2).dump(),
               "{\"name\":\"note\",\"type\":\"empty\",\"count\":0,\"missing\":3,\"distinct\":0}");
}

RAK_TEST(takes_data_before_text) {
  const std::string csv = "\xEF\xBB\xBF,b\n1,2\n";
  const rak::Content input{.role = "user", .parts = {rak::Text{"what is this?"}, rak::Blob{"text/csv", {csv.begin(), csv.end()}}}};
  const auto run = rak::FakeHost().run(input);
  RAK_CHECK_EQ(run.answer(),
               "1 rows, 2 columns\n"
               "column 1: integer, 1 values, 1 distinct, 1 to 1, mean 1\n"
               "b: integer, 1 values, 1 distinct, 2 to 2, mean 2\n");
}

RAK_TEST(names_the_line_of_what_is_malformed) {
  const auto failure = [](const char* csv) { return rak::FakeHost().run(csv).failure(); };
  RAK_CHECK_EQ(failure("a,b\n1,2\n3\n").message, "line 3: 1 fields, and the first line has 2");
  RAK_CHECK_EQ(failure("a\n\"x").message, "line 2: a quoted field does not end");
  RAK_CHECK(failure("\n").kind == rak::FailureKind::invalid_argument);
}

RAK_TEST(reports_and_is_cancelled) {
  std::string csv = "n\n";
  for (int i = 0; i < 1000; ++i) csv += std::to_string(i) + "\n";
  const auto run = rak::FakeHost().run(csv);
  const auto progress = run.all<rak::Progress>();
  RAK_CHECK_EQ(progress.size(), 20);
  RAK_CHECK(progress.back() == rak::Progress({.message = "1000 rows", .done = csv.size(), .total = csv.size()}));
  const auto cancelled = rak::FakeHost().cancel_after_calls(3).run(csv);
  RAK_CHECK(cancelled.failure().kind == rak::FailureKind::cancelled);
  RAK_CHECK_EQ(cancelled.events.size(), 3);
}
