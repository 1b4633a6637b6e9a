#include <rak/testing.h>

RAK_TEST(greets_and_counts) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_state(host, "user:greetings", "2");
  const rak_test_run *run = rak_fake_run(host, "Ada");
  RAK_CHECK_TEXT(rak_test_answer(run), "Hello, Ada! That makes 3.");
  RAK_CHECK_TEXT(rak_test_state(run, "user:greetings"), "3");
}

RAK_TEST(says_what_to_send) {
  const rak_test_run *run = rak_fake_run(rak_fake_host_new(), " ");
  RAK_CHECK_INT(run->status, RAK_INVALID_ARGUMENT);
}
