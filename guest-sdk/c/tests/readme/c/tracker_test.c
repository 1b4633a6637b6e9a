#include <rak/testing.h>

static const char *const SEARCH = "https://tracker.example.com/search";

RAK_TEST(finds_the_newest_issue) {
  rak_fake_host *host = rak_fake_host_new();
  const char *issues = "[{\"title\":\"It broke\"},{\"title\":\"It is slow\"}]";
  rak_fake_http(host, "POST", SEARCH, &(rak_http_answer){.json = issues});
  const rak_test_run *run = rak_fake_run(host, "disk");
  RAK_CHECK_TEXT(rak_test_answer(run), "2 issues, the newest is: It broke");
  const rak_bytes body = run->http_calls[0].options.body;
  RAK_CHECK_TEXT(((rak_str){(const char *)body.ptr, body.len}), "{\"query\":\"disk\"}");
}

RAK_TEST(says_what_the_tracker_says) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http(host, "POST", SEARCH, &(rak_http_answer){.status = 503, .text = "come back later"});
  RAK_CHECK_TEXT(rak_test_answer(rak_fake_run(host, "disk")), "The tracker says 503: come back later");
}

RAK_TEST(says_that_nothing_is_broken) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_http(host, "POST", SEARCH, &(rak_http_answer){.json = "[]"});
  RAK_CHECK_TEXT(rak_test_answer(rak_fake_run(host, "disk")), "Nothing is broken.");
}
