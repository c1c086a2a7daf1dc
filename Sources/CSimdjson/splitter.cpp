#include "CSimdjson.h"

#include <cstring>
#include <memory>
#include <new>

#include <simdjson.h>

// Only simdjson's first stage is used, the one of which its other interfaces are made: a list of where each
// bracket, comma, colon, string and other scalar begins, for the processor at hand, with UTF-8, closed strings
// and control characters checked. Its second stages don't fit: the DOM turns numbers into doubles, on-demand
// leaves what is skipped unchecked, and both copy strings.

namespace {

using Stage = simdjson::internal::dom_parser_implementation;

// Buffers for longer bodies than this are given back when a body is done.
constexpr size_t longest_kept = 1 << 20;
// At least so much at a time, so that bodies that grow a little don't allocate each time.
constexpr size_t shortest = 4096;

inline bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }
inline bool is_digit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') < 10; }

// Past the number at `at` (RFC 8259, section 6), which ends before `end`; null where there is none.
const uint8_t *skip_number(const uint8_t *at, const uint8_t *end) {
    const auto digits = [&] {
        const uint8_t *first = at;
        while (at < end && is_digit(*at)) at++;
        return at - first;
    };
    if (at < end && *at == '-') at++;
    const uint8_t *whole = at;
    const auto length = digits();
    if (length == 0 || (length > 1 && *whole == '0')) return nullptr;
    if (at < end && *at == '.') {
        at++;
        if (digits() == 0) return nullptr;
    }
    if (at < end && (*at | 0x20) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        if (digits() == 0) return nullptr;
    }
    return at;
}

} // namespace

// Invariant: `token` <= `tokens` <= the length of the stage's list, whose entries are below `count`, ascending.
struct csimdjson_splitter {
    enum class Expects { commands, command_or_end, command, separator, argument_separator, nothing };

    std::unique_ptr<Stage> stage;
    const uint8_t *body = nullptr;
    size_t count = 0;
    uint32_t token = 0, tokens = 0;
    // The first backslash that is not before the token looked at last; `count` where there is none.
    size_t escape = 0;
    bool nested = false;
    Expects expects = Expects::nothing;
    csimdjson_error error = CSIMDJSON_OK;
    size_t error_offset = 0;

    csimdjson_error fail(csimdjson_error reason, size_t offset) {
        error = reason;
        error_offset = offset;
        expects = Expects::nothing;
        return reason;
    }

    // Where the token at hand begins and what it begins with; `count` and 0 past the last one.
    size_t offset() const { return token < tokens ? stage->structural_indexes[token] : count; }
    uint8_t first() const { return token < tokens ? body[stage->structural_indexes[token]] : 0; }
    // Where what follows the token at hand begins.
    size_t next_offset() const {
        return tokens - token > 1 ? stage->structural_indexes[token + 1] : count;
    }

    csimdjson_error unexpected(csimdjson_error reason) {
        return fail(token < tokens ? reason : CSIMDJSON_CUT, offset());
    }

    // Takes the string at hand. Only space can be between its closing quote and the next token.
    bool string(csimdjson_slice &slice, uint32_t flags) {
        const size_t start = offset() + 1;
        size_t end = next_offset();
        do end--;
        while (end > start && is_space(body[end]));
        if (end < start || body[end] != '"') return fail(CSIMDJSON_VALUE, start - 1), false;
        if (escape < start) {
            const void *hit = memchr(body + start, '\\', count - start);
            escape = hit ? static_cast<size_t>(static_cast<const uint8_t *>(hit) - body) : count;
        }
        if (escape < end) flags |= CSIMDJSON_ESCAPED;
        slice = {body + start, static_cast<uint32_t>(end - start), flags};
        token++;
        return true;
    }

