#include <rak/testing.hpp>

RAK_TEST(writes_below_what_is_there) {
  rak::FakeHost host;
  host.artifact("user:diary.md", "- It rained.\n");
  const rak::TestRun first = host.run(agent.run, "The sun shone.");
  RAK_CHECK_EQ(first.answer(), "Kept, as version 2.");
  RAK_CHECK_EQ(first.artifact("user:diary.md")->mime_type, "text/markdown");
  RAK_CHECK_EQ(host.artifacts_after(first).run(agent.run, "print").answer(), "- It rained.\n- The sun shone.\n");
}
