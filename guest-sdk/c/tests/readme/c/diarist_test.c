#include <rak/testing.h>

RAK_TEST(writes_below_what_is_there) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_artifact(host, "user:diary.md", rak_text_blob(RAK_STR("- It rained.\n")));
  const rak_test_run *first = rak_fake_run(host, "The sun shone.");
  RAK_CHECK_TEXT(rak_test_answer(first), "Kept, as version 2.");
  const rak_blob *diary = rak_test_artifact(first, "user:diary.md");
  RAK_CHECK_TEXT(rak_blob_text(diary), "- It rained.\n- The sun shone.\n");

  rak_fake_artifacts_after(host, first);
  RAK_CHECK_TEXT(rak_test_answer(rak_fake_run(host, "print")), "- It rained.\n- The sun shone.\n");
}
