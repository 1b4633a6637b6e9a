#include <rak/testing.h>

RAK_TEST(sends_what_is_approved) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_approves(host);
  rak_fake_answers(host, "2");
  const rak_test_run *run = rak_fake_run(host, "a card");
  RAK_CHECK_TEXT(rak_test_answer(run), "Sent a card 2 times.");
  RAK_CHECK_TEXT(run->questions[0].details, "\"a card\"");
}

RAK_TEST(sends_nothing_else) {
  rak_fake_host *host = rak_fake_host_new();
  RAK_CHECK_TEXT(rak_test_answer(rak_fake_run(host, "a boat")), "Nobody decided, so nothing was sent.");
  rak_fake_rejects(host, "too dear");
  RAK_CHECK_TEXT(rak_test_answer(rak_fake_run(host, "a boat")), "Not sent: too dear");
}
