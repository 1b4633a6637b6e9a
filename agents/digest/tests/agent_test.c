/* The agent, against a host in memory. */

#include <rak/testing.h>
#include <stdlib.h>

static const rak_test_run *run_parts(rak_fake_host *host, const rak_part *parts, size_t count) {
  return rak_fake_run_with(host, rak_the_agent()->run, &(rak_content){.parts = parts, .part_count = count});
}

RAK_TEST(digests_a_text) {
  const rak_test_run *run = rak_fake_run(rak_fake_host_new(), "hello");
  RAK_CHECK_TEXT(rak_test_answer(run),
                 "part 1, text: 5 bytes\n"
                 "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"
                 "crc32 3610a686\n"
                 "00000000  68 65 6c 6c 6f                                    |hello|\n");
  RAK_CHECK_TEXT(run->events[0].other.name, "digest");
  RAK_CHECK_TEXT(run->events[0].other.value,
                 "{\"part\":1,\"kind\":\"text\",\"size\":5,"
                 "\"sha256\":\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\","
                 "\"crc32\":\"3610a686\",\"head\":\"68656c6c6f\"}");
  RAK_CHECK_INT(rak_test_count(run, RAK_EVENT_PROGRESS), 0);
}

RAK_TEST(digests_each_part_of_text_or_data) {
  static const uint8_t bytes[] = {0x00, 0xFF};
  const rak_part parts[] = {
      {RAK_PART_FILE, .file = {.uri = RAK_STR("file:///a")}},
      {RAK_PART_BLOB, .blob = {RAK_STR("image/png"), {bytes, 2}}},
      {RAK_PART_TEXT, .text = RAK_STR("")},
  };
  const rak_test_run *run = run_parts(rak_fake_host_new(), parts, 3);
  const rak_str answer = rak_test_answer(run);
  RAK_CHECK(rak_starts_with(answer, RAK_STR("part 2, data of type image/png: 2 bytes\nsha256 06eb7d6a")));
  RAK_CHECK_INT(rak_test_count(run, RAK_EVENT_OTHER), 2);
  RAK_CHECK_INT(rak_test_count(run, RAK_EVENT_TEXT_DELTA), 2);
  RAK_CHECK_INT(run_parts(rak_fake_host_new(), parts, 1)->status, RAK_INVALID_ARGUMENT);
}

RAK_TEST(reports_and_is_cancelled_where_the_input_is_large) {
  const size_t size = 1000 * 1000;
  const uint8_t *bytes = calloc(1, size);
  const rak_part part = {RAK_PART_BLOB, .blob = {RAK_STR("a/b"), {bytes, size}}};
  const rak_test_run *run = run_parts(rak_fake_host_new(), &part, 1);
  RAK_CHECK_INT(rak_test_count(run, RAK_EVENT_PROGRESS), 4);
  RAK_CHECK_INT(run->events[3].progress.done.value, size);

  rak_fake_host *host = rak_fake_host_new();
  rak_fake_cancel_after_calls(host, 2);
  run = run_parts(host, &part, 1);
  RAK_CHECK_INT(run->status, RAK_CANCELLED);
  RAK_CHECK_INT(run->event_count, 2);
  free((void *)bytes);
}
