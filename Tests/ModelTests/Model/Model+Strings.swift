extension Model {
    static let stringPatterns = [
        "3 SET {s} {v}", "SET {s} {v} [ NX | XX ] [ KEEPTTL ]", "GET {s}", "2 APPEND {s} {v}", "STRLEN {s}",
        "GETRANGE {s} {int} {int}", "2 SETRANGE {s} {offset} {v}", "2 INCRBY {s} {int}", "DECR {s}",
        "GETSET {s} {v}",
        "GETDEL {s}", "SETBIT {s} {bit} ( 0 | 1 )", "GETBIT {s} {bit}", "BITCOUNT {s}", "MSET ( {s} {v} )+",
        "MGET ( {k} )+", "MSETNX ( {s} {v} )+",
    ]

    private func string(_ key: [UInt8]) throws -> [UInt8]? {
        guard let entry = entries[key] else { return nil }
        guard case .string(let bytes) = entry.body else { throw Refusal.wrongType }
        return bytes
    }

    private func reply(_ bytes: [UInt8]?) -> Value { bytes.map { .bulk($0) } ?? .null }

    mutating func string(_ name: String, _ a: Words) throws -> Value? {
        switch name {
        case "SET":
            let options = a.dropFirst(2).map(upper)
            if options.contains("NX"), entries[a[0]] != nil { return .null }
            if options.contains("XX"), entries[a[0]] == nil { return .null }
            put(a[0], .string(a[1]), fresh: !options.contains("KEEPTTL"))
            return .ok
        case "GET": return reply(try string(a[0]))
        case "APPEND":
            let whole = try (string(a[0]) ?? []) + a[1]
            put(a[0], .string(whole))
            return .integer(Int64(whole.count))
        case "STRLEN": return .integer(Int64(try string(a[0])?.count ?? 0))
        case "GETRANGE":
            let bytes = try string(a[0]) ?? []
            // Both negative and crossed is empty, also where clamping would make a byte of it.
            let (low, high) = (try Model.integer(a[1]), try Model.integer(a[2]))
            if low < 0, high < 0, low > high { return .bulk([]) }
            if bytes.isEmpty { return .bulk([]) }
            let last = high < 0 && high < -Int64(bytes.count) ? Array("0".utf8) : a[2]
            return .bulk(Array(bytes[try Model.range(a[1], last, bytes.count)]))
        case "SETRANGE":
            let offset = Int(try Model.integer(a[1]))
            var bytes = try string(a[0])
            if a[2].isEmpty { return .integer(Int64(bytes?.count ?? 0)) }
            bytes = bytes ?? []
            let end = offset + a[2].count
            bytes = bytes.map { $0 + Array(repeating: 0, count: max(0, end - $0.count)) }
            bytes?.replaceSubrange(offset..<end, with: a[2])
            put(a[0], .string(bytes ?? []))
            return .integer(Int64(bytes?.count ?? 0))
        case "INCRBY", "DECR":
            let change = name == "DECR" ? -1 : try Model.integer(a[1])
            let old = try string(a[0]).map { try Model.integer($0) } ?? 0
            let (sum, overflow) = old.addingReportingOverflow(change)
            if overflow { throw Refusal.overflow }
            put(a[0], .string(Array("\(sum)".utf8)))
            return .integer(sum)
        case "GETSET":
            let old = try string(a[0])
            put(a[0], .string(a[1]), fresh: true)
            return reply(old)
        case "GETDEL":
            let old = try string(a[0])
            if old != nil { entries[a[0]] = nil }
            return reply(old)
        case "SETBIT", "GETBIT":
            let position = Int(try Model.integer(a[1]))
            var bytes = try string(a[0]) ?? []
            let mask = UInt8(0x80) >> UInt8(position % 8)
            let isSet = position / 8 < bytes.count && bytes[position / 8] & mask != 0
            if name == "SETBIT" {
                bytes += Array(repeating: 0, count: max(0, position / 8 + 1 - bytes.count))
                bytes[position / 8] = a[2] == [49] ? bytes[position / 8] | mask : bytes[position / 8] & ~mask
                put(a[0], .string(bytes))
            }
            return .integer(isSet ? 1 : 0)
        case "BITCOUNT":
            return .integer(Int64((try string(a[0]) ?? []).reduce(0) { $0 + $1.nonzeroBitCount }))
        case "MSET", "MSETNX":
            let places = stride(from: 0, to: a.count, by: 2)
            if name == "MSETNX", places.contains(where: { entries[a[$0]] != nil }) { return .integer(0) }
            for index in places { put(a[index], .string(a[index + 1]), fresh: true) }
            return name == "MSET" ? .ok : .integer(1)
        case "MGET": return .array(a.map { (try? string($0)).flatMap { $0 }.map { .bulk($0) } ?? .null })
        default: return nil
        }
    }
}
