#include "CCRC32C.h"

#include <pthread.h>
#include <string.h>

// The polynomial 0x1EDC6F41 with its bits reversed (RFC 3720, appendix B.4).
#define POLYNOMIAL 0x82F63B78u

static uint32_t table[8][256];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_table(void) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t crc = n;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
        table[0][n] = crc;
    }
    for (uint32_t n = 0; n < 256; n++)
        for (int k = 1; k < 8; k++) table[k][n] = table[k - 1][n] >> 8 ^ table[0][table[k - 1][n] & 0xFF];
}

// Eight bytes a step, one table for each ("slicing by 8"; Kounavis and Berry, 2005). Byte by byte reads, so
// that the order of bytes in the machine's words does not matter.
uint32_t rw_crc32c_table(uint32_t crc, const uint8_t *p, size_t count) {
    pthread_once(&made, make_table);
    crc = ~crc;
    for (; count >= 8; count -= 8, p += 8) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = table[7][crc & 0xFF] ^ table[6][crc >> 8 & 0xFF] ^ table[5][crc >> 16 & 0xFF] ^ table[4][crc >> 24] ^
              table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    }
    for (; count > 0; count--, p++) crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const uint8_t *p, size_t count) {
    uint64_t state = (uint32_t)~crc, word;
    for (; count >= 8; count -= 8, p += 8) {
        memcpy(&word, p, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    uint32_t rest = (uint32_t)state;
    for (; count > 0; count--, p++) rest = __builtin_ia32_crc32qi(rest, *p);
    return ~rest;
}

uint32_t rw_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? hardware(crc, bytes, count) : rw_crc32c_table(crc, bytes, count);
}

#elif defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

uint32_t rw_crc32c(uint32_t crc, const uint8_t *p, size_t count) {
    uint64_t word;
    crc = ~crc;
    for (; count >= 8; count -= 8, p += 8) {
        memcpy(&word, p, 8);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; count--, p++) crc = __crc32cb(crc, *p);
    return ~crc;
}

#else

uint32_t rw_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) { return rw_crc32c_table(crc, bytes, count); }

#endif
