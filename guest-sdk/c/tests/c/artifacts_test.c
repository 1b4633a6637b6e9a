/* Keeping files. */

#include "run.h"

enum { SECOND = 1000 };

static rak_blob png(const char *bytes, size_t count) {
  return (rak_blob){RAK_STR("image/png"), {(const uint8_t *)bytes, count}};
}

static rak_status save_two(rak_context *cx, const rak_content *input) {
  (void)input;
  char data[] = {0, 'x'};
  uint32_t version;
  const rak_blob *loaded;
  RAK_TRY(rak_save_artifact(cx, RAK_STR("a.txt"), rak_text_blob(RAK_STR("one")), &version));
  RAK_CHECK_INT(version, 1);
  RAK_TRY(rak_save_artifact(cx, RAK_STR("a.txt"), png(data, 2), &version));
  RAK_CHECK_INT(version, 2);
  data[1] = 'y';
  RAK_TRY(rak_load_artifact(cx, RAK_STR("a.txt"), RAK_NONE, &loaded));
  RAK_CHECK_TEXT(loaded->mime_type, "image/png");
  RAK_CHECK(loaded->data.len == 2 && loaded->data.ptr[0] == 0 && loaded->data.ptr[1] == 'x');
  RAK_TRY(rak_load_artifact(cx, RAK_STR("a.txt"), RAK_SOME(1), &loaded));
  RAK_CHECK_TEXT(loaded->mime_type, "text/plain; charset=utf-8");
  RAK_CHECK_TEXT(rak_blob_text(loaded), "one");
  RAK_TRY(rak_load_artifact(cx, RAK_STR("a.txt"), RAK_SOME(3), &loaded));
  RAK_CHECK(loaded == NULL);
  RAK_TRY(rak_load_artifact(cx, RAK_STR("b.txt"), RAK_NONE, &loaded));
  RAK_CHECK(loaded == NULL);
  return RAK_OK;
}

RAK_TEST(each_save_makes_a_version) {
  const rak_test_run *run = run_on(rak_fake_host_new(), save_two);
  RAK_CHECK_INT(run->status, RAK_OK);
  RAK_CHECK_INT(run->artifact_count, 2);
  RAK_CHECK_TEXT(rak_test_artifact(run, "a.txt")->mime_type, "image/png");
  RAK_CHECK(rak_test_artifact(run, "b.txt") == NULL);
}

static rak_status look(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_artifact_infos infos;
  rak_sleep(cx, SECOND);
  RAK_TRY(rak_save_artifact(cx, RAK_STR("user:b"), png("xy", 2), NULL));
  RAK_TRY(rak_artifact_versions(cx, RAK_STR("user:b"), &infos));
  if (!RAK_CHECK_INT(infos.count, 2)) return RAK_OK;
  RAK_CHECK_TEXT(infos.items[0].name, "user:b");
  RAK_CHECK_INT(infos.items[0].version, 2);
  RAK_CHECK_TEXT(infos.items[0].mime_type, "image/png");
  RAK_CHECK_INT(infos.items[0].size, 2);
  RAK_CHECK_INT(infos.items[0].created_at_ms, SECOND);
  RAK_CHECK(infos.items[0].extra.ptr == NULL);
  RAK_CHECK_INT(infos.items[1].version, 1);
  RAK_CHECK_INT(infos.items[1].created_at_ms, 0);
  RAK_TRY(rak_list_artifacts(cx, RAK_STR(""), &infos));
  if (!RAK_CHECK_INT(infos.count, 3)) return RAK_OK;
  RAK_CHECK_TEXT(infos.items[0].name, "a/c");
  RAK_CHECK_TEXT(infos.items[1].name, "a/d");
  RAK_CHECK_INT(infos.items[2].version, 2);
  RAK_TRY(rak_list_artifacts(cx, RAK_STR("a/d"), &infos));
  RAK_CHECK_INT(infos.count, 1);
  RAK_TRY(rak_artifact_versions(cx, RAK_STR("nothing"), &infos));
  RAK_CHECK_INT(infos.count, 0);
  return RAK_OK;
}

RAK_TEST(versions_say_what_they_are) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_artifact(host, "user:b", rak_text_blob(RAK_STR("old")));
  rak_fake_artifact(host, "a/d", rak_text_blob(RAK_STR("d")));
  rak_fake_artifact(host, "a/c", rak_text_blob(RAK_STR("c")));
  RAK_CHECK_INT(run_on(host, look)->status, RAK_OK);
}

static rak_status save_and_remove(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_str a = RAK_STR("a");
  uint32_t version;
  bool removed;
  const rak_blob *loaded;
  rak_artifact_infos infos;
  RAK_TRY(rak_save_artifact(cx, a, rak_text_blob(RAK_STR("x")), NULL));
  RAK_TRY(rak_save_artifact(cx, a, rak_text_blob(RAK_STR("y")), &version));
  RAK_TRY(rak_remove_artifact(cx, a, RAK_SOME(version), &removed));
  RAK_CHECK(removed);
  RAK_TRY(rak_remove_artifact(cx, a, RAK_SOME(version), &removed));
  RAK_CHECK(!removed);
  RAK_TRY(rak_load_artifact(cx, a, RAK_NONE, &loaded));
  RAK_CHECK_TEXT(rak_blob_text(loaded), "x");
  RAK_TRY(rak_remove_artifact(cx, a, RAK_NONE, &removed));
  RAK_CHECK(removed);
  RAK_TRY(rak_remove_artifact(cx, a, RAK_NONE, &removed));
  RAK_CHECK(!removed);
  RAK_TRY(rak_list_artifacts(cx, RAK_STR(""), &infos));
  RAK_CHECK_INT(infos.count, 0);
  RAK_TRY(rak_save_artifact(cx, a, rak_text_blob(RAK_STR("z")), &version));
  return rak_answer(cx, "%u", version);
}

