internal import Bytes
internal import Engine

// The times at which fields of a hash expire are filed in `order`, at a level of their own: deadline (8), field.
extension OpenCollection {
    private func fieldKey(_ instant: Int64, _ field: ByteView) -> ByteBuffer {
        var position = ByteBuffer(capacity: 8 + field.count)
        position.append(instant: instant)
        position.append(field)
        let view = position.view
        return OrderKey.make(version, OrderKey.fieldLevel, view)
    }

    /// Keeps the times in step with a field's; `nil` is never.
    func moveFieldExpiry(of field: ByteView, from old: Int64?, to new: Int64?) {
        if old == new { return }
        if let old {
            let key = fieldKey(old, field)
            changeSet.delete(.order, key.view)
        }
        if let new {
            let key = fieldKey(new, field)
            changeSet.put(.order, key.view, .empty)
            record.isTimed = true
        }
        if let new, new <= record.earliestField ?? .max {
            record.earliestField = new
        } else if let old, old == record.earliestField {
            updateEarliestField()
        }
    }

    private func updateEarliestField() {
        var earliest: Int64?
        forEachTime { instant, _ in
            earliest = instant
            return false
        }
        record.earliestField = earliest
    }

    /// Visits fields in the order in which they expire.
    private func forEachTime(_ visit: (Int64, ByteView) -> Bool) {
        let start = OrderKey.make(version, OrderKey.fieldLevel, .empty)
        let end = OrderKey.end(version, OrderKey.fieldLevel)
        changeSet.walk(.order, from: start.view, to: end.view) { key, _ in
            let position = key.dropFirst(OrderKey.prefix)
            guard position.count >= 8 else {
                damaged()
                return false
            }
            return visit(position.instant(at: 0), position.dropFirst(8))
        }
    }

    /// Removes fields whose time has come, `limit` at most, the earliest first; how many. O(log n) each.
    func removeExpiredFields(at now: Int64, limit: Int = .max) -> Int {
        var removed = 0
        while removed < limit, let earliest = record.earliestField, earliest <= now {
            var fields: [(instant: Int64, field: [UInt8])] = []
            let most = min(limit - removed, 256)
            forEachTime { instant, field in
                guard instant <= now, fields.count < most else { return false }
                fields.append((instant, field.array))
                return true
            }
            for (instant, field) in fields {
                field.withByteView {
                    let key = fieldKey(instant, $0)
                    changeSet.delete(.order, key.view)
                    delete($0)
                }
            }
            removed += fields.count
            guard record.count >= fields.count else {
                damaged()
                return removed
            }
            record.count -= fields.count
            updateEarliestField()
            if changeSet.failure != nil { break }
        }
        if removed > 0 { touch() }
        return removed
    }
}
