internal import Bytes
internal import Engine

// Labels anew, where there is no room between two of them.
extension DiskList {
    /// Labels and their distance.
    private struct Room {
        var first: UInt64
        var gap: UInt64

        subscript(index: Int) -> UInt64 { first + gap * UInt64(index) }
    }

    /// Gives items around the label new labels, evenly: those of its run; or where that has too few numbers for them,
    /// those of its node; or all. The derivation of what it costs is in docs/decisions/0009-disk-keyspace.md.
    func relabel(at label: UInt64) {
        let position = ListLabels.position(label)
        if let (run, node) = open.spans.stretches(at: position.view) {
            if let room = room(in: run) { return rewrite(run, room) }
            if let room = room(in: node) {
                rewrite(node, room)
                return open.spans.respace(at: position.view) { ListLabels.bytes(room[$0]) }
            }
        }
        relabelAll()
    }

    /// Labels that the items of a stretch may get; nil where it has too few.
    private func room(in stretch: CountedSpans.Stretch) -> Room? {
        let labels = open.unit.table.listLabels
        let count = UInt64(stretch.elements)
        let lower = stretch.start.isEmpty ? nil : ListLabels.bound(stretch.start)
        let upper = stretch.end.map(ListLabels.bound)
        let room: Room
        switch (lower, upper) {
        case (let lower?, let upper?):
            let gap = (upper - lower) / count
            room = Room(first: lower + gap / 2, gap: gap)
        case (nil, let upper?):
            let gap = min(labels.step, upper / (count + 1))
            room = Room(first: upper - gap * count, gap: gap)
        case (let lower?, nil):
            let gap = min(labels.step, (.max - lower) / (count + 1))
            room = Room(first: lower + gap, gap: gap)
        case (nil, nil): return nil
        }
        return room.gap < labels.leastGap ? nil : room
    }

    /// Files the items of a stretch under other labels of its own.
    private func rewrite(_ stretch: CountedSpans.Stretch, _ room: Room) {
        var items = ByteBuffer()
        var ends: [Int] = []
        var old: [[UInt8]] = []
        func take(_ lower: ByteView, _ upper: ByteView?) {
            open.spans.walk(from: lower, to: upper) { position, item in
                old.append(position.array)
                items.append(item)
                ends.append(items.count)
                return true
            }
        }
        stretch.start.withByteView { lower in
            guard let end = stretch.end else { return take(lower, nil) }
            end.withByteView { take(lower, $0) }
        }
        guard old.count == stretch.elements else { return open.damaged() }
        for position in old {
            position.withByteView {
                let key = OrderKey.make(open.version, 0, $0)
                open.changeSet.delete(.order, key.view)
            }
        }
        let view = items.view
        var start = 0
        for (index, end) in ends.enumerated() {
            let position = ListLabels.position(room[index])
            let key = OrderKey.make(open.version, 0, position.view)
            open.changeSet.put(.order, key.view, view[start..<end])
            start = end
        }
        if stretch.start.isEmpty { open.record.first = room.first }
        if stretch.end == nil { open.record.last = room[ends.count - 1] }
        open.updateEnds()
    }

    /// Files all items under another version, evenly: then nothing is to be counted. O(n), a part at a time.
    func relabelAll() {
        let labels = open.unit.table.listLabels
        let gap = labels.step(count)
        let length = gap * UInt64(count)
        // Around the middle, or where they would not fit there, around that of all numbers.
        let middle = min(max(labels.origin, length / 2 + gap), .max - length / 2 - gap)
        let room = Room(first: middle - length / 2, gap: gap)
        let first = ListLabels.position(open.record.first)
        let last = ListLabels.position(open.record.last)
        let start = OrderKey.make(open.version, 0, first.view)
        let end = OrderKey.make(open.version, 0, last.view, tail: true)
        open.leaveVersion()
        let writer = VersionWriter(open.unit, open.version, .list, count: count)
        var index = 0
        open.changeSet.walk(.order, from: start.view, to: end.view) { _, item in
            guard index < count else { return false }
            let position = ListLabels.position(room[index])
            let key = OrderKey.make(open.version, 0, position.view)
            writer.put(.order, key.view, item)
            index += 1
            return open.changeSet.failure == nil
        }
        writer.finish()
        guard index == count else { return open.damaged() }
        open.record.first = room.first
        open.record.last = room[count - 1]
        open.record.isUneven = false
    }
}

extension ListLabels {
    /// A label as a position: eight bytes.
    static func position(_ label: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append(bigEndian: label)
        return buffer
    }

    /// As `position`, on the heap.
    static func bytes(_ label: UInt64) -> [UInt8] { withUnsafeBytes(of: label.bigEndian) { Array($0) } }

    /// The label of a position; nil of anything else.
    static func label(_ position: ByteView) -> UInt64? {
        position.count == 8 ? position.bigEndian(at: 0) : nil
    }

    /// The lowest label that is not before where an entry begins, of which trailing zeros may be left out.
    static func bound(_ separator: [UInt8]) -> UInt64 {
        var bound: UInt64 = 0
        for index in 0..<8 { bound = bound << 8 | UInt64(index < separator.count ? separator[index] : 0) }
        return bound
    }
}
