// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes
package import Engine

// The whole store: these need every shard's lock.
extension DiskKeyspace {
    package var count: Int { unit.total.keys }

    package var statistics: Statistics {
        var sum = table.counted
        sum.volatileKeys = unit.total.volatile
        return sum
    }

    package var storage: [InfoLine] { table.statistics.lines }

    package mutating func scan(
        from cursor: UInt64, count: Int, _ visit: (ByteView, KeyType) -> Bool
    ) -> UInt64 {
        guard cursor < 1 << 48 else { return 0 }
        var window = ScanWindow(count: count)
        let now = scope.now
        let start = MetadataKey.bound(unit.epoch, cursor << 16)
        let end = MetadataKey.end(unit.epoch)
        unit.changes.walk(.metadata, from: start.view, to: end.view) { name, value in
            var string = ByteView.empty
            guard name.count >= MetadataKey.prefix, let record = KeyRecord(value, string: &string) else {
                damaged()
                return false
            }
            if window.ends(before: name.bigEndian(at: 4) >> 16) { return false }
            if record.expiry.map({ $0 <= now }) ?? false || hasLostAllFields(record, at: now) {
                window.pass()
            } else if visit(name.dropFirst(MetadataKey.prefix), record.type) {
                window.visit()
            }
            return true
        }
        return window.next
    }

    /// Whether the time of every field of a hash has come. O(those of which it has).
    private func hasLostAllFields(_ record: KeyRecord, at now: Int64) -> Bool {
        guard let earliest = record.earliestField, earliest <= now else { return false }
        var left = record.count
        let start = OrderKey.make(record.version, OrderKey.fieldLevel, .empty)
        let end = OrderKey.end(record.version, OrderKey.fieldLevel)
        unit.changes.walk(.order, from: start.view, to: end.view) { key, _ in
            guard key.count >= OrderKey.prefix + 8, key.instant(at: OrderKey.prefix) <= now else {
                return false
            }
            left -= 1
            return true
        }
        return left == 0
    }

    package mutating func randomKey() -> ByteView? {
        while count > 0, unit.changes.failure == nil {
            var found: [UInt8]?
            let epoch = unit.epoch
            let start = MetadataKey.bound(epoch, 0)
            let end = MetadataKey.end(epoch)
            RandomChoice(
                unit.changes, .metadata, from: start.view, to: end.view, count: count,
                bound: { MetadataKey.bound(epoch, $0) }
            ).visit { name, _ in found = name.dropFirst(MetadataKey.prefix).array }
            guard let found else { return nil }
            // The record's own key is the caller's to read until the unit ends.
            let key = unit.keep(found)
            if find(scope.hash(of: key), key) != nil { return key }
        }
        return nil
    }

    package mutating func removeAll() {
        unit.removeAll()
        for index in 0..<DiskTable.stripeCount { table.stripes[index] &+= 1 }
        scope.noteChange()
    }
}
