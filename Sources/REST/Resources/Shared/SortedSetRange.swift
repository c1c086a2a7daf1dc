internal import Bytes
internal import Engine

/// A range of a sorted set, as a query or a document asks for it.
struct SortedSetRange {
    enum Unit: Int {
        case rank, score, lex
    }

    let unit: Unit
    var start: Int64?
    var stop: Int64?
    var min: ByteView?
    var max: ByteView?
    var reverse = false
    var limit: Int64?
    var offset: Int64?

    /// - Parameter by: the index of what `by` says among rank, score and lex; without it `min` or `max`
    ///   means score, else rank.
    init(by: Int?, start: Int64?, stop: Int64?, min: ByteView?, max: ByteView?) throws(Problem) {
        unit = by.flatMap(Unit.init) ?? (min != nil || max != nil ? .score : .rank)
        self.start = start
        self.stop = stop
        self.min = min
        self.max = max
        if unit == .rank, min != nil || max != nil {
            throw .badRequest("A range by rank takes 'start' and 'stop', not 'min' and 'max'.")
        }
        if unit != .rank, start != nil || stop != nil {
            throw .badRequest("A range by score or lex takes 'min' and 'max', not 'start' and 'stop'.")
        }
    }

    /// Adds how many at most, and after how many.
    mutating func limit(_ limit: Int64?, offset: Int64?) throws(Problem) {
        if unit == .rank, limit != nil || offset != nil {
            throw .badRequest("'limit' and 'offset' are for a range by score or lex, not by rank.")
        }
        self.limit = limit
        self.offset = offset
    }

    /// The lower bound; without one, none.
    var lower: ByteView { min ?? ByteView(unit == .lex ? "-" : "-inf") }

    /// The upper bound; without one, none.
    var upper: ByteView { max ?? ByteView(unit == .lex ? "+" : "inf") }
}

extension Exchange {
    /// Adds the range as ZRANGE and ZRANGESTORE take it.
    mutating func argument(_ range: SortedSetRange) {
        if range.unit == .rank {
            argument(range.start ?? 0)
            argument(range.stop ?? -1)
        } else {
            // These want the bound that they begin at first; here `min` is always the lower one.
            argument(range.reverse ? range.upper : range.lower)
            argument(range.reverse ? range.lower : range.upper)
            argument(range.unit == .score ? "BYSCORE" : "BYLEX")
        }
        if range.reverse { argument("REV") }
        if range.limit != nil || range.offset != nil {
            argument("LIMIT")
            argument(range.offset ?? 0)
            argument(range.limit ?? -1)
        }
    }
}