    // Takes what is no string and no bracket.
    bool scalar(csimdjson_slice &slice) {
        const size_t start = offset(), end = next_offset();
        const uint8_t *const from = body + start, *const to = body + end;
        const uint8_t *after = nullptr;
        const auto is = [&](const char *word, size_t length) {
            return end - start >= length && memcmp(from, word, length) == 0;
        };
        switch (*from) {
        case '-': case '0': case '1': case '2': case '3': case '4':
        case '5': case '6': case '7': case '8': case '9':
            after = skip_number(from, to);
            if (!after) return fail(CSIMDJSON_NUMBER, start), false;
            break;
        case 't': if (is("true", 4)) after = from + 4; break;
        case 'f': if (is("false", 5)) after = from + 5; break;
        case 'n': if (is("null", 4)) return fail(CSIMDJSON_NULL, start), false; break;
        default: break;
        }
        if (!after) return fail(CSIMDJSON_VALUE, start), false;
        for (const uint8_t *at = after; at < to; at++) {
            if (!is_space(*at)) {
                return fail(is_digit(*from) || *from == '-' ? CSIMDJSON_NUMBER : CSIMDJSON_VALUE, start), false;
            }
        }
        slice = {from, static_cast<uint32_t>(after - from), 0};
        token++;
        return true;
    }

    // Takes `{"base64":"..."}`.
    size_t object(csimdjson_slice *slices) {
        const size_t start = offset();
        size_t taken = 0;
        const auto refuse = [&] { return unexpected(CSIMDJSON_OBJECT), size_t{0}; };
        token++;
        if (first() != '"') return refuse();
        if (!string(slices[0], CSIMDJSON_MEMBER)) return 0;
        if (slices[0].flags & CSIMDJSON_ESCAPED) {
            taken = 1;
        } else if (slices[0].count != 6 || memcmp(slices[0].bytes, "base64", 6) != 0) {
            return fail(CSIMDJSON_OBJECT, start), 0;
        }
        if (first() != ':') return refuse();
        token++;
        if (first() != '"') return refuse();
        if (!string(slices[taken], CSIMDJSON_BASE64)) return 0;
        if (first() != '}') return refuse();
        token++;
        return taken + 1;
    }

    // Takes an argument: how many slices it made, 0 at an error.
    size_t argument(csimdjson_slice *slices) {
        switch (first()) {
        case '"': return string(slices[0], 0) ? 1 : 0;
        case '{': return object(slices);
        case '[': return fail(CSIMDJSON_ARRAY, offset()), 0;
        default:
            if (token == tokens) return fail(CSIMDJSON_CUT, count), 0;
            return scalar(slices[0]) ? 1 : 0;
        }
    }

    size_t next(csimdjson_slice *slices, size_t room) {
        size_t made = 0;
        // An argument makes at most two slices.
        while (room - made >= 2) {
            switch (expects) {
            case Expects::commands:
                if (first() != '[') return unexpected(CSIMDJSON_NO_COMMANDS), made;
                token++;
                expects = Expects::command_or_end;
                break;
            case Expects::command_or_end:
                if (first() == ']') {
                    token++;
                    return finish(), made;
                }
                [[fallthrough]];
            case Expects::command:
                if (first() != '[') return unexpected(CSIMDJSON_NO_COMMAND), made;
                token++;
                if (first() == ']') return unexpected(CSIMDJSON_EMPTY_COMMAND), made;
                if (first() != '"') return unexpected(CSIMDJSON_NAME), made;
                if (!string(slices[made], CSIMDJSON_COMMAND)) return made;
                made++;
                expects = Expects::argument_separator;
                break;
            case Expects::argument_separator:
                if (first() == ',') {
                    token++;
                    const size_t taken = argument(slices + made);
                    if (taken == 0) return made;
                    made += taken;
                } else if (first() == ']') {
                    token++;
                    if (!nested) return finish(), made;
                    expects = Expects::separator;
                } else {
                    return unexpected(CSIMDJSON_SEPARATOR), made;
                }
                break;
            case Expects::separator:
                if (first() == ',') {
                    token++;
                    expects = Expects::command;
                } else if (first() == ']') {
                    token++;
                    return finish(), made;
                } else {
                    return unexpected(CSIMDJSON_SEPARATOR), made;
                }
                break;
            case Expects::nothing:
                return made;
            }
        }
        return made;
    }

