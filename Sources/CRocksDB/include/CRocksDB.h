// RocksDB's C API, for Swift.
#ifndef CROCKSDB_H
#define CROCKSDB_H

#include <rocksdb/c.h>

#endif
