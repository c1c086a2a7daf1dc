// Number formatting and parsing that only C offers: printf's conversions of double and the platform's
// long double (80 bits on x86-64, 128 on arm64), which Swift has no portable name for.
#ifndef CLONGDOUBLE_H
#define CLONGDOUBLE_H

#include <stddef.h>

// A long double as opaque bytes, so that Swift can hold one on every platform.
typedef struct {
    unsigned char bytes[16];
} rw_long_double;

// Writes `value` as printf's "%.17g" into `out` (room for 32 bytes); returns the length.
int rw_format_double(double value, char *out);

// Reads all of the NUL-terminated `text` of `length` bytes as Redis's string2ld does. Returns 1 and sets
// `*result`, or 0 where it is no number, NaN, or out of range.
int rw_parse_long_double(const char *text, size_t length, rw_long_double *result);

// The sum of two numbers.
rw_long_double rw_add_long_double(rw_long_double a, rw_long_double b);

// 1 where `value` is neither an infinity nor NaN.
int rw_is_finite_long_double(rw_long_double value);

// Writes a finite `value` as Redis's ld2string with LD_STR_HUMAN ("%.17Lf" without trailing zeros) into
// `out` of `room` bytes; returns the length, or 0 where it does not fit.
size_t rw_format_long_double(rw_long_double value, char *out, size_t room);

#endif
