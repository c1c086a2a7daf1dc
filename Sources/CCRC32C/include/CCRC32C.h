// CRC-32C (Castagnoli), by the processor's instruction where it has one.
#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

// The checksum of what `crc` is the checksum of (0 for nothing) followed by `count` bytes.
uint32_t rw_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

// The same by tables alone, to compare with.
uint32_t rw_crc32c_table(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
