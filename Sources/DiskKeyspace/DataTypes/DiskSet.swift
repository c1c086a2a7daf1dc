// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes
public import Engine

/// An open set of the disk keyspace. Members are filed by their hashes, with nothing.
public struct DiskSet: SetType {
    // The unit keeps it until the command ends.
    unowned(unsafe) let open: OpenCollection

    init(_ open: OpenCollection) { self.open = open }

    public var count: Int { open.record.count }

    public func contains(_ member: ByteView) -> Bool { open.withValue(member) { $0 != nil } }

    public func insert(_ member: ByteView) -> Bool {
        if contains(member) { return false }
        open.put(member) { _ in }
        open.record.count += 1
        if !open.record.isConverted {
            let isNumber = parseInt64(member) != nil
            if !isNumber || count > open.limits.setMaxIntsetEntries { open.record.isConverted = true }
        }
        open.changed()
        return true
    }

    public func remove(_ member: ByteView) -> Bool {
        guard contains(member) else { return false }
        open.delete(member)
        open.record.count -= 1
        open.changed()
        return true
    }

    /// While they are few integers, they ascend, as Redis's do.
    public func forEach(_ visit: (ByteView) -> Bool) {
        if open.record.isConverted || count > 1 << 16 { return open.forEach { member, _ in visit(member) } }
        var numbers: [Int64] = []
        open.forEach { member, _ in
            if let number = parseInt64(member) { numbers.append(number) } else { open.damaged() }
            return true
        }
        numbers.sort()
        var text = ByteBuffer()
        for number in numbers {
            text.clear()
            text.append(decimal: number)
            guard visit(text.view) else { return }
        }
    }

    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView) -> Void) -> UInt64 {
        if open.record.isConverted {
            return open.scan(from: cursor, count: count) { member, _ in visit(member) }
        }
        forEach {
            visit($0)
            return true
        }
        return 0
    }

    public func random(_ visit: (ByteView) -> Void) { open.random { member, _ in visit(member) } }
}
