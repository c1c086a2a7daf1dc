// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes
public import Engine

/// An open list of the disk keyspace. Items are filed by labels, numbers in their order with room between; the ends'
/// labels are on the list's record.
///
/// As long as items come and go at the ends only, all labels are the same distance apart: the n-th follows from the first
/// one's, and nothing is counted. The first change between the ends makes the list *uneven*, for as long as it has
/// more than one item or until it is labelled anew; then counted spans lie over it.
public struct DiskList: ListType {
    // The unit keeps it until the command ends.
    unowned(unsafe) let open: OpenCollection

    init(_ open: OpenCollection) { self.open = open }

    public var count: Int { open.record.count }

    private func key(_ label: UInt64) -> ByteBuffer {
        let position = ListLabels.position(label)
        return OrderKey.make(open.version, 0, position.view)
    }

    /// The distance of the labels of an even list; nil where they make no sense.
    private var step: UInt64? {
        let (first, last) = (open.record.first, open.record.last)
        if count < 2 { return open.unit.table.listLabels.step(count) }
        guard first < last, (last - first) % UInt64(count - 1) == 0 else {
            open.damaged()
            return nil
        }
        return (last - first) / UInt64(count - 1)
    }

    /// The label of an item.
    private func label(_ index: Int) -> UInt64? {
        if index == 0 { return open.record.first }
        if index == count - 1 { return open.record.last }
        if !open.record.isUneven { return step.map { open.record.first + $0 * UInt64(index) } }
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

    // MARK: Inserting

    public func insert(_ item: ByteView, at index: Int) {
        open.changed()
        guard let label = newLabel(at: index) else { return }
        put(item, label)
        if index == 0 { open.record.first = label }
        if index == count { open.record.last = label }
        open.record.count += 1
        open.updateEnds()
        if !open.record.isUneven { return }
        let position = ListLabels.position(label)
        open.spans.inserted(at: position.view, count: count)
    }

    /// A label for an item that is to stand before `index`.
    private func newLabel(at index: Int) -> UInt64? {
        if count == 0 { return open.unit.table.listLabels.origin }
        // At most once there is no room.
        for _ in 0..<2 {
            if index > 0, index < count {
                makeUneven()
                guard let (before, after) = neighbours(index) else { return nil }
                if after - before > 1 { return before + (after - before) / 2 }
                relabel(at: after)
                if open.changeSet.failure != nil { return nil }
                continue
            }
            let step = open.record.isUneven ? open.unit.table.listLabels.step(count) : self.step
            guard let step else { return nil }
            let (label, overflow) =
                index == 0
                ? open.record.first.subtractingReportingOverflow(step)
                : open.record.last.addingReportingOverflow(step)
            if !overflow { return label }
            relabelAll()
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

    /// Lets items come and go between the ends: what is to be counted is known without looking. O(n / width).
    func makeUneven() {
        guard !open.record.isUneven, let step else { return }
        open.record.isUneven = true
        let first = open.record.first
        if count > open.spans.width {
            open.spans.build(count: count) { ListLabels.bytes(first + step * UInt64($0)) }
        }
    }

    // MARK: Ranges

    public func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView) -> Bool) {
        if range.isEmpty { return }
        if range.count == 1 {
            guard let label = label(range.lowerBound) else { return }
            let key = key(label)
            open.changeSet.withValue(.order, key.view) { item in
                if let item { _ = visit(item) } else { open.damaged() }
            }
            return
        }
        if open.record.isUneven { return open.forEach(range, reverse: reverse) { _, item in visit(item) } }
        guard let lower = label(range.lowerBound), let upper = label(range.upperBound - 1) else { return }
        var left = range.count
        let from = ListLabels.position(lower)
        let to = ListLabels.position(upper)
        open.spans.walk(from: from.view, to: to.view, orEqual: true, reverse: reverse) { _, item in
            left -= 1
            return visit(item) && left > 0
        }
    }

    public func remove(_ range: Range<Int>) {
        if range.isEmpty { return }
        let isInside = range.lowerBound > 0 && range.upperBound < count
        if isInside { makeUneven() }
        if !open.record.isUneven, range.count < count { return removeFromEnd(range) }
        open.remove(range)
        // Of one item nothing is uneven.
        if count < 2 { open.record.isUneven = false }
    }

    /// Removes items at one end of an even list.
    private func removeFromEnd(_ range: Range<Int>) {
        open.changed()
        guard let step else { return }
        for index in range {
            let key = key(open.record.first + step * UInt64(index))
            open.changeSet.delete(.order, key.view)
        }
        let distance = step * UInt64(range.count)
        if range.lowerBound == 0 { open.record.first += distance } else { open.record.last -= distance }
        open.record.count -= range.count
        open.updateEnds()
    }
}
