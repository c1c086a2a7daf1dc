internal import Bytes

/// A range of scores as ZRANGEBYSCORE writes one: each bound a float, exclusive after `(`.
struct ScoreRange {
    private var min: Double
    private var minExclusive: Bool
    private var max: Double
    private var maxExclusive: Bool

    /// - Throws: `.scoreBoundNotFloat`.
    init(min: ByteView, max: ByteView) throws(CommandError) {
        (self.min, minExclusive) = try Self.bound(min)
        (self.max, maxExclusive) = try Self.bound(max)
    }

    private static func bound(_ text: ByteView) throws(CommandError) -> (Double, exclusive: Bool) {
        let exclusive = !text.isEmpty && text[0] == UInt8(ascii: "(")
        guard let value = parseScoreBound(exclusive ? text.dropFirst(1) : text) else {
            throw .scoreBoundNotFloat
        }
        return (value, exclusive)
    }

    /// The ranks of the members within. O(log n).
    func ranks<Z: SortedSetType>(in zset: Z) -> Range<Int> {
        let lower = zset.rank(ofScore: min, orEqual: minExclusive)
        let upper = zset.rank(ofScore: max, orEqual: !maxExclusive)
        return lower..<Swift.max(lower, upper)
    }
}

/// A range of names as ZRANGEBYLEX writes one: each bound `-`, `+`, or a name after `[` or `(`.
struct LexRange {
    private enum Bound {
        case lowest
        case highest
        case inclusive(ByteView)
        case exclusive(ByteView)
    }

    private var min: Bound
    private var max: Bound

    /// - Throws: `.lexBoundInvalid`.
    init(min: ByteView, max: ByteView) throws(CommandError) {
        self.min = try Self.bound(min)
        self.max = try Self.bound(max)
    }

    private static func bound(_ text: ByteView) throws(CommandError) -> Bound {
        guard !text.isEmpty else { throw .lexBoundInvalid }
        switch text[0] {
        case UInt8(ascii: "-") where text.count == 1: return .lowest
        case UInt8(ascii: "+") where text.count == 1: return .highest
        case UInt8(ascii: "["): return .inclusive(text.dropFirst(1))
        case UInt8(ascii: "("): return .exclusive(text.dropFirst(1))
        default: throw .lexBoundInvalid
        }
    }

    /// The ranks of the members within; speaks only of sets whose scores are all the same. O(log n).
    func ranks<Z: SortedSetType>(in zset: Z) -> Range<Int> {
        let lower = Self.rank(of: min, in: zset, isLower: true)
        let upper = Self.rank(of: max, in: zset, isLower: false)
        return lower..<Swift.max(lower, upper)
    }

    private static func rank<Z: SortedSetType>(of bound: Bound, in zset: Z, isLower: Bool) -> Int {
        switch bound {
        case .lowest: 0
        case .highest: zset.count
        case .inclusive(let name): zset.rank(ofMember: name, orEqual: !isLower)
        case .exclusive(let name): zset.rank(ofMember: name, orEqual: isLower)
        }
    }
}

/// A range of ranks as ZRANGE writes one: first and last, negative from the end.
struct RankRange {
    private var start: Int64
    private var stop: Int64

    init(start: Int64, stop: Int64) {
        self.start = start
        self.stop = stop
    }

    /// The ranks within `count` members; `reverse` counts them from the highest.
    func ranks(count: Int, reverse: Bool) -> Range<Int> {
        let count64 = Int64(count)
        // Neither sum overflows: a negative number plus a count.
        let first = max(0, start < 0 ? start + count64 : start)
        let last = min(count64 - 1, stop < 0 ? stop + count64 : stop)
        guard first <= last else { return 0..<0 }
        let range = Int(first)..<Int(last) + 1
        return reverse ? count - range.upperBound..<count - range.lowerBound : range
    }
}