    void finish() {
        expects = Expects::nothing;
        if (token < tokens) fail(CSIMDJSON_TRAILING, offset());
    }

    csimdjson_error begin() {
        if (count == 0) return fail(CSIMDJSON_EMPTY, 0);
        if (count >= simdjson::SIMDJSON_MAXSIZE_BYTES) return fail(CSIMDJSON_TOO_LONG, 0);
        if (!prepare()) return fail(CSIMDJSON_NO_MEMORY, 0);
        switch (stage->stage1(body, count, simdjson::stage1_mode::regular)) {
        case simdjson::SUCCESS: break;
        case simdjson::EMPTY: return fail(CSIMDJSON_EMPTY, count);
        case simdjson::UTF8_ERROR: return fail(CSIMDJSON_INVALID_UTF8, 0);
        case simdjson::UNCLOSED_STRING: return fail(CSIMDJSON_UNCLOSED_STRING, count);
        case simdjson::UNESCAPED_CHARS: return fail(CSIMDJSON_CONTROL_CHARACTER, control_character());
        default: return fail(CSIMDJSON_VALUE, 0);
        }
        tokens = stage->n_structural_indexes;
        expects = nested ? Expects::commands : Expects::command;
        return CSIMDJSON_OK;
    }

    // Makes the stage, or its list, large enough for the body.
    bool prepare() {
        size_t capacity = count < shortest ? shortest : count;
        if (stage && stage->capacity() >= capacity) return true;
        if (capacity <= longest_kept) {
            // Powers of two, so that bodies that grow allocate seldom.
            size_t larger = shortest;
            while (larger < capacity) larger *= 2;
            capacity = larger;
        }
        stage.reset();
        // The depth is that of the second stage, which is never run.
        return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage)
            == simdjson::SUCCESS;
    }

    // Where the first control character within a string is.
    size_t control_character() const {
        bool inside = false;
        for (size_t at = 0; at < count; at++) {
            if (inside && body[at] < 0x20) return at;
            if (body[at] == '"') inside = !inside;
            // Outside of strings as well, which is how simdjson reads what is malformed there.
            if (body[at] == '\\') at++;
        }
        return 0;
    }

    void give_back() {
        tokens = token = 0;
        if (stage && stage->capacity() > longest_kept) stage.reset();
    }
};

csimdjson_splitter *csimdjson_make(void) { return new (std::nothrow) csimdjson_splitter; }

void csimdjson_free(csimdjson_splitter *splitter) { delete splitter; }

csimdjson_error csimdjson_begin(csimdjson_splitter *splitter, const uint8_t *body, size_t count, bool nested) {
    splitter->body = body;
    splitter->count = count;
    splitter->nested = nested;
    splitter->token = splitter->tokens = 0;
    splitter->escape = 0;
    splitter->error = CSIMDJSON_OK;
    splitter->error_offset = 0;
    if (splitter->begin() != CSIMDJSON_OK) splitter->give_back();
    return splitter->error;
}

size_t csimdjson_next(
    csimdjson_splitter *splitter, csimdjson_slice *slices, size_t room, csimdjson_error *error) {
    const size_t made = splitter->next(slices, room);
    if (splitter->expects == csimdjson_splitter::Expects::nothing) splitter->give_back();
    *error = splitter->error;
    return made;
}

size_t csimdjson_error_offset(const csimdjson_splitter *splitter) { return splitter->error_offset; }

size_t csimdjson_kept(const csimdjson_splitter *splitter) {
    return splitter->stage ? splitter->stage->capacity() * sizeof(uint32_t) : 0;
}
