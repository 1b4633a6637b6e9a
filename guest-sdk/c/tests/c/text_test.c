/* Texts and memory. */

#include <string.h>

#include "run.h"

RUN_TEST(texts_are_trimmed_and_cut) {
  rak_str head, tail;
  RAK_CHECK_TEXT(rak_trim(cx, RAK_STR(" \t a b\n")), "a b");
  RAK_CHECK_TEXT(rak_trim(cx, RAK_STR("  ")), "");
  RAK_CHECK(rak_cut(RAK_STR("set k v"), ' ', &head, &tail));
  RAK_CHECK_TEXT(head, "set");
  RAK_CHECK_TEXT(tail, "k v");
  RAK_CHECK(!rak_cut(RAK_STR("set"), ' ', &head, &tail));
  RAK_CHECK_TEXT(head, "set");
  RAK_CHECK_TEXT(tail, "");
  RAK_CHECK(!rak_cut(RAK_NO_STR, ' ', &head, &tail));
  return RAK_OK;
}

RUN_TEST(words_end_after_their_space) {
  rak_builder all = rak_builder_of(cx);
  for (rak_str word, rest = RAK_STR("one  two three"); rak_next_word(&rest, &word);) {
    rak_appendf(&all, "[%.*s]", RAK_ARG(word));
  }
  RAK_CHECK_TEXT(rak_built(&all), "[one ][ ][two ][three]");
  return RAK_OK;
}

RUN_TEST(numbers_are_all_of_the_text) {
  uint64_t number = 7;
  RAK_CHECK(rak_parse_u64(RAK_STR("18446744073709551615"), &number) && number == UINT64_MAX);
  const char *const bad[] = {"", "-1", "1 ", "1e3", "18446744073709551616"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    RAK_CHECK(!rak_parse_u64(rak_str_of(bad[i]), &number));
  }
  RAK_CHECK(number == UINT64_MAX);
  (void)cx;
  return RAK_OK;
}

RUN_TEST(a_copy_has_a_zero_byte_and_keeps_those_inside) {
  const rak_str copy = rak_copy(cx, RAK_STR("a\0b"));
  RAK_CHECK(copy.len == 3 && memcmp(copy.ptr, "a\0b", 4) == 0);
  RAK_CHECK(rak_copy(cx, RAK_NO_STR).ptr == NULL);
  RAK_CHECK_TEXT(rak_printf(cx, "%s-%d", "x", 5), "x-5");
  const rak_str both[] = {RAK_STR("a"), RAK_STR("b")};
  RAK_CHECK_TEXT(rak_join(cx, (rak_strs){both, 2}, RAK_STR(", ")), "a, b");
  RAK_CHECK_TEXT(rak_join(cx, (rak_strs){0}, RAK_STR(",")), "");
  return RAK_OK;
}

RUN_TEST(memory_is_zeroed_aligned_and_given_back) {
  const rak_arena_mark mark = rak_mark(cx);
  unsigned char *first = rak_alloc(cx, 10000);
  memset(first, 0xFF, 10000);
  RAK_CHECK((uintptr_t)rak_alloc(cx, 1) % _Alignof(max_align_t) == 0);
  RAK_CHECK((uintptr_t)rak_alloc(cx, 1) % _Alignof(max_align_t) == 0);
  rak_release(cx, mark);
  const unsigned char *second = rak_alloc(cx, 10000);
  for (size_t i = 0; i < 10000; i++) {
    if (second[i] != 0) return rak_fail(cx, RAK_FAILED, "byte %zu is not zero", i);
  }
  return RAK_OK;
}

/* One delta for each of the texts, as the client gets it. */
static rak_status send_bad_text(rak_context *cx, const rak_content *input) {
  (void)input;
  const char *const texts[] = {"ok \xC3\xA9 \xF0\x9F\x98\x80", "a\xFFz", "\xC0\x80", "\xED\xA0\x80",
                               "\xE2\x82", "\xF4\x90\x80\x80"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    RAK_TRY(rak_text_delta(cx, rak_str_of(texts[i])));
  }
  return RAK_OK;
}

RAK_TEST(what_is_not_utf8_is_replaced) {
#define R "\xEF\xBF\xBD"
  const rak_test_run *run = run_on(rak_fake_host_new(), send_bad_text);
  const char *const expected[] = {"ok \xC3\xA9 \xF0\x9F\x98\x80", "a" R "z", R R, R R R, R, R R R R};
  for (size_t i = 0; i < run->event_count; i++) {
    RAK_CHECK_TEXT(run->events[i].text, expected[i]);
  }
  RAK_CHECK_INT(run->event_count, 6);
}
