#include <rak/testing.hpp>

static rak::Result<rak::ToolResponse> calculate(const rak::Json& args) {
  if (*args.find("expression") == rak::Json("2 + 2")) return rak::Json(4);
  return rak::ToolResponse::failing("this is too hard");
}

RAK_TEST(reckons) {
  const rak::TestRun run = rak::FakeHost().tool("calculator", calculate).run(agent.run, "2 + 2");
  RAK_CHECK_EQ(run.answer(), "2 + 2 is 4");
  RAK_CHECK_EQ(run.tool_calls.front().call.name, "calculator");
}

RAK_TEST(says_what_is_no_sum) {
  const rak::TestRun run = rak::FakeHost().tool("calculator", calculate).run(agent.run, "two and two");
  RAK_CHECK_EQ(run.failure().message, "this is no sum: \"this is too hard\"");
}
