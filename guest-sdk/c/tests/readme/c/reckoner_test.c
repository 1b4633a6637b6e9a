#include <rak/testing.h>

static rak_status calculate(rak_context *cx, rak_str args, rak_response *response, void *data) {
  (void)cx;
  (void)args;
  (void)data;
  response->response = RAK_STR("4");
  return RAK_OK;
}

RAK_TEST(calls_what_the_model_wants) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_tool(host, &(rak_test_tool){.name = "calculator", .run = calculate});
  const rak_content wanted = {.role = RAK_STR("model"), RAK_PARTS(
    {RAK_PART_CALL, .call = {RAK_STR("a"), RAK_STR("calculator"), RAK_STR("{\"expression\":\"2 + 2\"}")}},
    {RAK_PART_CALL, .call = {RAK_STR("b"), RAK_STR("oracle"), RAK_STR("{}")}},
  )};
  const rak_test_run *run = rak_fake_run_with(host, rak_the_agent()->run, &wanted);
  RAK_CHECK_TEXT(run->tool_calls[0].call.args, "{\"expression\":\"2 + 2\"}");
  const rak_part *parts = run->outcome.content.parts;
  RAK_CHECK_TEXT(parts[0].response.response, "4");
  RAK_CHECK_TEXT(parts[1].response.response, "\"no tool is called oracle; there is calculator\"");
  RAK_CHECK(!parts[0].response.failed && parts[1].response.failed);
}

RAK_TEST(says_that_there_is_nothing) {
  RAK_CHECK_INT(rak_fake_run(rak_fake_host_new(), "hi")->status, RAK_INVALID_ARGUMENT);
}
