extension Model {
    static let sortedSetPatterns = [
        "6 ZADD {z} ( {whole} {m} )+", "3 ZADD {z} [ NX | XX | GT | LT ] [ CH ] {whole} {m}",
        "2 ZREM {z} ( {m} )+",
        "ZSCORE {z} {m}", "2 ZINCRBY {z} {whole} {m}", "ZCARD {z}", "ZRANK {z} {m}", "ZREVRANK {z} {m}",
        "2 ZRANGE {z} {int} {int} [ REV ] [ WITHSCORES ]", "ZCOUNT {z} ( -inf | {whole} ) ( +inf | {whole} )",
        "ZRANGEBYSCORE {z} {whole} {whole}", "ZPOPMIN {z} {n}", "ZPOPMAX {z} {n}",
        "ZREMRANGEBYRANK {z} {int} {int}",
        "ZREMRANGEBYSCORE {z} {whole} {whole}", "ZUNIONSTORE {z} 2 {Z} {Z}", "ZINTERSTORE {z} 2 {Z} {Z}",
        "ZDIFFSTORE {z} 2 {Z} {Z}",
    ]

    private func scores(_ key: [UInt8], orSet: Bool = false) throws -> [[UInt8]: Double] {
        switch entries[key]?.body {
        case nil: return [:]
        case .sortedSet(let scores): return scores
        case .set(let members) where orSet: return Dictionary(uniqueKeysWithValues: members.map { ($0, 1) })
        default: throw Refusal.wrongType
        }
    }

    private func ordered(_ scores: [[UInt8]: Double]) -> [(key: [UInt8], value: Double)] {
        scores.sorted { a, b in
            a.value != b.value ? a.value < b.value : a.key.lexicographicallyPrecedes(b.key)
        }
    }

    private func number(_ text: [UInt8]) -> Double {
        switch String(decoding: text, as: UTF8.self) {
        case "-inf": -.infinity
        case "+inf": .infinity
        case let text: Double(text) ?? .nan
        }
    }

    private func listed(_ pairs: some Sequence<(key: [UInt8], value: Double)>, scores: Bool) -> Value {
        .array(pairs.flatMap { scores ? [.bulk($0.key), Model.text($0.value)] : [.bulk($0.key)] })
    }

    mutating func sortedSet(_ name: String, _ a: Words) throws -> Value? {
        if ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"].contains(name) { return try store(name, a) }
        guard name.first == "Z" else { return nil }
        var scores = try scores(a[0])
        let before = scores.count
        let order = ordered(scores)
        func keep(_ model: inout Model) {
            if scores.count < before { model.put(a[0], .sortedSet(scores), isEmpty: scores.isEmpty) }
        }
        switch name {
        case "ZADD":
            let options = a.dropFirst().map(upper).filter { ["NX", "XX", "GT", "LT", "CH"].contains($0) }
            var changed = 0
            for index in stride(from: 1 + options.count, to: a.count, by: 2) {
                let (score, member) = (number(a[index]), a[index + 1])
                if let old = scores[member] {
                    let refused =
                        options.contains("NX") || options.contains("GT") && score <= old
                        || options.contains("LT") && score >= old
                    if refused || score == old { continue }
                    changed += 1
                } else if options.contains("XX") {
                    continue
                }
                scores[member] = score
            }
            if !scores.isEmpty { put(a[0], .sortedSet(scores)) }
            return .integer(Int64(scores.count - before + (options.contains("CH") ? changed : 0)))
        case "ZREM":
            for member in a.dropFirst() { scores[member] = nil }
            keep(&self)
            return .integer(Int64(before - scores.count))
        case "ZSCORE": return scores[a[1]].map(Model.text) ?? .null
        case "ZINCRBY":
            scores[a[2], default: 0] += number(a[1])
            put(a[0], .sortedSet(scores))
            return Model.text(scores[a[2]] ?? 0)
        case "ZCARD": return .integer(Int64(before))
        case "ZRANK", "ZREVRANK":
            guard let rank = order.firstIndex(where: { $0.key == a[1] }) else { return .null }
            return .integer(Int64(name == "ZRANK" ? rank : before - 1 - rank))
        case "ZRANGE":
            let options = a.dropFirst(3).map(upper)
            let all = options.contains("REV") ? order.reversed() : order
            return listed(all[try Model.range(a[1], a[2], before)], scores: options.contains("WITHSCORES"))
        case "ZCOUNT", "ZRANGEBYSCORE":
            let found = order.filter { $0.value >= number(a[1]) && $0.value <= number(a[2]) }
            return name == "ZCOUNT" ? .integer(Int64(found.count)) : listed(found, scores: false)
        case "ZPOPMIN", "ZPOPMAX":
            let count = min(Int(try Model.integer(a[1])), before)
            let popped = (name == "ZPOPMIN" ? order : order.reversed()).prefix(count)
            for pair in popped { scores[pair.key] = nil }
            keep(&self)
            return listed(popped, scores: true)
        case "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE":
            let removed =
                name == "ZREMRANGEBYRANK"
                ? Array(order[try Model.range(a[1], a[2], before)])
                : order.filter { $0.value >= number(a[1]) && $0.value <= number(a[2]) }
            for pair in removed { scores[pair.key] = nil }
            keep(&self)
            return .integer(Int64(removed.count))
        default: return nil
        }
    }

    private mutating func store(_ name: String, _ a: Words) throws -> Value {
        var result = try scores(a[2], orSet: true)
        let other = try scores(a[3], orSet: true)
        switch name {
        case "ZUNIONSTORE": result.merge(other, uniquingKeysWith: +)
        case "ZINTERSTORE":
            result = Dictionary(
                uniqueKeysWithValues: result.compactMap { pair in
                    other[pair.key].map { (pair.key, pair.value + $0) }
                })
        default: result = result.filter { other[$0.key] == nil }
        }
        put(a[0], .sortedSet(result), isEmpty: result.isEmpty, fresh: true)
        return .integer(Int64(result.count))
    }
}
