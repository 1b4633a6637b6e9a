/* CRC-32 as zip, gzip and PNG have it, of bytes that come piece by piece. */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The checksum after more bytes; it is 0 at the beginning. */
uint32_t crc32_add(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
