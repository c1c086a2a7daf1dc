import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct LogMarkTests {
    private func mark(endOf bytes: [UInt8]) -> LogMark? { bytes.withByteView { LogMark(endOf: $0) } }

    @Test(arguments: [
        LogMark(synced: 0, base: 0, lastOldLog: 0), LogMark(synced: 1, base: 2, lastOldLog: 3),
        LogMark(synced: .max, base: .max - 1, lastOldLog: 1 << 40),
    ])
    func isReadAtTheEndOfABatch(_ written: LogMark) {
        let batch = LogFixture.batch(1, mark: written)
        #expect(mark(endOf: batch) == written)
        // As much as the reader keeps.
        #expect(mark(endOf: batch.suffix(LogMark.length)) == written)
        #expect(mark(endOf: batch + [0]) == nil)
        #expect(mark(endOf: batch.suffix(LogMark.length - 1)) == nil)
    }

    @Test func whatElseABatchEndsWithIsNone() {
        #expect(mark(endOf: []) == nil)
        #expect(mark(endOf: LogFixture.batch(1)) == nil)
        #expect(mark(endOf: LogFixture.batch(1, size: 200)) == nil)
        let whole = LogFixture.batch(1, mark: LogMark(synced: 1, base: 2, lastOldLog: 3))
        let end = whole.count - LogMark.length
        for index in end..<end + 10 {
            var other = whole
            other[index] ^= 1
            #expect(mark(endOf: other) == nil, "byte \(index - end)")
        }
    }
}
