internal import Bytes

/// How many elements stand before a position, and which position is the n-th, without reading them all.
///
/// Level 0 is the elements themselves, in the order of their positions. The records of level k ≥ 1 partition level
/// k - 1: each covers the entries from its separator up to the next separator of its level, and holds how many elements
/// and how many entries those are. So a rank is a sum of counts at each level and a walk over part of one span: at
/// most `width(level)` entries a level, of which there are O(log n). (It is a B+ tree with counts whose inner
/// nodes are runs of records: docs/decisions/0009-disk-keyspace.md.)
///
/// Invariants: the first separator of each level is empty; a separator of level k + 1 is one of level k, too; no
/// span is empty; none covers more than `width(level)` entries; the top level has more than one record and at most so many as one
/// above it might cover.
///
/// Of each level the span last touched is remembered, and written when another is touched: whoever changes neighbours
/// reads and writes each span once. What is said of positions past the elements' own is the caller's promise.
final class CountedSpans {
    /// A span, and where it lies.
    struct Span {
        var separator: [UInt8]
        /// The next separator of its level, nil for the last.
        var next: [UInt8]?
        /// Elements covered.
        var elements: Int
        /// Entries covered of the level below.
        var children: Int
        var isDirty = false

        func covers(_ position: ByteView) -> Bool {
            separator.withByteView { $0 <= position } && (next?.withByteView { position < $0 } ?? true)
        }
    }

    // The collection that owns the spans is owned by who owns the unit.
    unowned(unsafe) let unit: WriteSet
    let version: UInt64
    /// Entries that a span covers at most; three or more.
    let width: Int
    /// No element stands before this position, nor at or after that one (nil: wherever). What was removed beyond them
    /// lies there as so many marks, which are not to be walked over.
    var floor: [UInt8] = []
    var ceiling: [UInt8]?
    /// How many levels there are above the elements.
    var height: Int
    /// The span last touched of each level, level 1 first.
    var touched: [Span?]

    init(_ unit: WriteSet, version: UInt64, height: Int, width: Int) {
        self.unit = unit
        self.version = version
        self.height = height
        self.width = width
        touched = Array(repeating: nil, count: height)
    }

    /// Entries that a span of a level covers at most. Those of the upper levels are counts that change with every
    /// element, and slow to walk over while all their states are in memory: fewer of them.
    func width(_ level: Int) -> Int { level == 1 ? width : max(width / 8, 3) }

    // MARK: Records

    /// Visits the entries of a level from the position `lower` to before `upper` (nil: to the end): position and value.
    func walk(
        _ level: Int, from lower: ByteView, to upper: ByteView?, orEqual: Bool = false, reverse: Bool = false,
        _ visit: (ByteView, ByteView) -> Bool
    ) {
        let start = start(level, lower)
        let end = end(level, upper, orEqual)
        unit.walk(.order, from: start.view, to: end.view, reverse: reverse) { key, value in
            visit(key.dropFirst(OrderKey.prefix), value)
        }
    }

    private func start(_ level: Int, _ lower: ByteView) -> ByteBuffer {
        let isBelow = level == 0 && floor.withByteView { lower < $0 }
        return isBelow ? OrderKey.make(version, 0, floor) : OrderKey.make(version, UInt8(level), lower)
    }

    private func end(_ level: Int, _ upper: ByteView?, _ orEqual: Bool) -> ByteBuffer {
        let end =
            upper.map { OrderKey.make(version, UInt8(level), $0, tail: orEqual) }
            ?? OrderKey.end(version, UInt8(level))
        guard level == 0, let ceiling else { return end }
        let last = OrderKey.make(version, 0, ceiling)
        return last.view < end.view ? last : end
    }

    /// Visits the spans of a level that lie in a range: separator, elements, children.
    func walkSpans(
        _ level: Int, from lower: ByteView, to upper: ByteView?, orEqual: Bool = false,
        _ visit: (ByteView, Int, Int) -> Bool
    ) {
        walk(level, from: lower, to: upper, orEqual: orEqual) { separator, value in
            guard let counts = read(value) else { return false }
            return visit(separator, counts.elements, counts.children)
        }
    }

    private func read(_ value: ByteView) -> (elements: Int, children: Int)? {
        var reader = RecordReader(value)
        guard let elements = reader.length(), let children = reader.length(), elements > 0, children > 0
        else {
            damaged()
            return nil
        }
        return (elements, children)
    }

    /// Gives the unit up: its records contradict each other.
    func damaged() {
        unit.fail(RocksError(.corruption, "Corruption: the counts of collection \(version) are wrong"))
    }

