#include "sha256.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t ROUND[SHA256_BLOCK] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int by) {
  return word >> by | word << (32 - by);
}

/* The 64 words that a block of 16 is stretched to. */
static void schedule(const uint8_t block[SHA256_BLOCK], uint32_t words[SHA256_BLOCK]) {
  for (int i = 0; i < 16; i++) {
    words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
  }
  for (int i = 16; i < SHA256_BLOCK; i++) {
    const uint32_t a = words[i - 15], b = words[i - 2];
    const uint32_t s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
    const uint32_t s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
}

static void add_block(sha256 *state, const uint8_t block[SHA256_BLOCK]) {
  uint32_t words[SHA256_BLOCK], v[8];
  schedule(block, words);
  memcpy(v, state->hash, sizeof v);
  for (int i = 0; i < SHA256_BLOCK; i++) {
    const uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    const uint32_t t1 = v[7] + s1 + choice + ROUND[i] + words[i];
    const uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t1;
    v[0] = t1 + s0 + majority;
  }
  for (int i = 0; i < 8; i++) {
    state->hash[i] += v[i];
  }
}

sha256 sha256_begin(void) {
  return (sha256){.hash = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(sha256 *state, const uint8_t *bytes, size_t count) {
  size_t held = state->length % SHA256_BLOCK;
  state->length += count;
  while (count > 0) {
    const size_t room = SHA256_BLOCK - held;
    const size_t taken = count < room ? count : room;
    memcpy(state->block + held, bytes, taken);
    bytes += taken;
    count -= taken;
    held += taken;
    if (held == SHA256_BLOCK) {
      add_block(state, state->block);
      held = 0;
    }
  }
}

void sha256_end(sha256 *state, uint8_t digest[SHA256_SIZE]) {
  /* One bit, zeros, and the length in bits, which ends a block. */
  static const uint8_t padding[SHA256_BLOCK] = {0x80};
  const uint64_t bits = state->length * 8;
  const size_t held = state->length % SHA256_BLOCK;
  sha256_add(state, padding, held < 56 ? 56 - held : 120 - held);
  uint8_t length[8];
  for (int i = 0; i < 8; i++) {
    length[i] = (uint8_t)(bits >> (56 - 8 * i));
  }
  sha256_add(state, length, sizeof length);
  for (int i = 0; i < SHA256_SIZE; i++) {
    digest[i] = (uint8_t)(state->hash[i / 4] >> (24 - 8 * (i % 4)));
  }
}
