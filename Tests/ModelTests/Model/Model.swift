/// A keyspace as simple as can be, after Redis's documentation: what the engine must do, slowly.
struct Model {
    enum Body: Equatable {
        case string([UInt8])
        case hash([[UInt8]: [UInt8]])
        case list([[UInt8]])
        case set(Set<[UInt8]>)
        case sortedSet([[UInt8]: Double])
    }

    struct Entry: Equatable {
        var body: Body
        /// Unix time in milliseconds.
        var expiry: Int64?
        /// When fields of a hash expire.
        var fieldExpiries: [[UInt8]: Int64] = [:]
    }

    /// An error reply.
    struct Refusal: Error {
        let text: String
        init(_ text: String) { self.text = text }
        static let wrongType = Refusal("WRONGTYPE Operation against a key holding the wrong kind of value")
        static let notInteger = Refusal("ERR value is not an integer or out of range")
        static let overflow = Refusal("ERR increment or decrement would overflow")
        static let noSuchKey = Refusal("ERR no such key")
        static let outOfRange = Refusal("ERR index out of range")
    }

    var entries: [[UInt8]: Entry] = [:]

    /// Executes a command of `patterns`.
    mutating func execute(_ words: Words) -> Value {
        let name = upper(words[0])
        let arguments = Array(words.dropFirst())
        do {
            let reply =
                try keyCommand(name, arguments) ?? string(name, arguments) ?? hash(name, arguments)
                ?? fieldExpiry(name, arguments)
                ?? list(name, arguments) ?? set(name, arguments) ?? sortedSet(name, arguments)
            guard let reply else { fatalError("the model lacks \(name)") }
            return reply
        } catch let refusal as Refusal {
            return .error(refusal.text)
        } catch { fatalError("\(error)") }
    }

    /// What is written here, in the notation of `CommandPattern`.
    static let patterns =
        stringPatterns + hashPatterns + fieldExpiryPatterns + listPatterns + setPatterns + sortedSetPatterns
        + keyPatterns

    static let keyPatterns = [
        "DEL {k}", "EXISTS ( {k} )+", "TYPE {k}", "2 RENAME {k} {k}", "RENAMENX {k} {k}",
        "4 COPY {k} {k} REPLACE",
        "COPY {k} {k}", "2 PEXPIREAT {k} {moment}", "PEXPIRETIME {k}", "PERSIST {k}", "DBSIZE", "KEYS *",
        "2 CONFIG SET {setting} {threshold}",
    ]

    private mutating func keyCommand(_ name: String, _ a: Words) throws -> Value? {
        switch name {
        case "DEL": return .integer(entries.removeValue(forKey: a[0]) == nil ? 0 : 1)
        case "EXISTS": return .integer(Int64(a.count { entries[$0] != nil }))
        case "TYPE": return .status(type(of: a[0]))
        case "RENAME", "RENAMENX":
            guard let entry = entries[a[0]] else { throw Refusal.noSuchKey }
            if name == "RENAMENX", entries[a[1]] != nil { return .integer(0) }
            entries[a[0]] = nil
            entries[a[1]] = entry
            return name == "RENAME" ? .ok : .integer(1)
        case "COPY":
            if a[0] == a[1] { throw Refusal("ERR source and destination objects are the same") }
            guard let entry = entries[a[0]], a.count == 3 || entries[a[1]] == nil else { return .integer(0) }
            entries[a[1]] = entry
            return .integer(1)
        case "PEXPIREAT":
            guard entries[a[0]] != nil else { return .integer(0) }
            let time = Int64(String(decoding: a[1], as: UTF8.self)) ?? 0
            // No run is as old as the past times, nor as late as the future ones.
            if time < 1_000_000 { entries[a[0]] = nil } else { entries[a[0]]?.expiry = time }
            return .integer(1)
        case "PEXPIRETIME":
            guard let entry = entries[a[0]] else { return .integer(-2) }
            return .integer(entry.expiry ?? -1)
        case "PERSIST":
            guard entries[a[0]]?.expiry != nil else { return .integer(0) }
            entries[a[0]]?.expiry = nil
            return .integer(1)
        case "DBSIZE": return .integer(Int64(entries.count))
        case "KEYS": return .array(entries.keys.map { .bulk($0) })
        case "CONFIG": return .ok
        default: return nil
        }
    }

    func type(of key: [UInt8]) -> String {
        switch entries[key]?.body {
        case nil: "none"
        case .string: "string"
        case .hash: "hash"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        }
    }

    /// Stores a body in place of what is there; its expiry stays unless a new one is made.
    mutating func put(_ key: [UInt8], _ body: Body, isEmpty: Bool = false, fresh: Bool = false) {
        if isEmpty {
            entries[key] = nil
        } else {
            var entry = Entry(body: body)
            if !fresh, let old = entries[key] {
                entry.expiry = old.expiry
                if case .hash(let fields) = body {
                    entry.fieldExpiries = old.fieldExpiries.filter { fields[$0.key] != nil }
                }
            }
            entries[key] = entry
        }
    }

    /// A canonical decimal integer of 64 bits.
    static func integer(_ text: [UInt8]) throws -> Int64 {
        let text = String(decoding: text, as: UTF8.self)
        guard let number = Int64(text), "\(number)" == text else { throw Refusal.notInteger }
        return number
    }

    /// The range of indices, negative ones counting from the end, within `count` elements.
    static func range(_ first: [UInt8], _ last: [UInt8], _ count: Int) throws -> Range<Int> {
        func clamp(_ index: Int64) -> Int {
            index > 1 << 40 ? 1 << 40 : index < -(1 << 40) ? -(1 << 40) : Int(index)
        }
        var low = clamp(try integer(first))
        var high = clamp(try integer(last))
        if low < 0 { low = max(low + count, 0) }
        if high < 0 { high += count }
        high = min(high, count - 1)
        return low <= high ? low..<high + 1 : 0..<0
    }

    /// A score as Redis prints it; the model's are whole or halves.
    static func text(_ score: Double) -> Value {
        .text(score == score.rounded() && abs(score) < 1e15 ? "\(Int64(score))" : "\(score)")
    }
}
