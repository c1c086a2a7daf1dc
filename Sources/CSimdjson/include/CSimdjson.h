// Commands in JSON, split into slices by simdjson: `["SET","k","v"]`, or an array of such arrays. simdjson
// finds where tokens begin and checks UTF-8 and quotes over the whole body at once; what is here walks over
// the tokens. The body needs no padding: nothing past its end is read.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a slice is; any number of these together.
enum {
    // The name of a command, whose arguments follow.
    CSIMDJSON_COMMAND = 1,
    // A string with escapes in it, which are not checked yet.
    CSIMDJSON_ESCAPED = 2,
    // The value of `{"base64":"..."}`, not decoded yet.
    CSIMDJSON_BASE64 = 4,
    // Not an argument but the name of an object's only member, written with escapes: it must turn out to be
    // `base64`. The value follows.
    CSIMDJSON_MEMBER = 8,
};

// A part of the body: a string without its quotes, or a number, `true` or `false` as it is written.
typedef struct {
    const uint8_t *_Nonnull bytes;
    uint32_t count;
    uint32_t flags;
} csimdjson_slice;

// Why a body is refused.
typedef enum {
    CSIMDJSON_OK,
    CSIMDJSON_NO_MEMORY,
    CSIMDJSON_TOO_LONG,
    CSIMDJSON_EMPTY,
    CSIMDJSON_INVALID_UTF8,
    CSIMDJSON_CONTROL_CHARACTER,
    CSIMDJSON_UNCLOSED_STRING,
    CSIMDJSON_CUT,
    CSIMDJSON_NO_COMMANDS,
    CSIMDJSON_NO_COMMAND,
    CSIMDJSON_EMPTY_COMMAND,
    CSIMDJSON_NAME,
    CSIMDJSON_NULL,
    CSIMDJSON_ARRAY,
    CSIMDJSON_OBJECT,
    CSIMDJSON_NUMBER,
    CSIMDJSON_VALUE,
    CSIMDJSON_SEPARATOR,
    CSIMDJSON_TRAILING,
} csimdjson_error;

// Splits one body after the other; its memory is reused. For one thread at a time.
typedef struct csimdjson_splitter csimdjson_splitter;

// A splitter that has allocated no buffers yet, or null where memory is exhausted.
csimdjson_splitter *_Nullable csimdjson_make(void);
void csimdjson_free(csimdjson_splitter *_Nonnull splitter);

// Begins with the `count` bytes at `body`, which stay as they are until the last slice was used: one command,
// or an array of commands where `nested`. Takes O(count) time, and four bytes of memory for each token.
csimdjson_error csimdjson_begin(
    csimdjson_splitter *_Nonnull splitter, const uint8_t *_Nonnull body, size_t count, bool nested);

// Writes the next slices to `slices`, which has room for `room`, at least 2. Fewer than `room - 1` come only at
// the end or before an error, which `*error` tells. At either, large buffers are given back.
size_t csimdjson_next(
    csimdjson_splitter *_Nonnull splitter, csimdjson_slice *_Nonnull slices, size_t room,
    csimdjson_error *_Nonnull error);

// Where the error was found, a byte offset into the body; the body's length where it ends too early. Not of
// CSIMDJSON_INVALID_UTF8, for which it is 0.
size_t csimdjson_error_offset(const csimdjson_splitter *_Nonnull splitter);

// How many bytes of buffers the splitter keeps at present.
size_t csimdjson_kept(const csimdjson_splitter *_Nonnull splitter);

#ifdef __cplusplus
}
#endif
#endif
