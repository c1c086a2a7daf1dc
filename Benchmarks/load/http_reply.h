/* Finds the end of one HTTP/1.1 response in a buffer; shared by the loader and the latency probe. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

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

#endif
