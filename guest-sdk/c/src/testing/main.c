/* The tests of a program, one after the other. */

#include <stdio.h>
#include <string.h>

#include "fake.h"

static rak_test *first_test;
static bool test_failed;

void rak_test_add(rak_test *test) {
  rak_test **last = &first_test;
  while (*last != NULL) {
    last = &(*last)->next;
  }
  *last = test;
}

bool rak_check(bool ok, const char *file, int line, const char *what) {
  if (!ok) {
    test_failed = true;
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, what);
  }
  return ok;
}

bool rak_check_text(rak_str actual, rak_str expected, const char *file, int line, const char *what) {
  const bool ok = (actual.ptr == NULL) == (expected.ptr == NULL) && rak_equal(actual, expected);
  if (!ok) {
    test_failed = true;
    fprintf(stderr, "%s:%d: %s\n     is: %.*s\n not: %.*s\n", file, line, what,
            actual.ptr == NULL ? 6 : (int)actual.len, actual.ptr == NULL ? "(none)" : actual.ptr,
            expected.ptr == NULL ? 6 : (int)expected.len, expected.ptr == NULL ? "(none)" : expected.ptr);
  }
  return ok;
}

bool rak_check_int(long long actual, long long expected, const char *file, int line, const char *what) {
  if (actual != expected) {
    test_failed = true;
    fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, actual, expected);
  }
  return actual == expected;
}

static bool is_wanted(const rak_test *test, int count, char **names) {
  for (int i = 0; i < count; i++) {
    if (strcmp(test->name, names[i]) == 0) {
      return true;
    }
  }
  return count == 0;
}

int main(int argc, char **argv) {
  int run = 0, failed = 0;
  for (const rak_test *test = first_test; test != NULL; test = test->next) {
    if (!is_wanted(test, argc - 1, argv + 1)) {
      continue;
    }
    test_failed = false;
    test->function();
    rak_fake_host_free_all();
    fprintf(stderr, "%s %s\n", test_failed ? "FAILED" : "ok", test->name);
    run++;
    failed += test_failed;
  }
  fprintf(stderr, "%d tests, %d failed\n", run, failed);
  if (run == 0) {
    fprintf(stderr, "no test has such a name\n");
  }
  return failed > 0 || run == 0;
}
