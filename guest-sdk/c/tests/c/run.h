/* Runs functions as agents. */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <rak/testing.h>

/* Runs a function with a host and an empty text. */
static inline const rak_test_run *run_on(rak_fake_host *host, rak_run *run) {
  const rak_part part = rak_text_part(RAK_STR(""));
  return rak_fake_run_with(host, run, &(rak_content){.role = RAK_STR("user"), .parts = &part, .part_count = 1});
}

/* A test whose body is a run on a fresh host, which has to end well. */
#define RUN_TEST(test_name)                                                         \
  static rak_status run_##test_name(rak_context *cx, const rak_content *input);     \
  RAK_TEST(test_name) {                                                             \
    const rak_test_run *run = run_on(rak_fake_host_new(), run_##test_name);         \
    RAK_CHECK_INT(run->status, RAK_OK);                                             \
  }                                                                                 \
  static rak_status run_##test_name(rak_context *cx, __attribute__((__unused__)) const rak_content *input)

#endif
