internal import Bytes
internal import Engine
internal import RDB

/// An RDB file being written under a temporary name, which gets its own name once it is whole and on disk.
final class SnapshotFile<Files: FileSystem> {
    private let files: Files
    private let temporary: String
    private let target: BufferedFile<Files.File>
    private let isBase: Bool
    private let time: Int64
    private var writer: RDBWriter<BufferedFile<Files.File>.Sink>?

    /// Makes the file in `directory`, empty.
    /// - Parameters:
    ///   - isBase: whether it is to be the base of an append-only file.
    ///   - time: the instant, in Unix seconds.
    init(in directory: String, isBase: Bool, time: Int64, _ files: Files) throws(FileError) {
        self.files = files
        temporary = "\(directory)/temp-\(processNumber()).rdb"
        self.isBase = isBase
        self.time = time
        target = BufferedFile(try files.open(temporary, .createEmpty))
    }

    /// Writes the head, with what is known of the snapshot, and of the process: its resident memory in bytes.
    func begin(_ snapshot: MemorySnapshot, memory: Int) {
        var options = RDBWriterOptions()
        // Only Redis 7.4 has a place for the expiries of hash fields; 7.0 reads the file as long as there are none.
        if snapshot.hasFieldExpiries { options.version = .redis74 }
        var begun = RDBWriter(BufferedFile.Sink(target), options: options)
        begun.standardAuxiliaries(
            version: ByteView(EngineContext.redisVersion), time: time, memory: memory,
            isAppendOnlyBase: isBase)
        begun.selectDatabase(0, keys: snapshot.keys, expiring: snapshot.expiring)
        writer = consume begun
    }

    /// Writes a key.
    func add(_ value: StoredValue) {
        value.write(to: &writer!)
    }

    /// Writes what is collected where that is worth a call: a write may take long, and `add` is called under locks.
    /// An error is kept for later.
    func flushIfFull() { target.flushIfFull() }

    /// The first error; nothing is written after it.
    var failure: FileError? { target.failure }

    /// Bytes so far.
    var count: Int { target.count }

    /// Writes the end, syncs the file, and gives it the name `path`, durably.
    /// - Returns: its size. After an error the temporary file is gone. May take long, and may be called on another
    ///   thread.
    func finish(as path: String) throws(FileError) -> Int {
        do throws(FileError) {
            // Its error is the target's, which knows more.
            let size = try? writer?.finish()
            try target.flush()
            try target.sync()
            try files.rename(temporary, to: path)
            try files.syncDirectory(parentDirectory(path))
            return size ?? target.count
        } catch {
            discard()
            throw error
        }
    }

    /// Removes what there is of it. May take long, and may be called on another thread.
    func discard() {
        try? files.unlink(temporary)
        // Only then the system frees its blocks.
        target.close()
    }
}

/// A file that is written from its start to its end, in large pieces. The first error is kept, and nothing is
/// written after it.
final class BufferedFile<File: OpenFile> {
    private var file: File?
    private(set) var failure: FileError?
    private var pending = ByteBuffer()
    private var written = 0
    private var pushed = 0

    /// How much is written at once, in bytes.
    private static var pieceSize: Int { 256 << 10 }
    /// How much is written before the system is asked to begin putting it on the disk: so that the sync at the end
    /// has little left to do, and what others sync meanwhile does not wait behind all of it.
    private static var pushSize: Int { 4 << 20 }

    init(_ file: File) { self.file = file }

    /// Bytes so far.
    var count: Int { written + pending.count }

    /// Makes durable what was flushed.
    func sync() throws(FileError) {
        if let failure { throw failure }
        try file?.sync()
    }

    /// Closes the file; nothing is written to it any more.
    func close() { file = nil }

    func append(_ bytes: ByteView) throws(FileError) {
        if let failure { throw failure }
        if bytes.count < BufferedFile.pieceSize {
            pending.append(bytes)
            if pending.count >= 4 * BufferedFile.pieceSize { try flush() }
            return
        }
        if !pending.isEmpty { try flush() }
        var start = 0
        while start < bytes.count {
            let end = min(start + 4 * BufferedFile.pieceSize, bytes.count)
            try write(bytes[start..<end])
            start = end
        }
    }

    /// Writes what is collected where that is worth a call. An error is kept for later.
    func flushIfFull() { if pending.count >= BufferedFile.pieceSize { try? flush() } }

    /// Writes what is collected.
    func flush() throws(FileError) {
        if let failure { throw failure }
        try write(pending.view)
        pending.clear(keeping: 2 * BufferedFile.pieceSize)
    }

    private func write(_ bytes: ByteView) throws(FileError) {
        do throws(FileError) {
            try file?.write(bytes, at: written)
            written += bytes.count
            if written - pushed >= BufferedFile.pushSize {
                file?.beginWriteback(from: pushed, count: written - pushed)
                pushed = written
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// What an RDB writer writes to it by.
    struct Sink: RDBSink {
        private let target: BufferedFile

        init(_ target: BufferedFile) { self.target = target }

        mutating func write(_ bytes: ByteView) throws(RDBWriteError) {
            do throws(FileError) {
                try target.append(bytes)
            } catch {
                throw RDBWriteError(code: error.errorNumber)
            }
        }
    }
}
