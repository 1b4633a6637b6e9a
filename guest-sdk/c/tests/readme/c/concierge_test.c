#include <rak/testing.h>

static const rak_part ROME = {
    RAK_PART_CALL, .call = {{"1", 1}, {"weather", 7}, {"{\"city\":\"Rome\"}", 15}}};
static const rak_model_answer ASKS_FOR_ROME = {.parts = &ROME, .part_count = 1};

RAK_TEST(asks_about_the_weather) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_model_answers(host, "small", &ASKS_FOR_ROME);
  rak_fake_model_says(host, "small", "Rome is sunny.");
  const rak_test_run *run = rak_fake_run(host, "How is Rome?");
  RAK_CHECK_TEXT(rak_test_answer(run), "Rome is sunny.");
  RAK_CHECK_TEXT(rak_test_streamed(run), "Rome is sunny.");
  RAK_CHECK_TEXT(run->model_calls[1].contents[2].parts[0].response.response, "\"sunny\"");
}

RAK_TEST(ends_a_model_that_does_not) {
  rak_fake_host *host = rak_fake_host_new();
  for (int turn = 0; turn < 10; turn++) {
    rak_fake_model_answers(host, "small", &ASKS_FOR_ROME);
  }
  RAK_CHECK_INT(rak_fake_run(host, "How is Rome?")->status, RAK_LIMIT_EXCEEDED);
}
