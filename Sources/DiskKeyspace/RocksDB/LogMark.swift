internal import Bytes

/// What a batch in RocksDB's log says of what is before it, so that damage is told from what a crash has cut off: at the
/// end of the first batch after each sync, where RocksDB keeps it for us (`WriteBatch::PutLogData`).
struct LogMark: Equatable {
    /// Changes up to this number were on disk.
    var synced: UInt64
    /// The number of the last change when the database was opened: all until then are in other files, durably.
    var base: UInt64
    /// Logs up to this number were there when it was opened, and are needed no more.
    var lastOldLog: UInt64

    /// What it begins with.
    private static let label: StaticString = "RWmark01"
    /// As RocksDB has it in a batch: a tag, the length, the bytes.
    static let length = 2 + bytes
    private static let tag: UInt8 = 3
    private static let bytes = 32

    /// The bytes that RocksDB is given.
    var encoded: ByteBuffer {
        var buffer = ByteBuffer(capacity: LogMark.bytes)
        buffer.append(LogMark.label)
        buffer.append(bigEndian: synced)
        buffer.append(bigEndian: base)
        buffer.append(bigEndian: lastOldLog)
        return buffer
    }

    init(synced: UInt64, base: UInt64, lastOldLog: UInt64) {
        self.synced = synced
        self.base = base
        self.lastOldLog = lastOldLog
    }

    /// The mark that a batch ends with; nil: none.
    init?(endOf batch: ByteView) {
        guard batch.count >= LogMark.length else { return nil }
        let end = batch.dropFirst(batch.count - LogMark.length)
        guard end[0] == LogMark.tag, end[1] == UInt8(LogMark.bytes), end[2..<10] == ByteView(LogMark.label)
        else {
            return nil
        }
        self.init(
            synced: end.bigEndian(at: 10), base: end.bigEndian(at: 18), lastOldLog: end.bigEndian(at: 26))
    }
}
