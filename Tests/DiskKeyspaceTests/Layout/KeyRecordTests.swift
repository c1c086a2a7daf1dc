import Bytes
import Engine
import Testing

@testable import DiskKeyspace

@Suite struct KeyRecordTests {
    private func examples() -> [KeyRecord] {
        var records: [KeyRecord] = []
        for type in KeyType.allCases {
            for expiry in [nil, -5, 0, 1_700_000_000_000, Int64.max] as [Int64?] {
                var record = KeyRecord(type)
                record.expiry = expiry
                if type == .string {
                    record.isRaw = expiry == 0
                } else {
                    record.version = 0xFFFF_FFFF_FFFF
                    record.count = 300
                    record.isConverted = expiry == 0
                }
                if type == .hash {
                    record.earliestField = expiry.map { $0 / 2 }
                    record.isTimed = expiry != nil
                    if !record.isConverted { record.nextField = 7 }
                }
                if type == .list || type == .sortedSet { record.height = 3 }
                if type == .list {
                    (record.first, record.last) = (1, .max)
                    record.isUneven = expiry == 0
                }
                if type == .sortedSet { (record.lowest, record.highest) = ([1, 2], [255, 0, 3]) }
                records.append(record)
            }
        }
        return records
    }

    @Test func isReadAsItWasWritten() throws {
        for record in examples() {
            var bytes = ByteBuffer()
            record.write(to: &bytes)
            if record.type == .string { bytes.append("the string") }
            var string = ByteView.empty
            let read = try #require(KeyRecord(bytes.view, string: &string))
            #expect(read == record)
            #expect(string.string == (record.type == .string ? "the string" : ""))
        }
    }

    @Test func whatIsCutShortOrGoesOnIsDamaged() {
        for record in examples() where record.type != .string {
            var bytes = ByteBuffer()
            record.write(to: &bytes)
            var string = ByteView.empty
            for length in 0..<bytes.count {
                #expect(KeyRecord(bytes.view[0..<length], string: &string) == nil)
            }
            bytes.append(0)
            #expect(KeyRecord(bytes.view, string: &string) == nil)
        }
    }

    @Test(arguments: [[5, 0], [255, 0], [0, 64], [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]] as [[UInt8]])
    func nonsenseIsDamaged(bytes: [UInt8]) {
        var string = ByteView.empty
        #expect(bytes.withByteView { KeyRecord($0, string: &string) } == nil)
    }

    @Test func instantsAndScoresAreInOrder() {
        let instants: [Int64] = [.min, -1, 0, 1, 1 << 40, .max]
        let keys = instants.map { instant in
            var buffer = ByteBuffer()
            buffer.append(instant: instant)
            #expect(buffer.view.instant(at: 0) == instant)
            return buffer.view.array
        }
        let scores: [Double] = [
            -.infinity, -1e300, -1, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 1e300, .infinity,
        ]
        let positions = scores.map { score in
            let position = ScorePosition.of(score, ByteView("m"))
            #expect(ScorePosition.score(position.view, .empty) == score)
            return position.view.array
        }
        for list in [keys, positions] {
            for (one, next) in zip(list, list.dropFirst()) { #expect(one.lexicographicallyPrecedes(next)) }
        }
        let zero = ScorePosition.of(0, ByteView("m"))
        let minusZero = ScorePosition.of(-0.0, ByteView("m"))
        #expect(zero.view == minusZero.view)
    }
}
