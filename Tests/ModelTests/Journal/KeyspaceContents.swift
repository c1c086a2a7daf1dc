/// Everything in a keyspace but how it is encoded, to be compared.
struct KeyspaceContents {
    struct Key: Equatable {
        var type: Value
        /// Unix milliseconds; -1: never.
        var expiry: Value
        /// Sets and hashes in an order of their own.
        var value: Value
        /// Of a hash's fields, in the order of `value`.
        var fieldExpiries: Value = .null
    }

    private(set) var keys: [[UInt8]: Key] = [:]

    /// Reads all keys; field expiries only where they are known.
    init(fieldExpiries: Bool = true, _ execute: (Words) throws -> Value) rethrows {
        for name in try execute(words("KEYS *")).elements?.compactMap(\.bytes) ?? [] {
            let type = try execute(words("TYPE") + [name])
            var key = Key(type: type, expiry: try execute(words("PEXPIRETIME") + [name]), value: .null)
            switch type {
            case .status("string"): key.value = try execute(words("GET") + [name])
            case .status("list"): key.value = try execute(words("LRANGE") + [name] + words("0 -1"))
            case .status("set"): key.value = sorted(try execute(words("SMEMBERS") + [name]), by: 1)
            case .status("zset"):
                // Whether a zero keeps its sign is a matter of the encoding.
                let all = try execute(words("ZRANGE") + [name] + words("0 -1 WITHSCORES")).elements ?? []
                key.value = .array(
                    all.enumerated().map { $0 % 2 == 1 && $1 == .text("-0") ? .text("0") : $1 })
            default:
                key.value = sorted(try execute(words("HGETALL") + [name]), by: 2)
                guard fieldExpiries, let all = key.value.elements, !all.isEmpty else { break }
                let fields = stride(from: 0, to: all.count, by: 2).compactMap { all[$0].bytes }
                key.fieldExpiries = try execute(
                    words("HPEXPIRETIME") + [name] + words("FIELDS \(fields.count)") + fields)
            }
            keys[name] = key
        }
    }

    /// The first difference, nil where there is none.
    func difference(from other: KeyspaceContents) -> String? {
        for name in Set(keys.keys).union(other.keys.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
        where keys[name] != other.keys[name] {
            func shown(_ key: Key?) -> String {
                key.map { "\($0.type) \($0.expiry) \($0.value) \($0.fieldExpiries)" } ?? "missing"
            }
            return "\(quoted(name))\n  was: \(shown(keys[name]))\n  is:  \(shown(other.keys[name]))"
        }
        return nil
    }
}

/// An array's elements in order, `group` of them together by the first.
private func sorted(_ value: Value, by group: Int) -> Value {
    guard let all = value.elements, all.count % group == 0 else { return value }
    let groups = stride(from: 0, to: all.count, by: group).map { Array(all[$0..<$0 + group]) }
    return .array(
        groups.sorted { ($0[0].bytes ?? []).lexicographicallyPrecedes($1[0].bytes ?? []) }.flatMap { $0 })
}
