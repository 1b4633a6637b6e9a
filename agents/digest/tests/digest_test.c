/* The digests against what the standards and every other program say. */

#include <rak/testing.h>
#include <stdio.h>
#include <string.h>

#include "crc32.h"
#include "hex.h"
#include "sha256.h"

/* The digest of `count` times the text, added in pieces of `step` bytes. */
static void check_sha256(const char *text, size_t count, size_t step, const char *expected) {
  sha256 state = sha256_begin();
  for (size_t i = 0; i < count; i++) {
    const size_t len = strlen(text);
    for (size_t at = 0; at < len; at += step) {
      sha256_add(&state, (const uint8_t *)text + at, len - at < step ? len - at : step);
    }
  }
  uint8_t digest[SHA256_SIZE];
  char hex[2 * SHA256_SIZE + 1] = "";
  sha256_end(&state, digest);
  for (size_t i = 0; i < SHA256_SIZE; i++) {
    snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  }
  RAK_CHECK_TEXT(rak_str_of(hex), expected);
}

RAK_TEST(sha256_is_as_in_the_standard) {
  check_sha256("", 1, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  check_sha256("abc", 1, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  for (size_t step = 1; step < 57; step += 11) {
    check_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, step,
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }
  check_sha256("aaaaaaaaaa", 100000, 10, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

RAK_TEST(sha256_pads_at_the_edge_of_a_block) {
  const char *const expected[] = {
      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
      "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
      "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
  };
  const size_t sizes[] = {55, 56, 63, 64};
  for (size_t i = 0; i < 4; i++) {
    check_sha256("a", sizes[i], 1, expected[i]);
  }
}

RAK_TEST(crc32_is_as_everywhere) {
  RAK_CHECK_INT(crc32_add(0, NULL, 0), 0);
  RAK_CHECK_INT(crc32_add(0, (const uint8_t *)"123456789", 9), 0xCBF43926);
  RAK_CHECK_INT(crc32_add(crc32_add(0, (const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5), 0xCBF43926);
}

static rak_status dump(rak_context *cx, const rak_content *input) {
  const rak_str text = rak_text(cx, input);
  return rak_answer_str(cx, hex_dump(cx, (const uint8_t *)text.ptr, text.len));
}

RAK_TEST(a_dump_has_sixteen_bytes_a_line) {
  const rak_part part = rak_text_part(RAK_STR("0123456789abcdef\n\x7F"));
  const rak_test_run *run = rak_fake_run_with(rak_fake_host_new(), dump, &(rak_content){.parts = &part, .part_count = 1});
  RAK_CHECK_TEXT(rak_test_answer(run),
                 "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
                 "00000010  0a 7f                                             |..|\n");
}
