internal import Bytes
internal import Engine
internal import RDB

/// Writes a snapshot to an RDB file: under a temporary name first, synced, then renamed, then the directory synced. A
/// crash leaves the file whole or not at all.
///
/// - Parameter version: nil: that of Redis 7.0, or where fields of hashes have expiries the one that has a place for them.
func export<Files: FileSystem>(
    _ snapshot: some KeyspaceSnapshot, to path: String, version: RDBVersion?, isAppendOnlyBase: Bool,
    _ files: Files
) throws(LoadError) -> WrittenRDB {
    let temporary = "\(path).temp"
    do throws(LoadError) {
        let file = try withFiles { () throws(FileError) in try files.open(temporary, .createEmpty) }
        let written = try write(snapshot, file, version, isAppendOnlyBase)
        try withFiles { () throws(FileError) in
            try file.sync()
            try files.rename(temporary, to: path)
            try files.syncDirectory(parentDirectory(path))
        }
        return written
    } catch {
        // The error that matters is the first one.
        try? files.unlink(temporary)
        throw error
    }
}

private func write<File: OpenFile>(
    _ snapshot: some KeyspaceSnapshot, _ file: File, _ version: RDBVersion?, _ isAppendOnlyBase: Bool
) throws(LoadError) -> WrittenRDB {
    do throws(RDBExportError) {
        return try snapshot.writeRDB(
            to: FileSink(file), version: version, isAppendOnlyBase: isAppendOnlyBase,
            time: Clock.milliseconds() / 1000)
    } catch {
        switch error {
        case .sink(let error): throw LoadError(FileError(.write, file.path, error.code).description)
        case .storage(let failure): throw LoadError(failure.message)
        }
    }
}

/// Makes a snapshot of an engine that nobody else uses.
func snapshot(of engine: MemoryEngine) -> MemorySnapshot {
    guard let snapshot = engine.beginSnapshot() else { preconditionFailure("nobody else has the engine") }
    return snapshot
}

/// An RDB file written by way of a `FileSystem`.
private struct FileSink<File: OpenFile>: RDBSink, ~Copyable {
    private let file: File
    private var offset = 0

    init(_ file: File) { self.file = file }

    mutating func write(_ bytes: ByteView) throws(RDBWriteError) {
        do throws(FileError) {
            try file.write(bytes, at: offset)
            offset += bytes.count
        } catch {
            throw RDBWriteError(code: error.errorNumber)
        }
    }
}
