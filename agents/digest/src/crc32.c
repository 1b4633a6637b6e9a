#include "crc32.h"

#include <stdbool.h>

/* The polynomial of IEEE 802.3, lowest bit first. */
#define POLYNOMIAL 0xEDB88320u

/* What a byte does to the checksum; made at the first call, because an instance lives for one run. */
static const uint32_t *table(void) {
  static uint32_t entries[256];
  static bool is_made;
  for (uint32_t byte = 0; !is_made && byte < 256; byte++) {
    uint32_t entry = byte;
    for (int bit = 0; bit < 8; bit++) {
      entry = entry >> 1 ^ (entry & 1 ? POLYNOMIAL : 0);
    }
    entries[byte] = entry;
  }
  is_made = true;
  return entries;
}

uint32_t crc32_add(uint32_t crc, const uint8_t *bytes, size_t count) {
  const uint32_t *entries = table();
  crc = ~crc;
  for (size_t i = 0; i < count; i++) {
    crc = crc >> 8 ^ entries[(crc ^ bytes[i]) & 0xFF];
  }
  return ~crc;
}
