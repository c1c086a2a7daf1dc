/* Finds the end of one HTTP/1.1 response, or of one RESP reply, in a buffer. */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The whole length of the response that starts at `bytes`, 0 while it is not all there, -1 where it is not
 * one this parser knows (it knows Content-Length, and no body at all). `status` gets its status code. */
static inline long http_reply_length(const char *bytes, size_t length, int *status) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    if (length < 12 || memcmp(bytes, "HTTP/1.1 ", 9) != 0) return -1;
    *status = atoi(bytes + 9);
    const size_t head = (size_t)(end - bytes) + 4;
    size_t body = 0;
    for (const char *line = memchr(bytes, '\n', head); line != NULL && line < end;
         line = memchr(line + 1, '\n', (size_t)(end + 4 - line - 1))) {
        if (strncasecmp(line + 1, "content-length:", 15) == 0) body = strtoul(line + 16, NULL, 10);
        if (strncasecmp(line + 1, "transfer-encoding:", 18) == 0) return -1;
    }
    return length < head + body ? 0 : (long)(head + body);
}

/* The whole length of the RESP reply that starts at `bytes`: a status, a number or a string that is there. 0
 * while it is not all there, -1 for an error, a nil and whatever else this parser doesn't know. */
static inline long resp_reply_length(const char *bytes, size_t length) {
    const char *end = memchr(bytes, '\n', length);
    if (end == NULL) return 0;
    const size_t head = (size_t)(end - bytes) + 1;
    if (bytes[0] == '+' || bytes[0] == ':') return (long)head;
    if (bytes[0] != '$' || bytes[1] == '-') return -1;
    const size_t whole = head + strtoul(bytes + 1, NULL, 10) + 2;
    return length < whole ? 0 : (long)whole;
}

#endif
