extension Model {
    static let hashPatterns = [
        "5 HSET {h} ( {m} {v} )+", "2 HDEL {h} ( {m} )+", "HGET {h} {m}", "HGETALL {h}", "HLEN {h}",
        "HEXISTS {h} {m}",
        "HINCRBY {h} {m} {int}", "HMGET {h} ( {m} )+", "HKEYS {h}", "HVALS {h}", "HSTRLEN {h} {m}",
        "HSETNX {h} {m} {v}",
    ]

    func fields(_ key: [UInt8]) throws -> [[UInt8]: [UInt8]] {
        guard let entry = entries[key] else { return [:] }
        guard case .hash(let fields) = entry.body else { throw Refusal.wrongType }
        return fields
    }

    mutating func hash(_ name: String, _ a: Words) throws -> Value? {
        guard name.first == "H" else { return nil }
        var fields = try fields(a[0])
        let before = fields.count
        func value(_ field: [UInt8]) -> Value { fields[field].map { .bulk($0) } ?? .null }
        switch name {
        case "HSET", "HSETNX":
            for index in stride(from: 1, to: a.count, by: 2) where name == "HSET" || fields[a[index]] == nil {
                fields[a[index]] = a[index + 1]
                entries[a[0]]?.fieldExpiries[a[index]] = nil
            }
            put(a[0], .hash(fields))
            return .integer(Int64(fields.count - before))
        case "HDEL":
            for field in a.dropFirst() { fields[field] = nil }
            if fields.count < before { put(a[0], .hash(fields), isEmpty: fields.isEmpty) }
            return .integer(Int64(before - fields.count))
        case "HGET": return value(a[1])
        case "HMGET": return .array(a.dropFirst().map(value))
        case "HGETALL": return .array(fields.flatMap { [.bulk($0.key), .bulk($0.value)] })
        case "HKEYS": return .array(fields.keys.map { .bulk($0) })
        case "HVALS": return .array(fields.values.map { .bulk($0) })
        case "HLEN": return .integer(Int64(fields.count))
        case "HEXISTS": return .integer(fields[a[1]] == nil ? 0 : 1)
        case "HSTRLEN": return .integer(Int64(fields[a[1]]?.count ?? 0))
        case "HINCRBY":
            let change = try Model.integer(a[2])
            guard let old = try? fields[a[1]].map({ try Model.integer($0) }) ?? 0 else {
                throw Refusal("ERR hash value is not an integer")
            }
            let (sum, overflow) = old.addingReportingOverflow(change)
            if overflow { throw Refusal.overflow }
            fields[a[1]] = Array("\(sum)".utf8)
            put(a[0], .hash(fields))
            return .integer(sum)
        default: return nil
        }
    }
}
