#include <rak/testing.hpp>

using namespace std::chrono_literals;

static rak::Run research(std::chrono::milliseconds time) {
  return [time](rak::Context& cx, std::string_view) {
    cx.sleep(time);
    return "It rains.";
  };
}

RAK_TEST(says_what_the_others_found) {
  const auto summarize = [](rak::Context&, std::string_view) { return "wet"; };
  rak::FakeHost host;
  host.agent("researcher", research(2s)).agent("summarizer", summarize);
  const rak::TestRun run = host.run(agent.run, "How is the weather?");
  RAK_CHECK_EQ(run.answer(), "In short: wet");
  RAK_CHECK_EQ(run.agent_calls[1].input.text(), "It rains.");
}

RAK_TEST(does_not_wait_for_long) {
  const rak::TestRun run = rak::FakeHost().agent("researcher", research(1min)).run(agent.run, "How is the weather?");
  RAK_CHECK_EQ(run.answer(), "That takes too long.");
  RAK_CHECK(run.agent_calls[0].cancelled);
}
