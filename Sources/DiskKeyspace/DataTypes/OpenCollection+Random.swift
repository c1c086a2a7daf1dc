internal import Bytes
internal import Engine

extension OpenCollection {
    /// Visits one element, each equally likely. It is not empty. O(1) expected.
    func random(_ visit: (ByteView, ByteView) -> Void) {
        // A few more or less than the record says would only be a damaged one's.
        if record.count <= 64 {
            var left = RandomSource.next(below: max(record.count, 1))
            return walk(from: 0) { name, value in
                if left == 0 { visit(name, value) }
                left -= 1
                return left >= 0
            }
        }
        let start = ElementKey.bound(record.version, 0)
        let end = VersionKey.end(record.version)
        RandomChoice(
            unit.changes, .elements, from: start.view, to: end.view, count: record.count,
            bound: { ElementKey.bound(self.record.version, $0) }
        ).visit { key, value in visit(key.dropFirst(ElementKey.prefix), value) }
    }
}

/// Chooses one of many records that are in the order of hashes, each equally likely, reading but a few.
///
/// The space of hashes is cut into as many parts of the same size as make a part hold 16 records or more, but fewer than
/// 32, on average. A part is chosen, and a number below 80: the record of that number in the part is the choice; where
/// there is none, all is chosen again. So each record comes up in one of (parts · 80) cases, whatever the others are. (In
/// a part of more than 80 records those past the 80th never come up: with a keyed hash that is one part in 10^12.)
/// That takes two and a half to five rounds on average, each a seek and a walk.
struct RandomChoice {
    private static let cap = 80

    let changes: WriteSet
    let family: Family
    let lower: ByteView
    let upper: ByteView
    let count: Int
    /// The key below which are the records with lower hashes.
    let bound: (UInt64) -> ByteBuffer

    init(
        _ changes: WriteSet, _ family: Family, from lower: ByteView, to upper: ByteView, count: Int,
        bound: @escaping (UInt64) -> ByteBuffer
    ) {
        self.changes = changes
        self.family = family
        self.lower = lower
        self.upper = upper
        self.count = count
        self.bound = bound
    }

    /// Visits the choice: key and value. Nothing, where there is no record at all.
    func visit(_ body: (ByteView, ByteView) -> Void) {
        let bits = max(Int.bitWidth - (max(count, 1) / 16).leadingZeroBitCount - 1, 0)
        changes.withIterator(family, from: lower, to: upper) { cursor in
            cursor.seekToFirst()
            guard cursor.isValid else { return }
            while changes.failure == nil {
                let part = bits == 0 ? 0 : UInt64(RandomSource.next(below: 1 << bits))
                var left = RandomSource.next(below: RandomChoice.cap)
                let start = bound(bits == 0 ? 0 : part << UInt64(64 - bits))
                // The last part ends where all do.
                let next = bits == 0 ? 0 : (part + 1) << UInt64(64 - bits)
                let end = bound(next)
                cursor.seek(start.view)
                while cursor.isValid, left > 0, next == 0 || cursor.key < end.view {
                    left -= 1
                    cursor.next()
                }
                if cursor.isValid, next == 0 || cursor.key < end.view {
                    return body(cursor.key, cursor.value)
                }
            }
        }
    }
}
