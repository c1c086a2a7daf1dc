internal import Bytes
internal import CRocksDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Looks through the files of a database before RocksDB opens it. RocksDB takes damage in its log for the end of what was
/// written before a crash, and drops what follows; and a directory without `CURRENT` for an empty one. Whether what would be
/// dropped was on disk, is on record behind it (`LogMark`).
struct LogCheck {
    private let path: String
    /// Numbers of the logs, in their order.
    private var logs: [UInt64] = []
    private var tables: [String] = []
    private var marks = LogMark(synced: 0, base: 0, lastOldLog: 0)
    private var damages: [Damage] = []
    /// Where the last batch is.
    private var last: (log: UInt64, offset: Int) = (0, 0)

    private struct Damage {
        var log: UInt64
        var offset: Int
        /// The first change that is lost by it; nil: it is at the beginning.
        var sequence: UInt64?
    }

    /// Checks the directory of a database.
    /// - Parameter cuts: whether logs are cut where a crash has left a gap.
    /// - Returns: the number of the last log; 0: there is none.
    /// - Throws: what is missing or damaged, and what to do. O(bytes of the logs).
    static func run(_ path: String, cuts: Bool = false) throws(RocksError) -> UInt64 {
        var check = LogCheck(path: path)
        try check.look()
        try check.readManifest()
        var expected: UInt64?
        for log in check.logs { try check.read(log, &expected) }
        try check.judge()
        if cuts { try check.cut() }
        return check.logs.last ?? 0
    }

    private init(path: String) { self.path = path }

    private func name(_ log: UInt64) -> String {
        let digits = String(log)
        return "\(path)/" + String(repeating: "0", count: max(6 - digits.utf8.count, 0)) + digits + ".log"
    }

    // MARK: Which files there are

