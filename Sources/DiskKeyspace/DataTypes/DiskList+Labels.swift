internal import Bytes

// Labels anew, where there is no room between two of them.
extension DiskList {
    /// Gives items around the label new labels, evenly: those of its span, or where that has too few numbers for them,
    /// those of the span above, and so on; at last, or at once where `everything`, all. The derivation of what it costs
    /// is in docs/decisions/0009-disk-keyspace.md.
    func relabel(at label: UInt64, everything: Bool) {
        let spans = open.spans
        let position = ListLabels.position(label)
        if !everything, spans.height > 0 {
            for level in 1...spans.height {
                guard let span = spans.span(level, covering: position.view) else { return }
                guard let room = room(in: span) else { continue }
                rewrite(span, from: room.first, gap: room.gap)
                spans.rebuild(below: level, span)
                return
            }
        }
        relabelAll()
    }

    /// The first label and the distance of those that a span's items may get; nil where it has too few.
    private func room(in span: CountedSpans.Span) -> (first: UInt64, gap: UInt64)? {
        let labels = open.unit.table.listLabels
        let count = UInt64(span.elements)
        let lower = span.separator.withByteView(ListLabels.label)
        let upper = span.next.flatMap { $0.withByteView(ListLabels.label) }
        let gap: UInt64
        let first: UInt64
        switch (lower, upper) {
        case (let lower?, let upper?):
            gap = (upper - lower) / count
            first = lower + gap / 2
        case (nil, let upper?):
            gap = min(labels.step, upper / (count + 1))
            first = upper - gap * count
        case (let lower?, nil):
            gap = min(labels.step, (.max - lower) / (count + 1))
            first = lower + gap
        case (nil, nil): return nil
        }
        return gap < labels.leastGap ? nil : (first, gap)
    }

    private func relabelAll() {
        let labels = open.unit.table.listLabels
        let all = CountedSpans.Span(separator: [], next: nil, elements: count, children: 0)
        let gap = labels.step(count)
        let length = gap * UInt64(count)
        // Around the middle, or where they would not fit there, around that of all numbers.
        let middle = min(max(labels.origin, length / 2 + gap), .max - length / 2 - gap)
        rewrite(all, from: middle - length / 2, gap: gap)
        open.spans.rebuildAll()
    }

    /// Files the items of a span under other labels.
    private func rewrite(_ span: CountedSpans.Span, from first: UInt64, gap: UInt64) {
        var items = ByteBuffer()
        var ends: [Int] = []
        var old: [[UInt8]] = []
        let spans = open.spans
        spans.withBounds(of: span) { lower, upper in
            spans.walk(0, from: lower, to: upper) { position, item in
                old.append(position.array)
                items.append(item)
                ends.append(items.count)
                return true
            }
        }
        guard old.count == span.elements else { return open.damaged() }
        for position in old {
            position.withByteView {
                let key = OrderKey.make(open.version, 0, $0)
                open.changeSet.delete(.order, key.view)
            }
        }
        let view = items.view
        var start = 0
        var label = first
        for (index, end) in ends.enumerated() {
            label = first + gap * UInt64(index)
            let position = ListLabels.position(label)
            let key = OrderKey.make(open.version, 0, position.view)
            open.changeSet.put(.order, key.view, view[start..<end])
            start = end
        }
        if span.separator.isEmpty { open.record.first = first }
        if span.next == nil { open.record.last = label }
        open.updateEnds()
    }
}

extension ListLabels {
    /// A label as a position: eight bytes.
    static func position(_ label: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append(bigEndian: label)
        return buffer
    }

    /// The label of a position; nil of anything else.
    static func label(_ position: ByteView) -> UInt64? {
        position.count == 8 ? position.bigEndian(at: 0) : nil
    }
}
