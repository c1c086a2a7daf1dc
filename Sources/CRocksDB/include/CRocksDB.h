// RocksDB's C API, and what of its C++ API that leaves out, for Swift. Works with 7.8 (Debian 12) and 8.9
// (Ubuntu 24.04).
#ifndef CROCKSDB_H
#define CROCKSDB_H

#include <rocksdb/c.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Told when RocksDB could not write something, or has found damage in its own work; called from any thread, which
// must not use the database. `stops_writes`: all writes are refused until the database is opened again.
typedef void (*crocksdb_failure_callback)(void *_Nonnull context, const char *_Nonnull message, bool stops_writes);

// Stands between a database and its files.
typedef struct crocksdb_supervisor crocksdb_supervisor;

// Has a database that is opened with these options tell of such failures, and of nothing else: there is no other log of
// what it does. RocksDB does not try to recover by itself. The supervisor, and `context`, outlive the database.
crocksdb_supervisor *_Nonnull crocksdb_supervise(rocksdb_options_t *_Nonnull options, void *_Nonnull context,
                                                 crocksdb_failure_callback _Nonnull callback);

// Frees it. Its database is closed.
void crocksdb_supervisor_destroy(crocksdb_supervisor *_Nonnull supervisor);

// Returns when everything in the log is on disk that was written before. Others may write meanwhile.
// `rocksdb_flush_wal` does the same, but must not be called once a write has failed, which nobody can know: Debian's
// build of RocksDB, whose assertions are on, then ends the process. After a failure no more is written to that log.
void crocksdb_sync_log(crocksdb_supervisor *_Nonnull supervisor, char *_Nullable *_Nonnull failure);

// Reads all files that hold records, and compares their checksums.
void crocksdb_verify_checksums(rocksdb_t *_Nonnull database, char *_Nullable *_Nonnull failure);

// Reads one file that holds records, whose database is not open, and compares its checksums.
void crocksdb_verify_table(const char *_Nonnull path, char *_Nullable *_Nonnull failure);

#ifdef __cplusplus
}
#endif

#endif
