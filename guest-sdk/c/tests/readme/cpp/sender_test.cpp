#include <rak/testing.hpp>

RAK_TEST(sends_what_is_approved) {
  const rak::TestRun run = rak::FakeHost().approves().answers(2).run(agent.run, "a card");
  RAK_CHECK_EQ(run.answer(), "Sent a card 2 times.");
  RAK_CHECK(run.questions.front().details == rak::Json("a card"));
}

RAK_TEST(sends_nothing_else) {
  RAK_CHECK_EQ(rak::FakeHost().run(agent.run, "a boat").answer(), "Nobody decided, so nothing was sent.");
  RAK_CHECK_EQ(rak::FakeHost().rejects("too dear").run(agent.run, "a boat").answer(), "Not sent: too dear");
}
