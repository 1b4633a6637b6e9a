#include <rak/testing.h>

static rak_status research(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_sleep(cx, 2000);
  return rak_answer(cx, "It rains.");
}

static rak_status research_for_long(rak_context *cx, const rak_content *input) {
  rak_sleep(cx, 60000);
  return research(cx, input);
}

static rak_status summarize(rak_context *cx, const rak_content *input) {
  (void)input;
  return rak_answer(cx, "wet");
}

RAK_TEST(says_what_the_others_found) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_agent(host, &(rak_agent){.name = "researcher", .run = research});
  rak_fake_agent(host, &(rak_agent){.name = "summarizer", .run = summarize});
  const rak_test_run *run = rak_fake_run(host, "How is the weather?");
  RAK_CHECK_TEXT(rak_test_answer(run), "In short: wet");
  RAK_CHECK_TEXT(run->agent_calls[1].input.parts[0].text, "It rains.");
}

RAK_TEST(does_not_wait_for_long) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_agent(host, &(rak_agent){.name = "researcher", .run = research_for_long});
  const rak_test_run *run = rak_fake_run(host, "How is the weather?");
  RAK_CHECK_TEXT(rak_test_answer(run), "That takes too long.");
  RAK_CHECK(run->agent_calls[0].cancelled);
}
