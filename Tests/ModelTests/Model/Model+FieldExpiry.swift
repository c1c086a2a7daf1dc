/// Fields of a hash that expire.
extension Model {
    static let fieldExpiryPatterns = [
        "3 HPEXPIREAT {h} {moment} [ NX | XX | GT | LT ] FIELDS 2 {m} {m}",
        "HPEXPIRETIME {h} FIELDS 3 {m} {m} {m}", "HPERSIST {h} FIELDS 2 {m} {m}",
        "HGETEX {h} [ PXAT {moment} | PERSIST ] FIELDS 2 {m} {m}", "HGETDEL {h} FIELDS 2 {m} {m}",
        "2 HSETEX {h} [ FNX | FXX ] [ PXAT {moment} | KEEPTTL ] FIELDS 2 {m} {v} {m} {v}",
    ]

    mutating func fieldExpiry(_ name: String, _ a: Words) throws -> Value? {
        guard ["HPEXPIREAT", "HPEXPIRETIME", "HPERSIST", "HGETEX", "HGETDEL", "HSETEX"].contains(name) else {
            return nil
        }
        guard let mark = a.firstIndex(where: { upper($0) == "FIELDS" }) else { return nil }
        let (options, names) = (a[1..<mark].map(upper), Array(a[(mark + 2)...]))
        let key = a[0]
        let before = try fields(key)
        if name == "HSETEX" { return .integer(setFields(key, before, options, names) ? 1 : 0) }
        let replies: [Value] = names.map { field -> Value in
            let present = (try? fields(key))?[field]
            let time = entries[key]?.fieldExpiries[field]
            let value: Value = present.map { .bulk($0) } ?? .null
            switch name {
            case "HPEXPIRETIME": return .integer(present == nil ? -2 : time ?? -1)
            case "HPERSIST":
                entries[key]?.fieldExpiries[field] = nil
                return .integer(present == nil ? -2 : time == nil ? -1 : 1)
            case "HGETDEL":
                remove(field, of: key)
                return value
            case "HGETEX":
                if present != nil { expire(field, of: key, options) }
                return value
            default:
                guard present != nil, let moment = Int64(options[0]) else { return .integer(-2) }
                let holds =
                    switch options.last {
                    case "NX": time == nil
                    case "XX": time != nil
                    case "GT": time.map { moment > $0 } ?? false
                    case "LT": time.map { moment < $0 } ?? true
                    default: true
                    }
                if holds { expire(field, of: key, ["PXAT", options[0]]) }
                return .integer(!holds ? 0 : (try? fields(key))?[field] == nil ? 2 : 1)
            }
        }
        return .array(replies)
    }

    private mutating func setFields(
        _ key: [UInt8], _ before: [[UInt8]: [UInt8]], _ options: [String], _ pairs: Words
    ) -> Bool {
        let names = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
        if options.contains("FNX"), names.contains(where: { before[$0] != nil }) { return false }
        if options.contains("FXX"), names.contains(where: { before[$0] == nil }) { return false }
        var after = before
        for (index, name) in names.enumerated() { after[name] = pairs[2 * index + 1] }
        put(key, .hash(after))
        for name in names {
            if !options.contains("KEEPTTL") { entries[key]?.fieldExpiries[name] = nil }
            expire(name, of: key, options)
        }
        return true
    }

    /// Does what PXAT or PERSIST among `options` says.
    private mutating func expire(_ field: [UInt8], of key: [UInt8], _ options: [String]) {
        if options.contains("PERSIST") { entries[key]?.fieldExpiries[field] = nil }
        guard let index = options.firstIndex(of: "PXAT"), let moment = Int64(options[index + 1]) else {
            return
        }
        // No run is as old as the past times, nor as late as the future ones.
        if moment < 1_000_000 {
            remove(field, of: key)
        } else {
            entries[key]?.fieldExpiries[field] = moment
        }
    }

    /// Removes a field, and the hash with its last.
    mutating func remove(_ field: [UInt8], of key: [UInt8]) {
        guard var fields = try? fields(key), entries[key] != nil else { return }
        fields[field] = nil
        put(key, .hash(fields), isEmpty: fields.isEmpty)
    }
}
