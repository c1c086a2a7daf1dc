#include "CRocksDB.h"
#include "log_files.h"

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

// What the C API's handles are, in all its versions; its own source says so, its header does not.
struct rocksdb_t {
    rocksdb::DB *rep;
};
struct rocksdb_options_t {
    rocksdb::Options rep;
};

namespace {

using rocksdb::BackgroundErrorReason;
using rocksdb::Status;

class Listener final : public rocksdb::EventListener {
  public:
    Listener(void *context, crocksdb_failure_callback callback) : context_(context), callback_(callback) {}

    void OnBackgroundError(BackgroundErrorReason, Status *error) override {
        if (error->ok()) return;
        callback_(context_, error->ToString().c_str(), error->severity() >= Status::Severity::kHardError);
    }

    void OnErrorRecoveryBegin(BackgroundErrorReason, Status, bool *recovers) override { *recovers = false; }

  private:
    void *const context_;
    const crocksdb_failure_callback callback_;
};

// RocksDB's own log would be a file beside the data, which it goes on writing to where a line of it could not be written:
// Debian's build then ends the process.
class NoLog final : public rocksdb::Logger {
  public:
    NoLog() : rocksdb::Logger(rocksdb::InfoLogLevel::HEADER_LEVEL) {}
    using rocksdb::Logger::Logv;
    void Logv(const char *, va_list) override {}
};

// As the C API's own functions tell of errors: `rocksdb_free` frees the message.
void save(const Status &status, char **failure) {
    if (!status.ok()) *failure = strdup(status.ToString().c_str());
}

} // namespace

struct crocksdb_supervisor {
    std::shared_ptr<crocksdb::LogFiles> files;
    std::unique_ptr<rocksdb::Env> environment;
};

crocksdb_supervisor *crocksdb_supervise(rocksdb_options_t *options, void *context, crocksdb_failure_callback callback) {
    auto files = std::make_shared<crocksdb::LogFiles>();
    auto *supervisor = new crocksdb_supervisor{files, rocksdb::NewCompositeEnv(files)};
    auto &settings = options->rep;
    settings.env = supervisor->environment.get();
    settings.info_log = std::make_shared<NoLog>();
    settings.max_bgerror_resume_count = 0;
    settings.listeners.push_back(std::make_shared<Listener>(context, callback));
    return supervisor;
}

void crocksdb_supervisor_destroy(crocksdb_supervisor *supervisor) { delete supervisor; }

void crocksdb_sync_log(crocksdb_supervisor *supervisor, char **failure) { save(supervisor->files->Sync(), failure); }

void crocksdb_verify_checksums(rocksdb_t *database, char **failure) {
    save(database->rep->VerifyChecksum(rocksdb::ReadOptions()), failure);
}

void crocksdb_verify_table(const char *path, char **failure) {
    rocksdb::SstFileReader reader{rocksdb::Options()};
    Status status = reader.Open(path);
    if (status.ok()) status = reader.VerifyChecksum();
    save(status, failure);
}
