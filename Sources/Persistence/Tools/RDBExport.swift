internal import Bytes
internal import Engine
internal import RDB

/// What was written.
struct ExportedSnapshot {
    var keys = 0
    var bytes = 0
    /// Expiries of hash fields for which the version has no place.
    var droppedFieldExpiries = 0
}

/// Writes all of an engine that nobody else uses to an RDB file: under a temporary name first, synced, then renamed,
/// then the directory synced. A crash leaves the file whole or not at all.
///
/// - Parameter version: nil: that of Redis 7.0, or where fields of hashes have expiries the one that has a place for them.
func exportSnapshot<Files: FileSystem>(
    of engine: MemoryEngine, to path: String, version: RDBVersion?, isAppendOnlyBase: Bool, _ files: Files
) throws(FileError) -> ExportedSnapshot {
    let temporary = "\(path).temp"
    do throws(FileError) {
        let file = try files.open(temporary, .createEmpty)
        let exported = try write(engine, file, version, isAppendOnlyBase)
        try file.sync()
        try files.rename(temporary, to: path)
        try files.syncDirectory(parentDirectory(path))
        return exported
    } catch {
        // The error that matters is the first one.
        try? files.unlink(temporary)
        throw error
    }
}

private func write<File: OpenFile>(
    _ engine: MemoryEngine, _ file: File, _ asked: RDBVersion?, _ isAppendOnlyBase: Bool
) throws(FileError) -> ExportedSnapshot {
    guard let snapshot = engine.beginSnapshot() else { preconditionFailure("nobody else has the engine") }
    let version = asked ?? (snapshot.hasFieldExpiries ? .redis74 : .redis7)
    var options = RDBWriterOptions()
    options.version = version
    var writer = RDBWriter(FileSink(file), options: options)
    var redis = ByteBuffer()
    redis.append(version == .redis7 ? "7.0.15" : "7.4.0")
    writer.standardAuxiliaries(
        version: redis.view, time: Clock.milliseconds() / 1000, memory: 0, isAppendOnlyBase: isAppendOnlyBase)
    writer.selectDatabase(0, keys: snapshot.keys, expiring: snapshot.expiring)
    while writer.failure == nil, snapshot.step({ $0.write(to: &writer) }) {}
    snapshot.abandon()
    var exported = ExportedSnapshot(keys: snapshot.keys)
    exported.droppedFieldExpiries = writer.droppedFieldExpiries
    do throws(RDBWriteError) {
        exported.bytes = try writer.finish()
    } catch {
        throw FileError(.write, file.path, error.code)
    }
    return exported
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
