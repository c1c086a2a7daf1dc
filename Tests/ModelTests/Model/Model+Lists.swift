extension Model {
    static let listPatterns = [
        "3 LPUSH {l} ( {e} )+", "4 RPUSH {l} ( {e} )+", "RPUSHX {l} {e}", "LPOP {l}", "RPOP {l} {n}",
        "LPOP {l} {n}",
        "2 LRANGE {l} {int} {int}", "LINDEX {l} {int}", "2 LSET {l} {int} {e}",
        "2 LINSERT {l} ( BEFORE | AFTER ) {e} {e}",
        "2 LREM {l} {int} {e}", "LTRIM {l} {int} {int}", "2 LMOVE {l} {l} ( LEFT | RIGHT ) ( LEFT | RIGHT )",
        "LLEN {l}",
        "RPUSH {l} {v}",
    ]

    private func items(_ key: [UInt8]) throws -> [[UInt8]] {
        guard let entry = entries[key] else { return [] }
        guard case .list(let items) = entry.body else { throw Refusal.wrongType }
        return items
    }

    mutating func list(_ name: String, _ a: Words) throws -> Value? {
        guard name.first == "L" || name.hasPrefix("RP") else { return nil }
        var items = try items(a[0])
        let isMissing = entries[a[0]] == nil
        /// The place of an index that may count from the end, nil where there is none.
        func place(_ text: [UInt8]) throws -> Int? {
            let index = try Model.integer(text)
            let place = index < 0 && index > -(1 << 40) ? Int(index) + items.count : Int(index)
            return items.indices.contains(place) ? place : nil
        }
        switch name {
        case "LPUSH": items = a.dropFirst().reversed() + items
        case "RPUSH": items += a.dropFirst()
        case "RPUSHX":
            if isMissing { return .integer(0) }
            items += a.dropFirst()
        case "LPOP", "RPOP":
            if isMissing { return a.count == 1 ? .null : .nullArray }
            let count = min(a.count == 1 ? 1 : Int(try Model.integer(a[1])), items.count)
            let popped = name == "LPOP" ? Array(items.prefix(count)) : items.suffix(count).reversed()
            if name == "LPOP" { items.removeFirst(count) } else { items.removeLast(count) }
            put(a[0], .list(items), isEmpty: items.isEmpty)
            return a.count == 1 ? .bulk(popped[0]) : .array(popped.map { .bulk($0) })
        case "LRANGE": return .array(items[try Model.range(a[1], a[2], items.count)].map { .bulk($0) })
        case "LINDEX": return isMissing ? .null : try place(a[1]).map { .bulk(items[$0]) } ?? .null
        case "LLEN": return .integer(Int64(items.count))
        case "LSET":
            if isMissing { throw Refusal.noSuchKey }
            guard let place = try place(a[1]) else { throw Refusal.outOfRange }
            items[place] = a[2]
            put(a[0], .list(items))
            return .ok
        case "LINSERT":
            if isMissing { return .integer(0) }
            guard let pivot = items.firstIndex(of: a[2]) else { return .integer(-1) }
            items.insert(a[3], at: upper(a[1]) == "AFTER" ? pivot + 1 : pivot)
        case "LREM":
            let count = try Model.integer(a[1])
            let places = items.indices.filter { items[$0] == a[2] }
            let limit = count == 0 ? places.count : Int(clamping: count.magnitude)
            let removed = count < 0 ? Array(places.suffix(limit)) : Array(places.prefix(limit))
            for place in removed.reversed() { items.remove(at: place) }
            if !removed.isEmpty { put(a[0], .list(items), isEmpty: items.isEmpty) }
            return .integer(Int64(removed.count))
        case "LTRIM":
            let kept = Array(items[try Model.range(a[1], a[2], items.count)])
            if !isMissing { put(a[0], .list(kept), isEmpty: kept.isEmpty) }
            return .ok
        case "LMOVE":
            if isMissing { return .null }
            if a[0] != a[1] { _ = try self.items(a[1]) }
            let moved = upper(a[2]) == "LEFT" ? items.removeFirst() : items.removeLast()
            // Back to itself it keeps its expiry even if it was its only element.
            let rest = items
            if a[0] != a[1] { put(a[0], .list(rest), isEmpty: rest.isEmpty) }
            let target = a[0] == a[1] ? rest : try self.items(a[1])
            put(a[1], .list(upper(a[3]) == "LEFT" ? [moved] + target : target + [moved]))
            return .bulk(moved)
        default: return nil
        }
        put(a[0], .list(items))
        return .integer(Int64(items.count))
    }
}
