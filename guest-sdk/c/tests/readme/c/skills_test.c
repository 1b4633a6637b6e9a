#include <rak/testing.h>

RAK_TEST(streams_and_has_a_skill) {
  const rak_test_run *run = rak_fake_run(rak_fake_host_new(), "Ada");
  RAK_CHECK_TEXT(rak_test_streamed(run), "Hello, Ada");
  RAK_CHECK_TEXT(rak_test_answer(run), "Hello, Ada");
  RAK_CHECK_TEXT(rak_str_of(rak_the_agent()->skills[0].examples[1]), "Grace");
  RAK_CHECK(rak_the_agent()->skills[1].id == NULL);
}
