/* SHA-256 (FIPS 180-4), of bytes that come piece by piece. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_BLOCK = 64 };

typedef struct sha256 {
  uint32_t hash[8];
  /* How many bytes were added. */
  uint64_t length;
  /* Those that do not fill a block yet. */
  uint8_t block[SHA256_BLOCK];
} sha256;

/* The digest of nothing so far. */
sha256 sha256_begin(void);

void sha256_add(sha256 *state, const uint8_t *bytes, size_t count);

/* The digest of everything that was added; nothing may be added afterwards. */
void sha256_end(sha256 *state, uint8_t digest[SHA256_SIZE]);

#endif
