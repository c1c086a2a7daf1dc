internal import Bytes

/// Reads a file in the format of RocksDB's log: blocks of 32 KiB with records in them, of a checksum (4), a length (2), a
/// type (1) and the bytes; what does not fit a block is cut into several. (RocksDB's wiki, "Write Ahead Log File Format".)
///
/// Behind what makes no sense it goes on with the next record that does.
struct LogReader {
    /// A batch of changes, as far as it matters.
    struct Batch {
        /// Where it begins in the file.
        var offset: Int
        /// The number of its first change.
        var sequence: UInt64
        var count: UInt32
        var mark: LogMark?
    }

    enum Event {
        case batch(Batch)
        /// What is from that byte on makes no sense, or is cut off.
        case damage(offset: Int)
    }

    /// Whether records are batches of changes; else they are of any kind, and are told of as empty ones.
    var holdsBatches = true

    static let blockSize = 32 << 10
    private static let header = 7
    private static let batchHeader = 12

    private enum Kind: UInt8 { case full = 1, first, middle, last }

    /// The start and end of the batch that is being read; nil: none is.
    private var pieces: (offset: Int, head: [UInt8], tail: [UInt8])?
    /// Where blocks of nothing began that more may follow.
    private var emptiness: Int?
    /// Whether what comes is known to follow damage.
    private var isLost = false

    /// Takes the next block of the file; the last may be shorter.
    mutating func read(_ block: ByteView, at start: Int, _ tell: (Event) -> Void) {
        var position = 0
        while position + LogReader.header <= block.count {
            let rest = block.dropFirst(position)
            // A file may be longer than what was written to it.
            if rest[6] == 0, isZero(rest) {
                if emptiness == nil { emptiness = start + position }
                return
            }
            if let emptiness { lose(emptiness, tell) }
            emptiness = nil
            guard let (kind, bytes) = LogReader.record(rest) else {
                lose(start + position, tell)
                if block.count < LogReader.blockSize, LogReader.isWhole(rest) {
                    // Only its length is wrong: it is not cut off.
                    isLost = false
                    tell(.batch(Batch(offset: start + position, sequence: 0, count: 0)))
                    return
                }
                position += 1
                continue
            }
            add(bytes, kind, at: start + position, tell)
            position += LogReader.header + bytes.count
        }
        let rest = block.dropFirst(position)
        if block.count < LogReader.blockSize, !rest.isEmpty, !isZero(rest) { lose(start + position, tell) }
    }

    /// The file is at its end.
    mutating func end(_ tell: (Event) -> Void) {
        if let pieces { lose(pieces.offset, tell) }
        pieces = nil
    }

    private func isZero(_ bytes: ByteView) -> Bool {
        for index in 0..<bytes.count where bytes[index] != 0 { return false }
        return true
    }

    /// The record at the beginning, if there is a sound one.
    private static func record(_ bytes: ByteView) -> (Kind, ByteView)? {
        let length = Int(bytes[4]) | Int(bytes[5]) << 8
        guard let kind = Kind(rawValue: bytes[6]), header + length <= bytes.count,
            isWhole(bytes[0..<header + length])
        else { return nil }
        return (kind, bytes[header..<header + length])
    }

    /// Whether the checksum is that of all that follows the length.
    private static func isWhole(_ record: ByteView) -> Bool {
        let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(record[$1]) << (8 * UInt32($1)) }
        // Stored rotated, and with a constant added.
        let rotated = stored &- 0xa282_ead8
        return CRC32C.checksum(record.dropFirst(6)) == (rotated >> 17 | rotated << 15)
    }

    private mutating func add(_ bytes: ByteView, _ kind: Kind, at offset: Int, _ tell: (Event) -> Void) {
        if kind == .full || kind == .first {
            if let pieces { lose(pieces.offset, tell) }
            pieces = (offset, [], [])
        }
        guard var batch = pieces else {
            if !isLost { lose(offset, tell) }
            return
        }
        pieces = nil
        if batch.head.count < LogReader.batchHeader {
            batch.head += bytes[0..<min(bytes.count, LogReader.batchHeader - batch.head.count)].array
        }
        batch.tail += bytes.dropFirst(max(bytes.count - LogMark.length, 0)).array
        batch.tail.removeFirst(max(batch.tail.count - LogMark.length, 0))
        guard kind == .full || kind == .last else {
            pieces = batch
            return
        }
        if holdsBatches, batch.head.count < LogReader.batchHeader { return lose(batch.offset, tell) }
        isLost = false
        guard holdsBatches else {
            return tell(.batch(Batch(offset: batch.offset, sequence: 0, count: 0)))
        }
        func number(_ range: Range<Int>) -> UInt64 {
            range.reversed().reduce(0) { $0 << 8 | UInt64(batch.head[$1]) }
        }
        tell(
            .batch(
                Batch(
                    offset: batch.offset, sequence: number(0..<8), count: UInt32(number(8..<12)),
                    mark: batch.tail.withByteView { LogMark(endOf: $0) })))
    }

    private mutating func lose(_ offset: Int, _ tell: (Event) -> Void) {
        pieces = nil
        if isLost { return }
        isLost = true
        tell(.damage(offset: offset))
    }
}
