/* Running the program's own agent: apart, because tests of other functions have none. */

#include <rak/testing.h>

const rak_test_run *rak_fake_run(rak_fake_host *host, const char *text) {
  const rak_part part = rak_text_part(rak_str_of(text));
  const rak_content input = {RAK_STR("user"), &part, 1};
  return rak_fake_run_with(host, rak_the_agent()->run, &input);
}
