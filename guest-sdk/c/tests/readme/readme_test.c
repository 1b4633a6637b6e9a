/* The README shows the files that are compiled and run beside this one. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rak/testing.h>

/* The whole of a file, which the test frees. */
static char *contents(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    rak_panic("there is no %s", path);
  }
  fseek(file, 0, SEEK_END);
  const size_t size = (size_t)ftell(file);
  rewind(file);
  char *text = calloc(1, size + 1);
  if (text == NULL || fread(text, 1, size, file) != size) {
    rak_panic("%s cannot be read", path);
  }
  fclose(file);
  return text;
}

RAK_TEST(the_readme_shows_what_is_tested) {
  static const char *const shown[] = {
      "tests/readme/c/greeter.c",          "tests/readme/c/greeter_test.c",      "tests/readme/c/skills.c",
      "tests/readme/c/sender.c",           "tests/readme/c/briefer.c",          "tests/readme/cpp/greeter.cpp",
      "tests/readme/cpp/greeter_test.cpp", "tests/readme/cpp/sender.cpp",       "tests/readme/cpp/briefer.cpp",
      "tests/readme/c/reckoner.c",         "tests/readme/cpp/reckoner.cpp",      "tests/readme/c/concierge.c",
      "tests/readme/cpp/poet.cpp",         "tests/readme/c/tracker.c",           "tests/readme/cpp/watcher.cpp",
      "tests/readme/c/diarist.c",          "tests/readme/cpp/diarist.cpp",
  };
  char *readme = contents("README.md");
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    char *text = contents(shown[i]);
    if (!RAK_CHECK(strstr(readme, text) != NULL)) {
      fprintf(stderr, "README.md does not show %s\n", shown[i]);
    }
    free(text);
  }
  free(readme);
}
