// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes
public import Engine

/// An open sorted set of the disk keyspace. Scores are filed by the members' hashes; members by score and name, under
/// counted spans.
public struct DiskSortedSet: SortedSetType {
    // The unit keeps it until the command ends.
    unowned(unsafe) let open: OpenCollection

    init(_ open: OpenCollection) { self.open = open }

    public var count: Int { open.record.count }

    public func score(of member: ByteView) -> Double? {
        open.withValue(member) { value in
            guard let value else { return nil }
            guard value.count == 8 else {
                open.damaged()
                return nil
            }
            return Double(bitPattern: value.bigEndian(at: 0))
        }
    }

    public func set(_ member: ByteView, _ score: Double) -> Bool {
        open.changed()
        let old = self.score(of: member)
        if old == nil, !open.record.isConverted {
            let limits = open.limits
            open.record.isConverted =
                member.count > limits.zsetMaxListpackValue || count >= limits.zsetMaxListpackEntries
        }
        if old == score { return false }
        // Redis's listpack keeps -0 as the integer 0.
        let score = open.record.isConverted ? score : score + 0.0
        let former = old.map { unlink(member, $0) }
        open.put(member) { $0.append(bigEndian: score.bitPattern) }
        let position = ScorePosition.of(score, member)
        let key = OrderKey.make(open.version, 0, position.view)
        var value = ByteBuffer()
        if score == 0, score.sign == .minus { value.append(ScorePosition.negativeZero) }
        open.changeSet.put(.order, key.view, value.view)
        if old == nil { open.record.count += 1 }
        open.widen(to: position.view)
        open.spans.inserted(at: position.view, count: count)
        former?.withByteView { open.narrow(from: $0) }
        return old == nil
    }

    /// Takes a member out of the order; it is counted on.
    /// - Returns: where it was.
    private func unlink(_ member: ByteView, _ score: Double) -> [UInt8] {
        let position = ScorePosition.of(score, member)
        let key = OrderKey.make(open.version, 0, position.view)
        open.changeSet.delete(.order, key.view)
        open.spans.removed(at: position.view)
        let bytes = position.view.array
        return bytes
    }

    public func remove(_ member: ByteView) -> Bool {
        guard let score = score(of: member) else { return false }
        open.delete(member)
        let position = unlink(member, score)
        open.record.count -= 1
        position.withByteView { open.narrow(from: $0) }
        open.changed()
        return true
    }

    public func rank(of member: ByteView) -> Int? {
        guard let score = score(of: member) else { return nil }
        let position = ScorePosition.of(score, member)
        return open.spans.rank(of: position.view)
    }

    public func rank(ofScore score: Double, orEqual: Bool) -> Int {
        let bound = ScorePosition.bound(score, orEqual: orEqual)
        return open.spans.rank(of: bound.view)
    }

    public func rank(ofMember member: ByteView, orEqual: Bool) -> Int {
        var first: Double?
        open.spans.forEach(from: 0, of: count) { position, _ in
            first = ScorePosition.score(position, .empty)
            return false
        }
        guard let first else { return 0 }
        var bound = ScorePosition.of(first, member)
        if orEqual { bound.append(0) }
        return open.spans.rank(of: bound.view)
    }

    public func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView, Double) -> Bool) {
        open.forEach(range, reverse: reverse) { position, value in
            guard let score = ScorePosition.score(position, value) else {
                open.damaged()
                return false
            }
            return visit(position.dropFirst(8), score)
        }
    }

    public func remove(_ range: Range<Int>) { open.remove(range) { open.delete($0.dropFirst(8)) } }

    /// A small one is visited whole, in order, as in Redis.
    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, Double) -> Void) -> UInt64 {
        guard open.record.isConverted else {
            forEach(0..<self.count, reverse: false) {
                visit($0, $1)
                return true
            }
            return 0
        }
        return open.scan(from: cursor, count: count) { member, value in
            guard value.count == 8 else { return open.damaged() }
            visit(member, Double(bitPattern: value.bigEndian(at: 0)))
        }
    }
}

/// Where a member stands among the others: its score as eight bytes whose order is that of the scores, and its name.
/// -0 stands where 0 does; the record's value tells it.
enum ScorePosition {
    /// The value of a member whose score is -0; all others have none.
    static let negativeZero = UInt8(ascii: "-")

    static func of(_ score: Double, _ member: ByteView) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 9 + member.count)
        buffer.append(bigEndian: ScoreKey.comparable(score))
        buffer.append(member)
        return buffer
    }

    /// The position before which are all members whose scores are below `score`, or not above it where `orEqual`.
    static func bound(_ score: Double, orEqual: Bool) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 8)
        // No score has the key of all ones, which is a NaN's.
        buffer.append(bigEndian: ScoreKey.comparable(score) + (orEqual ? 1 : 0))
        return buffer
    }

    /// As much of a position as the set's record keeps.
    static func kept(_ position: ByteView) -> ByteView {
        position[0..<min(position.count, KeyRecord.positionLimit)]
    }

    /// The position before which are all members up to the last, of whose position this is kept.
    static func bound(behind last: [UInt8]) -> [UInt8] {
        if last.count < KeyRecord.positionLimit { return last + [0] }
        // It may go on: what follows all that begin with it. A score's bytes are not all ones.
        var bound = last
        while bound.last == 255 { bound.removeLast() }
        if let byte = bound.popLast() { bound.append(byte + 1) }
        return bound
    }

    /// The score of a record; nil where it is damaged.
    static func score(_ position: ByteView, _ value: ByteView) -> Double? {
        guard position.count >= 8 else { return nil }
        if value.count == 1, value[0] == negativeZero { return -0.0 }
        return ScoreKey.score(position.bigEndian(at: 0))
    }
}
