/* Bytes in hexadecimal. */
#ifndef HEX_H
#define HEX_H

#include <rak.h>

/* Two digits a byte. */
rak_str hex_of(rak_context *cx, const uint8_t *bytes, size_t count);

/* As `hexdump -C` writes them: where, sixteen bytes, and what of them is ASCII. Each line ends with a line feed. */
rak_str hex_dump(rak_context *cx, const uint8_t *bytes, size_t count);

#endif
