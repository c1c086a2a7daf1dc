// The file system as RocksDB is to see it: it keeps track of RocksDB's logs, so that they can be synced past it.
#ifndef CROCKSDB_LOG_FILES_H
#define CROCKSDB_LOG_FILES_H

#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace crocksdb {

class Log;

class LogFiles final : public rocksdb::FileSystemWrapper {
  public:
    LogFiles();

    // Syncs all logs that were written to since they were synced last.
    rocksdb::IOStatus Sync();

    const char *Name() const override { return "LogFiles"; }
    rocksdb::IOStatus NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                      std::unique_ptr<rocksdb::FSWritableFile> *result,
                                      rocksdb::IODebugContext *debug) override;

  private:
    std::mutex lock_;
    std::vector<std::shared_ptr<Log>> logs_;
};

} // namespace crocksdb

#endif
