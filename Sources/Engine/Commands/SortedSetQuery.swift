internal import Bytes

/// What ZRANGE, ZRANGESTORE and their older spellings ask for: bounds, direction, and what to leave out.
struct SortedSetQuery {
    enum Unit {
        case rank, score, name
    }

    private enum Bounds {
        case ranks(RankRange)
        case scores(ScoreRange)
        case names(LexRange)
    }

    private var bounds: Bounds
    private var offset: Int64 = 0
    private var limit: Int64 = -1
    private(set) var reverse: Bool
    private(set) var withScores = false
    /// Whether the bounds are members' names.
    var isByName: Bool { if case .names = bounds { true } else { false } }

    /// Reads two bounds at `first` and the options behind them, in Redis's order of checks.
    ///
    /// - Parameters:
    ///   - unit: What the command's name fixes; nil where BYSCORE and BYLEX may say it.
    ///   - reverse: What the command's name fixes; nil where REV may say it.
    ///   - storing: Whether the result is stored, so that WITHSCORES is no option.
    init(
        _ a: borrowing Arguments, first: Int, unit fixedUnit: Unit?, reverse fixedReverse: Bool?,
        storing: Bool = false
    ) throws(CommandError) {
        var unit = fixedUnit
        var reverse = fixedReverse
        var index = first + 2
        while index < a.count {
            if !storing, a.matches(index, "WITHSCORES") {
                withScores = true
            } else if a.count - index > 2, a.matches(index, "LIMIT") {
                offset = try a.integer(index + 1)
                limit = try a.integer(index + 2)
                index += 2
            } else if reverse == nil, a.matches(index, "REV") {
                reverse = true
            } else if unit == nil, a.matches(index, "BYLEX") {
                unit = .name
            } else if unit == nil, a.matches(index, "BYSCORE") {
                unit = .score
            } else {
                throw .syntax
            }
            index += 1
        }
        self.reverse = reverse ?? false
        // Ranges by score and by name are written from the far end when they are walked backwards.
        let (min, max) = self.reverse ? (a[first + 1], a[first]) : (a[first], a[first + 1])
        switch unit ?? .rank {
        case .rank:
            if limit != -1 { throw .limitWithoutBounds }
            bounds = .ranks(RankRange(start: try a.integer(first), stop: try a.integer(first + 1)))
        case .score:
            bounds = .scores(try ScoreRange(min: min, max: max))
        case .name:
            if withScores { throw .scoresOfNames }
            bounds = .names(try LexRange(min: min, max: max))
        }
    }

    /// The ranks asked for, to be visited in the direction of `reverse`. O(log n).
    func ranks<Z: SortedSetType>(in zset: Z) -> Range<Int> {
        switch bounds {
        case .ranks(let range): range.ranks(count: zset.count, reverse: reverse)
        case .scores(let range): limited(range.ranks(in: zset))
        case .names(let range): limited(range.ranks(in: zset))
        }
    }

    /// LIMIT: a negative offset leaves nothing, a negative limit everything.
    private func limited(_ range: Range<Int>) -> Range<Int> {
        guard offset >= 0, offset < Int64(range.count) else { return 0..<0 }
        let left = range.count - Int(offset)
        let taken = limit < 0 ? left : Int(min(limit, Int64(left)))
        if reverse {
            let end = range.upperBound - Int(offset)
            return end - taken..<end
        }
        let start = range.lowerBound + Int(offset)
        return start..<start + taken
    }
}
