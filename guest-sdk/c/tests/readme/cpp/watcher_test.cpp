#include <rak/testing.hpp>

static const std::string place = "https://logs.example.com/7";

RAK_TEST(shows_the_log) {
  const rak::TestRun run = rak::FakeHost().http("GET", place, {.pieces = {"star", "ted\n"}}).run(agent.run, place);
  RAK_CHECK_EQ(run.answer(), "started\n");
  RAK_CHECK_EQ(run.all<rak::TextDelta>().size(), 2);
}

RAK_TEST(says_that_the_log_broke_off) {
  const rak::Failure ended{.kind = rak::FailureKind::unavailable, .code = "interrupted", .message = "the host ended"};
  const rak::HttpAnswer broken{.pieces = {"star"}, .broken_by = ended};
  const rak::TestRun run = rak::FakeHost().http("GET", place, broken).run(agent.run, place);
  RAK_CHECK_EQ(run.answer(), "The log broke off; ask for it again.");
}

RAK_TEST(says_that_there_is_no_log) {
  const rak::TestRun run = rak::FakeHost().http("GET", place, {.status = 404}).run(agent.run, place);
  RAK_CHECK_EQ(run.answer(), "The log says 404.");
}
