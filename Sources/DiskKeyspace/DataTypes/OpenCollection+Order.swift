internal import Bytes
internal import Engine

// Elements in their order, by rank: of lists and sorted sets.
extension OpenCollection {
    /// Whether these bytes can be a position: a label, or a score and a name.
    private func isPosition(_ bytes: ByteView) -> Bool {
        record.type == .list ? bytes.count == 8 : bytes.count >= 8
    }

    /// Visits the elements of the ranks in `range`, upwards or downwards: position and what is filed there.
    /// O(log n + visited).
    func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView, ByteView) -> Bool) {
        guard !range.isEmpty, record.count > 0 else { return }
        var left = range.count
        let start = reverse ? range.upperBound - 1 : range.lowerBound
        spans.forEach(from: start, of: record.count, reverse: reverse) { position, value in
            left -= 1
            return visit(position, value) && left > 0
        }
    }

    /// Removes the elements of the ranks in `range`.
    /// - Parameter forget: removes what else is filed of the element at a position.
    func remove(_ range: Range<Int>, _ forget: (_ position: ByteView) -> Void = { _ in }) {
        guard !range.isEmpty else { return }
        changed()
        if range.count == record.count { return removeAll() }
        // A part at a time: what is visited may not change. What reaches the upper end goes from there.
        let reverse = range.upperBound == record.count
        var left = range.count
        while left > 0, changeSet.failure == nil {
            let most = min(left, 512)
            var found: [[UInt8]] = []
            // One more is the end that is left.
            let start = reverse ? record.count - 1 : range.lowerBound
            spans.forEach(from: start, of: record.count, reverse: reverse) { position, _ in
                if isPosition(position) { found.append(position.array) }
                return found.count <= most
            }
            guard found.count >= (reverse || range.lowerBound == 0 ? most + 1 : most) else {
                return damaged()
            }
            for position in found.prefix(most) {
                position.withByteView { position in
                    let key = OrderKey.make(version, 0, position)
                    changeSet.delete(.order, key.view)
                    forget(position)
                    spans.removed(at: position)
                }
            }
            if reverse {
                setEnd(found[most], isFirst: false)
            } else if range.lowerBound == 0 {
                setEnd(found[most], isFirst: true)
            }
            record.count -= most
            left -= most
        }
    }
    /// Notes where the elements begin now, or where they end.
    private func setEnd(_ position: [UInt8], isFirst: Bool) {
        position.withByteView { position in
            if record.type == .list {
                let label = position.bigEndian(at: 0)
                if isFirst { record.first = label } else { record.last = label }
            } else {
                let kept = ScorePosition.kept(position).array
                if isFirst { record.lowest = kept } else { record.highest = kept }
            }
        }
        updateEnds()
    }

    /// Notes a member of a sorted set that may be its first or last.
    func widen(to position: ByteView) {
        let isOnly = record.count == 1
        let kept = ScorePosition.kept(position)
        let isFirst = isOnly || record.lowest.withByteView { kept < $0 }
        let isLast = isOnly || record.highest.withByteView { $0 < kept }
        if isFirst { record.lowest = kept.array }
        if isLast { record.highest = kept.array }
        if isFirst || isLast { updateEnds() }
    }

    /// Looks where a sorted set begins or ends, where the member that was there has gone.
    func narrow(from position: ByteView) {
        guard record.count > 0 else { return }
        let kept = ScorePosition.kept(position)
        for isFirst in [true, false] {
            let end = isFirst ? record.lowest : record.highest
            guard end.withByteView({ $0 == kept }) else { continue }
            var found: [UInt8]?
            spans.walk(from: .empty, to: nil, reverse: !isFirst) { position, _ in
                if isPosition(position) { found = position.array }
                return false
            }
            guard let found else { return damaged() }
            setEnd(found, isFirst: isFirst)
        }
    }
}