    func put(_ level: Int, _ separator: ByteView, elements: Int, children: Int) {
        let key = OrderKey.make(version, UInt8(level), separator)
        var value = ByteBuffer(capacity: 20)
        value.append(length: elements)
        value.append(length: children)
        unit.put(.order, key.view, value.view)
    }

    func delete(_ level: Int, _ separator: ByteView) {
        let key = OrderKey.make(version, UInt8(level), separator)
        unit.delete(.order, key.view)
    }

    /// Writes what was changed of the spans last touched.
    func flush() {
        for index in touched.indices {
            guard let span = touched[index], span.isDirty else { continue }
            touched[index]?.isDirty = false
            span.separator.withByteView {
                put(index + 1, $0, elements: span.elements, children: span.children)
            }
        }
    }

    /// Writes and forgets them: their level is about to be made anew.
    func forget() {
        flush()
        touched = Array(repeating: nil, count: height)
    }

    /// The span of a level that covers the position; nil where the records are damaged.
    func span(_ level: Int, covering position: ByteView) -> Span? {
        if let span = touched[level - 1] {
            if span.covers(position) { return span }
            flush()
            touched[level - 1] = nil
        }
        let start = OrderKey.make(version, UInt8(level), .empty)
        let end = OrderKey.end(version, UInt8(level))
        let key = OrderKey.make(version, UInt8(level), position)
        let behind = OrderKey.make(version, UInt8(level), position, tail: true)
        let span: Span? = unit.withIterator(.order, from: start.view, to: end.view) { cursor in
            cursor.seekForPrevious(key.view)
            guard cursor.isValid, let counts = read(cursor.value) else { return nil }
            let separator = cursor.key.dropFirst(OrderKey.prefix).array
            cursor.seek(behind.view)
            let next = cursor.isValid ? cursor.key.dropFirst(OrderKey.prefix).array : nil
            return Span(
                separator: separator, next: next, elements: counts.elements, children: counts.children)
        }
        touched[level - 1] = span
        if span == nil { damaged() }
        return span
    }

    // MARK: Ranks

    /// How many elements stand before the position, whether or not it is one's. O(width · height).
    func rank(of bound: ByteView) -> Int {
        flush()
        var sum = 0
        var lower: [UInt8] = []
        for level in stride(from: height, to: 0, by: -1) {
            var last = 0
            let from = lower
            from.withByteView { start in
                walkSpans(level, from: start, to: bound, orEqual: true) { separator, elements, _ in
                    sum += last
                    last = elements
                    lower = separator.array
                    return true
                }
            }
        }
        lower.withByteView { start in
            walk(0, from: start, to: bound) { _, _ in
                sum += 1
                return true
            }
        }
        return sum
    }

    /// From where to walk level 0, and how many elements to pass over, to come to the one of that rank. O(width · height).
    private func approach(_ rank: Int) -> (start: [UInt8], skip: Int) {
        flush()
        var start: [UInt8] = []
        var left = rank
        for level in stride(from: height, to: 0, by: -1) {
            let from = start
            from.withByteView { lower in
                walkSpans(level, from: lower, to: nil) { separator, elements, _ in
                    start = separator.array
                    if left < elements { return false }
                    left -= elements
                    return true
                }
            }
        }
        return (start, left)
    }

    /// Visits elements from that rank on, upwards or downwards, until the visitor returns false: position and value.
    /// O(width · height + visited).
    /// - Parameter count: how many elements there are; the rank is below it.
    func forEach(
        from rank: Int, of count: Int, reverse: Bool = false, _ visit: (ByteView, ByteView) -> Bool
    ) {
        if reverse {
            if rank == count - 1 { return walk(0, from: .empty, to: nil, reverse: true, visit) }
            guard let position = position(of: rank) else { return }
            return position.withByteView {
                walk(0, from: .empty, to: $0, orEqual: true, reverse: true, visit)
            }
        }
        if rank == 0 { return walk(0, from: .empty, to: nil, visit) }
        var (start, skip) = approach(rank)
        start.withByteView {
            walk(0, from: $0, to: nil) { position, value in
                if skip > 0 {
                    skip -= 1
                    return true
                }
                return visit(position, value)
            }
        }
    }

    /// The position of the element of that rank; nil where there is none. O(width · height).
    func position(of rank: Int) -> [UInt8]? {
        var (start, skip) = approach(rank)
        var found: [UInt8]?
        start.withByteView {
            walk(0, from: $0, to: nil) { position, _ in
                if skip == 0 { found = position.array }
                skip -= 1
                return found == nil
            }
        }
        return found
    }
}
