#include <rak/testing.hpp>

RAK_TEST(writes_loudly) {
  const rak::TestRun run = rak::FakeHost().model_says("small", "o sea").run(agent.run, "the sea");
  RAK_CHECK_EQ(run.answer(), "O SEA");
  RAK_CHECK_EQ(run.all<rak::TextDelta>().size(), 2);
}

RAK_TEST(says_that_the_poem_broke_off) {
  const rak::Failure ended{.kind = rak::FailureKind::unavailable, .code = "interrupted", .message = "the host ended"};
  const rak::ModelAnswer broken{.deltas = {rak::TextDelta{"o sea"}}, .failure = ended};
  const rak::TestRun run = rak::FakeHost().model_answers("small", broken).run(agent.run, "the sea");
  RAK_CHECK_EQ(run.streamed(), "O SEA");
  RAK_CHECK_EQ(run.answer(), "The poem broke off; ask for it again.");
}
