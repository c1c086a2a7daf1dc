extension Model {
    static let setPatterns = [
        "6 SADD {S} ( {m} )+", "2 SREM {S} ( {m} )+", "SISMEMBER {S} {m}", "SMEMBERS {S}", "SCARD {S}",
        "2 SMOVE {S} {S} {m}", "SINTER ( {S} )+", "SUNION ( {S} )+", "SDIFF ( {S} )+",
        "SINTERSTORE {S} ( {S} )+",
        "SUNIONSTORE {S} ( {S} )+", "SDIFFSTORE {S} ( {S} )+",
    ]

    func members(_ key: [UInt8]) throws -> Set<[UInt8]> {
        guard let entry = entries[key] else { return [] }
        guard case .set(let members) = entry.body else { throw Refusal.wrongType }
        return members
    }

    private func combined(_ name: String, _ keys: Words) throws -> Set<[UInt8]> {
        let sets = try keys.map(members)
        return sets.dropFirst().reduce(sets[0]) { result, other in
            if name.hasPrefix("SINTER") { return result.intersection(other) }
            return name.hasPrefix("SUNION") ? result.union(other) : result.subtracting(other)
        }
    }

    mutating func set(_ name: String, _ a: Words) throws -> Value? {
        switch name {
        case "SINTER", "SUNION", "SDIFF": return .array(try combined(name, a).map { .bulk($0) })
        case "SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE":
            let result = try combined(name, Array(a.dropFirst()))
            put(a[0], .set(result), isEmpty: result.isEmpty, fresh: true)
            return .integer(Int64(result.count))
        default: break
        }
        guard name.first == "S" else { return nil }
        var members = try members(a[0])
        let before = members.count
        switch name {
        case "SADD":
            members.formUnion(a.dropFirst())
            put(a[0], .set(members))
            return .integer(Int64(members.count - before))
        case "SREM":
            members.subtract(a.dropFirst())
            if members.count < before { put(a[0], .set(members), isEmpty: members.isEmpty) }
            return .integer(Int64(before - members.count))
        case "SISMEMBER": return .integer(members.contains(a[1]) ? 1 : 0)
        case "SMEMBERS": return .array(members.map { .bulk($0) })
        case "SCARD": return .integer(Int64(before))
        case "SMOVE":
            if before == 0 { return .integer(0) }
            var target = try self.members(a[1])
            if a[0] == a[1] { return .integer(members.contains(a[2]) ? 1 : 0) }
            guard members.remove(a[2]) != nil else { return .integer(0) }
            target.insert(a[2])
            put(a[0], .set(members), isEmpty: members.isEmpty)
            put(a[1], .set(target))
            return .integer(1)
        default: return nil
        }
    }
}
