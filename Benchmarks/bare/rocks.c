/* The yardstick of the disk engine: the least a C program can do to serve its strings by libmicrohttpd and RocksDB.
 *
 * It opens a database that Redwing has made, with the options that are on record there, looks a key up by one
 * rocksdb_get, and answers as bare.c does, with the value in place of the one in the response it was given. A PUT is a
 * rocksdb_get and a rocksdb_put; RocksDB's log is synced once a second. It checks nothing, counts nothing, locks nothing.
 *
 *     rocks --port 8081 --threads 1 --get get.response --put put.response --value V --database DIR --cache BYTES
 *           --rows BYTES
 *
 * `--value` is the value that the response in get.response holds; the cache is RocksDB's block cache, and rows are
 * those of its row cache.
 */
#include "serve.h"

#include <pthread.h>
#include <rocksdb/c.h>
#include <stdint.h>
#include <unistd.h>

static struct answer get_answer, put_answer;
/* What comes before and after the value in the body of get_answer. */
static const char *prefix, *suffix;
static size_t prefix_length, suffix_length;

static rocksdb_t *database;
static rocksdb_readoptions_t *reads;
static rocksdb_writeoptions_t *writes;
static rocksdb_column_family_handle_t *metadata;
static uint64_t secret[2];
static unsigned char epoch[4] = {0, 0, 0, 1};

static void check(char *error) {
    if (error != NULL) fail("RocksDB", error);
}

/* SipHash-1-3 (Aumasson and Bernstein), which keys are filed by: docs/file-formats.md. */
#define ROTATE(x, n) (((x) << (n)) | ((x) >> (64 - (n))))
#define ROUND \
    v0 += v1; v1 = ROTATE(v1, 13) ^ v0; v0 = ROTATE(v0, 32); \
    v2 += v3; v3 = ROTATE(v3, 16) ^ v2; \
    v0 += v3; v3 = ROTATE(v3, 21) ^ v0; \
    v2 += v1; v1 = ROTATE(v1, 17) ^ v2; v2 = ROTATE(v2, 32);

static uint64_t hash(const char *bytes, size_t length) {
    uint64_t v0 = secret[0] ^ 0x736f6d6570736575, v1 = secret[1] ^ 0x646f72616e646f6d;
    uint64_t v2 = secret[0] ^ 0x6c7967656e657261, v3 = secret[1] ^ 0x7465646279746573;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        v3 ^= word;
        ROUND
        v0 ^= word;
    }
    uint64_t last = (uint64_t)length << 56;
    for (size_t k = 0; i + k < length; k += 1) last |= (uint64_t)(unsigned char)bytes[i + k] << (8 * k);
    v3 ^= last;
    ROUND
    v0 ^= last;
    v2 ^= 0xff;
    ROUND ROUND ROUND
    return v0 ^ v1 ^ v2 ^ v3;
}

enum { KEY_ROOM = 256, RECORD_HEAD = 2 };

/* The key of the record of what `url` names: /keys/NAME. */
static size_t record_key(const char *url, char *key) {
    const char *name = url + strlen("/keys/");
    const size_t length = strlen(name);
    if (12 + length > KEY_ROOM) fail("a key is too long", name);
    memcpy(key, epoch, 4);
    const uint64_t place = __builtin_bswap64(hash(name, length));
    memcpy(key + 4, &place, 8);
    memcpy(key + 12, name, length);
    return 12 + length;
}

