#include "log_files.h"

#include <atomic>
#include <utility>

namespace crocksdb {

using rocksdb::DataVerificationInfo;
using rocksdb::FileSystem;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// A log, whoever has it open: RocksDB writes to it, another thread syncs it.
class Log final {
  public:
    Log(std::string directory, std::unique_ptr<FSWritableFile> file)
        : directory_(std::move(directory)), file_(std::move(file)) {}

    FSWritableFile *file() const { return file_.get(); }

    // Writes by `body`, unless a sync has failed.
    template <typename Body> IOStatus Write(Body body) {
        if (has_failed_.load(std::memory_order_acquire)) {
            std::lock_guard<std::mutex> guard(lock_);
            return failure_;
        }
        IOStatus status = body(file_.get());
        if (status.ok()) is_dirty_.store(true, std::memory_order_release);
        return status;
    }

    // RocksDB is done with it: nobody hangs on what is in it any more.
    IOStatus Close(const IOOptions &options, IODebugContext *debug) {
        std::lock_guard<std::mutex> guard(lock_);
        is_closed_ = true;
        return file_->Close(options, debug);
    }

    bool IsClosed() {
        std::lock_guard<std::mutex> guard(lock_);
        return is_closed_;
    }

    IOStatus Sync(FileSystem *files) {
        // Held all the while: the file must not be closed meanwhile. Nobody else waits for it for long.
        std::lock_guard<std::mutex> guard(lock_);
        if (is_closed_) return IOStatus::OK();
        // What a sync has failed to write is not written by another.
        if (!failure_.ok()) return failure_;
        if (!is_dirty_.exchange(false, std::memory_order_acquire)) return IOStatus::OK();
        IOStatus status = file_->Sync(IOOptions(), nullptr);
        if (status.ok() && !has_name_) {
            std::unique_ptr<rocksdb::FSDirectory> directory;
            status = files->NewDirectory(directory_, IOOptions(), &directory, nullptr);
            if (status.ok()) status = directory->Fsync(IOOptions(), nullptr);
            has_name_ = status.ok();
        }
        if (!status.ok()) {
            failure_ = status;
            has_failed_.store(true, std::memory_order_release);
        }
        return status;
    }

  private:
    const std::string directory_;
    const std::unique_ptr<FSWritableFile> file_;
    std::atomic<bool> is_dirty_{false};
    std::atomic<bool> has_failed_{false};
    std::mutex lock_;
    // Under the lock: whether the name is durable, too; the first failure; whether RocksDB has closed it.
    bool has_name_ = false;
    IOStatus failure_;
    bool is_closed_ = false;
};

namespace {

// What RocksDB gets.
class LogHandle final : public rocksdb::FSWritableFileWrapper {
  public:
    explicit LogHandle(std::shared_ptr<Log> log) : FSWritableFileWrapper(log->file()), log_(std::move(log)) {}
    // RocksDB closes its files, but not where something has gone wrong.
    ~LogHandle() override { (void)log_->Close(IOOptions(), nullptr); }

    IOStatus Append(const Slice &data, const IOOptions &options, IODebugContext *debug) override {
        return log_->Write([&](FSWritableFile *file) { return file->Append(data, options, debug); });
    }
    IOStatus Append(const Slice &data, const IOOptions &options, const DataVerificationInfo &check,
                    IODebugContext *debug) override {
        return log_->Write([&](FSWritableFile *file) { return file->Append(data, options, check, debug); });
    }
    IOStatus Close(const IOOptions &options, IODebugContext *debug) override { return log_->Close(options, debug); }

  private:
    const std::shared_ptr<Log> log_;
};

} // namespace

LogFiles::LogFiles() : FileSystemWrapper(FileSystem::Default()) {}

IOStatus LogFiles::NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                   std::unique_ptr<FSWritableFile> *result, IODebugContext *debug) {
    const std::string suffix = ".log";
    if (name.size() < suffix.size() || name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
        return target()->NewWritableFile(name, options, result, debug);
    // What comes into the next log is never on disk without what is in the one before.
    IOStatus status = Sync();
    if (status.ok()) status = target()->NewWritableFile(name, options, result, debug);
    if (!status.ok()) return status;
    auto log = std::make_shared<Log>(name.substr(0, name.rfind('/')), std::move(*result));
    {
        std::lock_guard<std::mutex> guard(lock_);
        logs_.push_back(log);
    }
    *result = std::make_unique<LogHandle>(std::move(log));
    return status;
}

IOStatus LogFiles::Sync() {
    std::vector<std::shared_ptr<Log>> logs;
    {
        std::lock_guard<std::mutex> guard(lock_);
        for (size_t at = 0; at < logs_.size();) {
            if (logs_[at]->IsClosed()) {
                logs_.erase(logs_.begin() + static_cast<std::ptrdiff_t>(at));
            } else {
                at++;
            }
        }
        logs = logs_;
    }
    for (auto &log : logs) {
        IOStatus status = log->Sync(target());
        if (!status.ok()) return status;
    }
    return IOStatus::OK();
}

} // namespace crocksdb