RAK_TEST(a_number_is_not_used_again) {
  rak_fake_host *host = rak_fake_host_new();
  const rak_test_run *first = run_on(host, save_and_remove);
  RAK_CHECK_TEXT(rak_test_answer(first), "3");
  /* Each run begins with the same. */
  RAK_CHECK_TEXT(rak_test_answer(run_on(host, save_and_remove)), "3");
  rak_fake_artifact(host, "gone", rak_text_blob(RAK_STR("")));
  rak_fake_artifacts_after(host, first);
  const rak_test_run *second = run_on(host, save_and_remove);
  RAK_CHECK_TEXT(rak_test_answer(second), "6");
  RAK_CHECK(rak_test_artifact(second, "gone") == NULL);
  RAK_CHECK_INT(first->artifact_count, 3);
}

static rak_status read_parts(rak_context *cx, const rak_content *input) {
  (void)input;
  rak_bytes piece;
  RAK_TRY(rak_save_artifact(cx, RAK_STR("a"), rak_text_blob(RAK_STR("one two three")), NULL));
  RAK_TRY(rak_read_artifact(cx, RAK_STR("a"), 1, 4, 3, &piece));
  RAK_CHECK_TEXT(((rak_str){(const char *)piece.ptr, piece.len}), "two");
  RAK_TRY(rak_read_artifact(cx, RAK_STR("a"), 1, 100, 3, &piece));
  RAK_CHECK_INT(piece.len, 0);
  return rak_read_artifact(cx, RAK_STR("a"), 2, 0, 3, &piece);
}

RAK_TEST(a_version_is_read_in_parts) {
  RAK_CHECK_INT(run_on(rak_fake_host_new(), read_parts)->status, RAK_NOT_FOUND);
}

RUN_TEST(what_is_no_name_or_type_is_refused) {
  static const char *const unusable[] = {"", "user:", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a\xc2\x85"};
  static const char *const usable[] = {"report.md", "user:photos/\xc3\xa4 b.png", "app:x"};
  static const char *const no_types[] = {"", "text", "/plain", "text/", "text/pl\nain", "t\xc3\xabxt/plain"};
  const rak_blob blob = rak_text_blob(RAK_STR("x"));
  for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) {
    RAK_CHECK_INT(rak_save_artifact(cx, rak_str_of(unusable[i]), blob, NULL), RAK_INVALID_ARGUMENT);
  }
  char *name = rak_alloc(cx, 256);
  for (size_t i = 0; i < 256; i++) {
    name[i] = 'n';
  }
  RAK_CHECK_INT(rak_save_artifact(cx, (rak_str){name, 256}, blob, NULL), RAK_INVALID_ARGUMENT);
  for (size_t i = 0; i < sizeof usable / sizeof *usable; i++) {
    RAK_TRY(rak_save_artifact(cx, rak_str_of(usable[i]), blob, NULL));
  }
  for (size_t i = 0; i < sizeof no_types / sizeof *no_types; i++) {
    const rak_blob typed = {rak_str_of(no_types[i]), blob.data};
    RAK_CHECK_INT(rak_save_artifact(cx, RAK_STR("a"), typed, NULL), RAK_INVALID_ARGUMENT);
  }
  return rak_save_artifact(cx, RAK_STR("a"), (rak_blob){RAK_STR("application/vnd.api+json"), blob.data}, NULL);
}

static rak_status save_and_fail(rak_context *cx, const rak_content *input) {
  (void)input;
  RAK_TRY(rak_save_artifact(cx, RAK_STR("a"), rak_text_blob(RAK_STR("x")), NULL));
  return rak_fail(cx, RAK_FAILED, "later");
}

RAK_TEST(what_was_saved_stays_and_what_is_not_granted_is_denied) {
  rak_fake_host *host = rak_fake_host_new();
  RAK_CHECK_TEXT(rak_blob_text(rak_test_artifact(run_on(host, save_and_fail), "a")), "x");
  rak_fake_without_artifacts(host);
  RAK_CHECK_INT(run_on(host, save_and_fail)->status, RAK_DENIED);
}

static rak_status call_all(rak_context *cx, const rak_content *input) {
  (void)input;
  const rak_str a = RAK_STR("a");
  const rak_blob *loaded;
  rak_bytes piece;
  rak_artifact_infos infos;
  RAK_TRY(rak_save_artifact(cx, a, rak_text_blob(RAK_STR("x")), NULL));
  RAK_TRY(rak_load_artifact(cx, a, RAK_NONE, &loaded));
  RAK_TRY(rak_read_artifact(cx, a, 1, 0, 1, &piece));
  RAK_TRY(rak_list_artifacts(cx, RAK_STR(""), &infos));
  RAK_TRY(rak_artifact_versions(cx, a, &infos));
  return rak_remove_artifact(cx, a, RAK_NONE, NULL);
}

RAK_TEST(every_call_about_artifacts_counts) {
  rak_fake_host *host = rak_fake_host_new();
  rak_fake_cancel_after_calls(host, 6);
  RAK_CHECK_INT(run_on(host, call_all)->status, RAK_OK);
  rak_fake_cancel_after_calls(host, 5);
  RAK_CHECK_INT(run_on(host, call_all)->status, RAK_CANCELLED);
  host = rak_fake_host_new();
  rak_fake_deadline(host, 0);
  const rak_test_run *late = run_on(host, call_all);
  RAK_CHECK_INT(late->status, RAK_DEADLINE_EXCEEDED);
  RAK_CHECK_INT(late->artifact_count, 0);
}
