// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes
public import Engine

/// An open list of the disk keyspace. Items are filed by labels, numbers in their order with room between, under counted
/// spans. The ends' labels are on the list's record: what was popped there is never walked over again.
public struct DiskList: ListType {
    // The unit keeps it until the command ends.
    unowned(unsafe) let open: OpenCollection

    init(_ open: OpenCollection) { self.open = open }

    public var count: Int { open.record.count }

    private func key(_ label: UInt64) -> ByteBuffer {
        let position = ListLabels.position(label)
        return OrderKey.make(open.version, 0, position.view)
    }

    /// The label of an item.
    private func label(_ index: Int) -> UInt64? {
        if index == 0 { return open.record.first }
        if index == count - 1 { return open.record.last }
        let label = open.spans.position(of: index).flatMap { $0.withByteView(ListLabels.label) }
        if label == nil { open.damaged() }
        return label
    }

    public func get(_ index: Int) -> ByteView {
        guard let label = label(index) else { return .empty }
        let key = key(label)
        guard let item = open.changeSet.get(.order, key.view) else {
            open.damaged()
            return .empty
        }
        return item
    }

    public func set(_ index: Int, _ item: ByteView) {
        open.changed()
        guard let label = label(index) else { return }
        put(item, label)
    }

    private func put(_ item: ByteView, _ label: UInt64) {
        let key = key(label)
        open.changeSet.put(.order, key.view, item)
    }

    public func insert(_ item: ByteView, at index: Int) {
        open.changed()
        guard let label = newLabel(at: index) else { return }
        put(item, label)
        if index == 0 { open.record.first = label }
        if index == count { open.record.last = label }
        open.record.count += 1
        open.updateEnds()
        let position = ListLabels.position(label)
        open.spans.inserted(at: position.view, count: count)
    }

    /// A label for an item that is to stand before `index`.
    private func newLabel(at index: Int) -> UInt64? {
        let labels = open.unit.table.listLabels
        if count == 0 { return labels.origin }
        let step = labels.step(count)
        // At most once there is no room.
        for _ in 0..<2 {
            if index == 0 {
                let (label, overflow) = open.record.first.subtractingReportingOverflow(step)
                if !overflow { return label }
                relabel(at: open.record.first, everything: true)
            } else if index == count {
                let (label, overflow) = open.record.last.addingReportingOverflow(step)
                if !overflow { return label }
                relabel(at: open.record.last, everything: true)
            } else {
                guard let (before, after) = neighbours(index) else { return nil }
                if after - before > 1 { return before + (after - before) / 2 }
                relabel(at: after, everything: false)
            }
            if open.changeSet.failure != nil { return nil }
        }
        open.damaged()
        return nil
    }

    /// The labels of the items before and at an index that is neither end's.
    private func neighbours(_ index: Int) -> (UInt64, UInt64)? {
        var found: [UInt64] = []
        open.spans.forEach(from: index - 1, of: count) { position, _ in
            if let label = ListLabels.label(position) { found.append(label) }
            return found.count < 2
        }
        guard found.count == 2, found[0] < found[1] else {
            open.damaged()
            return nil
        }
        return (found[0], found[1])
    }

    public func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView) -> Bool) {
        open.forEach(range, reverse: reverse) { _, item in visit(item) }
    }

    public func remove(_ range: Range<Int>) { open.remove(range) }
}