static enum MHD_Result answer_get(struct MHD_Connection *connection, const char *url) {
    char key[KEY_ROOM], *error = NULL;
    size_t length = 0;
    const size_t key_length = record_key(url, key);
    char *record = rocksdb_get_cf(database, reads, metadata, key, key_length, &length, &error);
    check(error);
    if (record == NULL) fail("there is no", url);
    const size_t value_length = length - RECORD_HEAD;
    char *body = malloc(prefix_length + value_length + suffix_length);
    if (body == NULL) return MHD_NO;
    memcpy(body, prefix, prefix_length);
    memcpy(body + prefix_length, record + RECORD_HEAD, value_length);
    memcpy(body + prefix_length + value_length, suffix, suffix_length);
    rocksdb_free(record);
    return send_body(
        connection, &get_answer, body, prefix_length + value_length + suffix_length, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result answer_put(struct MHD_Connection *connection, const char *url, const char *body,
                                  size_t length) {
    char key[KEY_ROOM], *error = NULL;
    size_t old_length = 0;
    const size_t key_length = record_key(url, key);
    char *old = rocksdb_get_cf(database, reads, metadata, key, key_length, &old_length, &error);
    check(error);
    if (old == NULL) fail("there is no", url);
    rocksdb_free(old);
    char *record = malloc(RECORD_HEAD + length);
    if (record == NULL) return MHD_NO;
    memset(record, 0, RECORD_HEAD);
    memcpy(record + RECORD_HEAD, body, length);
    rocksdb_put_cf(database, writes, metadata, key, key_length, record, RECORD_HEAD + length, &error);
    check(error);
    free(record);
    return send_body(
        connection, &put_answer, (void *)put_answer.body, put_answer.body_length, MHD_RESPMEM_PERSISTENT);
}

static void *sync_log(void *unused) {
    for (;;) {
        char *error = NULL;
        sleep(1);
        rocksdb_flush_wal(database, 1, &error);
        check(error);
    }
    return unused;
}

static uint64_t big_endian(const char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return __builtin_bswap64(word);
}

static void open_database(const char *path, size_t cache_size, size_t row_size) {
    char *error = NULL, **names = NULL;
    size_t count = 0;
    rocksdb_options_t *options = NULL, **family_options = NULL;
    rocksdb_cache_t *cache = rocksdb_cache_create_lru(cache_size);
    rocksdb_load_latest_options(path, rocksdb_create_default_env(), true, cache, &options, &count, &names,
                                &family_options, &error);
    check(error);
    rocksdb_options_set_row_cache(options, rocksdb_cache_create_lru(row_size));
    rocksdb_column_family_handle_t *handles[16];
    if (count > 16) fail("too many column families", path);
    database = rocksdb_open_column_families(options, path, (int)count, (const char *const *)names,
                                            (const rocksdb_options_t *const *)family_options, handles, &error);
    check(error);
    reads = rocksdb_readoptions_create();
    writes = rocksdb_writeoptions_create();
    for (size_t i = 0; i < count; i += 1) {
        if (strcmp(names[i], "metadata") == 0) metadata = handles[i];
        if (strcmp(names[i], "default") != 0) continue;
        size_t length = 0;
        char *identity = rocksdb_get_cf(database, reads, handles[i], "i", 1, &length, &error);
        check(error);
        if (identity == NULL || length != 20) fail("no database of Redwing's", path);
        secret[0] = big_endian(identity + 4);
        secret[1] = big_endian(identity + 12);
        char *current = rocksdb_get_cf(database, reads, handles[i], "e", 1, &length, &error);
        check(error);
        if (current != NULL && length == 4) memcpy(epoch, current, 4);
    }
    if (metadata == NULL) fail("no database of Redwing's", path);
}

int main(int argc, char **argv) {
    unsigned int port = 0, threads = 1;
    const char *get_path = NULL, *put_path = NULL, *value = NULL, *path = NULL;
    size_t cache = 0, rows = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0) port = (unsigned int)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--threads") == 0) threads = (unsigned int)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--get") == 0) get_path = argv[i + 1];
        else if (strcmp(argv[i], "--put") == 0) put_path = argv[i + 1];
        else if (strcmp(argv[i], "--value") == 0) value = argv[i + 1];
        else if (strcmp(argv[i], "--database") == 0) path = argv[i + 1];
        else if (strcmp(argv[i], "--cache") == 0) cache = (size_t)atoll(argv[i + 1]);
        else if (strcmp(argv[i], "--rows") == 0) rows = (size_t)atoll(argv[i + 1]);
        else fail("unknown option", argv[i]);
    }
    if (port == 0 || port > 65535 || threads == 0 || !get_path || !put_path || !value || !path || cache == 0 || rows == 0)
        fail("usage", "rocks --port N --threads N --get FILE --put FILE --value V --database DIR --cache BYTES --rows BYTES");
    read_answer(get_path, &get_answer);
    read_answer(put_path, &put_answer);
    const char *place = strstr(get_answer.body, value);
    if (place == NULL) fail("the value is not in", get_path);
    prefix = get_answer.body;
    prefix_length = (size_t)(place - prefix);
    suffix = place + strlen(value);
    suffix_length = get_answer.body_length - prefix_length - strlen(value);
    open_database(path, cache, rows);
    pthread_t thread;
    if (pthread_create(&thread, NULL, sync_log, NULL) != 0) fail("cannot start", "a thread");
    serve(port, threads, get_answer.has_date);
    /* Everything ends with the process; RocksDB would wait for its compactions. */
    _exit(0);
}