    private mutating func look() throws(RocksError) {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return }
            throw LogCheck.failure(path)
        }
        defer { closedir(directory) }
        var names: Set<String> = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.insert(name)
            if name.hasSuffix(".sst") { tables.append(name) }
            if name.hasSuffix(".log"), let number = UInt64(name.dropLast(4)) { logs.append(number) }
        }
        logs.sort()
        if !names.contains("CURRENT"), !tables.isEmpty || !logs.isEmpty {
            throw RocksError(
                .corruption,
                "Corruption: \(path)/CURRENT is missing: put it back (it holds the name of the newest MANIFEST), or "
                    + "restore a snapshot")
        }
        // A snapshot has neither; a new database gets its first log before its first table.
        if logs.isEmpty, !tables.isEmpty, names.contains("IDENTITY") {
            throw RocksError(
                .corruption,
                "Corruption: the log (\(path)/*.log) is missing, and with it what was written last: put it back, or "
                    + "restore a snapshot; to go on without it, remove \(path)/IDENTITY")
        }
    }

    /// What RocksDB says where it can't open the database, with the file to blame: of a damaged table it says what is wrong, and
    /// names the file in which the table is listed. O(bytes of all tables).
    static func blame(_ error: RocksError, _ path: String) -> RocksError {
        var error = error
        // It looks for files under their former names, too.
        error.message = error.message.split(separator: ".ldb", omittingEmptySubsequences: false)
            .joined(separator: ".sst")
        guard error.kind == .corruption, !error.message.contains(".sst") else { return error }
        var check = LogCheck(path: path)
        guard (try? check.look()) != nil else { return error }
        for table in check.tables.sorted() {
            do throws(RocksError) {
                try rocks { crocksdb_verify_table("\(path)/\(table)", $0) }
            } catch {
                return RocksError(.corruption, "Corruption: \(path)/\(table): \(error.message)")
            }
        }
        return error
    }

    // MARK: What is in the logs

    private mutating func read(_ log: UInt64, _ expected: inout UInt64?) throws(RocksError) {
        var next = expected
        try LogCheck.read(name(log), LogReader()) { event in
            switch event {
            case .damage(let offset):
                damages.append(Damage(log: log, offset: offset, sequence: next))
            case .batch(let batch) where batch.count > 0 || batch.sequence > 0:
                next = batch.sequence &+ UInt64(batch.count)
                last = (log, batch.offset)
                guard let mark = batch.mark else { return }
                marks.synced = max(marks.synced, mark.synced)
                marks.base = max(marks.base, mark.base)
                marks.lastOldLog = max(marks.lastOldLog, mark.lastOldLog)
            case .batch: break
            }
        }
        expected = next
    }

    /// RocksDB takes a record whose length is wrong for the last one, cut off: an older state, whose successors it removes.
    private func readManifest() throws(RocksError) {
        var text = ByteBuffer()
        guard try LogCheck.append("\(path)/CURRENT", to: &text) else { return }
        let name = text.view.string.prefix { $0 != "\n" }
        // What CURRENT says wrongly, RocksDB does not find.
        guard name.hasPrefix("MANIFEST-"), !name.contains("/") else { return }
        let path = "\(path)/\(name)"
        if access(path, F_OK) != 0 { return }
        var reader = LogReader()
        reader.holdsBatches = false
        var damage: Int?
        var isFollowed = false
        try LogCheck.read(path, reader) { event in
            switch event {
            case .damage(let offset): damage = damage ?? offset
            case .batch: if damage != nil { isFollowed = true }
            }
        }
        guard let damage, isFollowed else { return }
        throw RocksError(
            .corruption,
            "Corruption: \(path), byte \(damage): it is damaged there: restore the file, or a snapshot")
    }

    /// The file's first bytes; false where it is missing.
    private static func append(_ path: String, to text: inout ByteBuffer) throws(RocksError) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return false }
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256)
        defer { room.deallocate() }
        let count = try fill(room, file, 0, path)
        text.append(ByteView(UnsafeBufferPointer(rebasing: room[0..<count])))
        return true
    }

    private static func read(
        _ path: String, _ reader: LogReader, _ take: (LogReader.Event) -> Void
    ) throws(RocksError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var reader = reader
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: LogReader.blockSize)
        defer { room.deallocate() }
        var offset = 0
        while true {
            let count = try fill(room, file, offset, path)
            reader.read(ByteView(UnsafeBufferPointer(rebasing: room[0..<count])), at: offset, take)
            offset += count
            if count < room.count { break }
        }
        reader.end(take)
    }

    private static func fill(
        _ room: UnsafeMutableBufferPointer<UInt8>, _ file: Int32, _ offset: Int, _ path: String
    ) throws(RocksError) -> Int {
        var count = 0
        while count < room.count {
            let more = pread(file, room.baseAddress! + count, room.count - count, off_t(offset + count))
            if more < 0, errno == EINTR { continue }
            if more < 0 { throw failure(path) }
            if more == 0 { break }
            count += more
        }
        return count
    }

    private static func failure(_ path: String) -> RocksError {
        RocksError(.unreadable, "IO error: \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: What it means

    private func judge() throws(RocksError) {
        for damage in damages where damage.log > marks.lastOldLog {
            guard marks.synced >= max(damage.sequence ?? 0, marks.base + 1) else { continue }
            throw RocksError(
                .corruption,
                "Corruption: \(name(damage.log)), byte \(damage.offset): it is damaged there, and more was written later, "
                    + "which would be lost: restore the file, or a snapshot")
        }
    }

    /// Cuts the logs at the first gap: no write is to be there without those before it. RocksDB stops at damage by itself, but
    /// passes over what is empty to the end of its block.
    private func cut() throws(RocksError) {
        guard let damage = damages.first(where: { $0.log > marks.lastOldLog }),
            last > (damage.log, damage.offset)
        else { return }
        for log in logs where log >= damage.log {
            let name = name(log)
            let file = open(name, O_RDWR | O_CLOEXEC)
            guard file >= 0 else { throw LogCheck.failure(name) }
            defer { close(file) }
            guard ftruncate(file, log == damage.log ? off_t(damage.offset) : 0) == 0, fsync(file) == 0 else {
                throw LogCheck.failure(name)
            }
        }
    }
}
