import Bytes
import TestSupport

@testable import DiskKeyspace

/// A file as RocksDB writes its log: records, cut where a block ends.
struct LogFixture {
    private(set) var bytes: [UInt8] = []
    /// Where each record that was appended begins, the parts that it is cut into not counted.
    private(set) var starts: [Int] = []

    private static let header = 7

    /// Appends a record, in as many parts as it takes.
    mutating func append(_ record: [UInt8]) {
        var rest = record[...]
        var isFirst = true
        repeat {
            let room = LogReader.blockSize - bytes.count % LogReader.blockSize
            if room < LogFixture.header {
                bytes += [UInt8](repeating: 0, count: room)
                continue
            }
            if isFirst { starts.append(bytes.count) }
            let part = rest.prefix(room - LogFixture.header)
            rest = rest.dropFirst(part.count)
            let type: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : (rest.isEmpty ? 4 : 3)
            appendPart([type] + part)
            isFirst = false
        } while isFirst || !rest.isEmpty
    }

    private mutating func appendPart(_ content: [UInt8]) {
        let checksum = content.withByteView { CRC32C.checksum($0) }
        let masked = (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: masked >> shift))
        }
        let length = content.count - 1
        bytes += [UInt8(length & 255), UInt8(length >> 8)]
        bytes += content
    }

    /// A batch of changes from the one of number `sequence` on, with so many bytes of them.
    static func batch(_ sequence: UInt64, count: UInt32 = 1, size: Int = 20, mark: LogMark? = nil) -> [UInt8]
    {
        var batch: [UInt8] = []
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            batch.append(UInt8(truncatingIfNeeded: sequence >> shift))
        }
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            batch.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        batch += (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 1) }
        if let mark {
            let encoded = mark.encoded
            batch += [3, UInt8(encoded.count)] + encoded.view.array
        }
        return batch
    }

    /// What a reader tells of a file.
    static func read(_ bytes: [UInt8], holdsBatches: Bool = true) -> [Told] {
        var reader = LogReader()
        reader.holdsBatches = holdsBatches
        var told: [Told] = []
        let take = { (event: LogReader.Event) in
            switch event {
            case .damage(let offset): told.append(.damage(offset))
            case .batch(let batch):
                told.append(.batch(batch.offset, batch.sequence, batch.count, batch.mark))
            }
        }
        var offset = 0
        repeat {
            let block = Array(bytes[offset..<min(offset + LogReader.blockSize, bytes.count)])
            block.withByteView { reader.read($0, at: offset, take) }
            offset += LogReader.blockSize
        } while offset <= bytes.count
        reader.end(take)
        return told
    }

    enum Told: Equatable {
        case damage(Int)
        /// Its place, the number of its first change, how many it has, and its mark.
        case batch(Int, UInt64, UInt32, LogMark?)

        var damage: Int? { if case .damage(let offset) = self { offset } else { nil } }
        var sequence: UInt64? { if case .batch(_, let sequence, _, _) = self { sequence } else { nil } }
    }
}
