#include <rak/testing.hpp>

RAK_TEST(greets_and_counts) {
  const rak::TestRun run = rak::FakeHost().state("user:greetings", 2).run("Ada");
  RAK_CHECK_EQ(run.answer(), "Hello, Ada! That makes 3.");
  RAK_CHECK_EQ(run.state.at("user:greetings"), 3);
}

RAK_TEST(says_what_to_send) {
  RAK_CHECK(rak::FakeHost().run(" ").failure().kind == rak::FailureKind::invalid_argument);
}
