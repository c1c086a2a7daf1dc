#include "CLongDouble.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(long double) <= sizeof(rw_long_double), "long double must fit its opaque form");

static rw_long_double pack(long double value) {
    rw_long_double result;
    memset(&result, 0, sizeof result);
    memcpy(&result, &value, sizeof value);
    return result;
}

static long double unpack(rw_long_double value) {
    long double result;
    memcpy(&result, &value, sizeof result);
    return result;
}

int rw_format_double(double value, char *out) { return snprintf(out, 32, "%.17g", value); }

int rw_parse_long_double(const char *text, size_t length, rw_long_double *result) {
    if (length == 0 || isspace((unsigned char)text[0])) return 0;
    char *end;
    errno = 0;
    long double value = strtold(text, &end);
    if ((size_t)(end - text) != length || isnan(value)) return 0;
    if (errno == ERANGE && (isinf(value) || value == 0)) return 0;
    *result = pack(value);
    return 1;
}

rw_long_double rw_add_long_double(rw_long_double a, rw_long_double b) {
    return pack(unpack(a) + unpack(b));
}

int rw_is_finite_long_double(rw_long_double value) { return isfinite(unpack(value)); }

size_t rw_format_long_double(rw_long_double value, char *out, size_t room) {
    int written = snprintf(out, room, "%.17Lf", unpack(value));
    if (written < 0 || (size_t)written >= room) return 0;
    size_t length = (size_t)written;
    if (memchr(out, '.', length) != NULL) {
        while (out[length - 1] == '0') length--;
        if (out[length - 1] == '.') length--;
    }
    if (length == 2 && out[0] == '-' && out[1] == '0') {
        out[0] = '0';
        length = 1;
    }
    return length;
}
