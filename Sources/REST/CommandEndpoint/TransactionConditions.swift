internal import Bytes
internal import Engine

/// What a transaction demands of keys: `{"stock:7": "\"5f3a9c01-1d\"", "lock": null}`, or the same as pairs.
enum TransactionConditions<E: CommandEngine> {
    /// Adds the conditions to the exchange's transaction.
    static func read(_ conditions: JSONValue, _ x: inout Exchange<E>) throws(Problem) {
        switch conditions.kind {
        case .object:
            for member in conditions.members { try require(member.name, member.value, &x) }
        case .array:
            for pair in conditions.elements {
                var values = pair.elements
                guard pair.kind == .array, pair.count == 2, let key = values.next()?.argument,
                    let state = values.next()
                else { throw .badRequest("'if' as an array takes pairs: [[key, ETag or null], …].") }
                try require(key, state, &x)
            }
        default:
            throw .badRequest(
                "'if' takes {\"key\": \"ETag\" or null, …}, or [[key, ETag or null], …].")
        }
    }

    private static func require(
        _ key: ByteView, _ value: JSONValue, _ x: inout Exchange<E>
    ) throws(Problem) {
        x.conditionKeys.append(key)
        if value.isNull { return x.transaction.require(key, .absent) }
        guard let text = value.string else { throw malformed(key) }
        if text == ByteView("*") { return x.transaction.require(key, .present) }
        let tag = text.starts(with: ByteView("W/")) ? text.dropFirst(2) : text
        guard tag.count >= 2, tag[0] == UInt8(ascii: "\""), tag[tag.count - 1] == UInt8(ascii: "\""),
            tag[1..<tag.count - 1].firstIndex(of: UInt8(ascii: "\"")) == nil
        else { throw malformed(key) }
        guard case .of(let versions) = ETag.versions(tag, boot: x.tagBoot), let version = versions.first
        else {
            return x.transaction.require(key, .impossible)
        }
        x.transaction.require(key, .version(version))
    }

    private static func malformed(_ key: ByteView) -> Problem {
        .badRequest(
            """
            'if' takes for the key '\(key.string)' its ETag with the quotes, as in "\\"5f3a9c01-1d\\"", null \
            where it must be absent, or "*" where it must be there.
            """)
    }

    /// The problem of conditions that do not hold, whose indices are the reply; each key is named once.
    static func failed(_ x: borrowing Exchange<E>, _ reader: inout ReplyReader) -> Problem {
        var problem = Problem.condition("")
        var names: [String] = []
        var named: Set<[UInt8]> = []
        if case .array(let count) = reader.next() {
            for _ in 0..<count {
                guard case .integer(let index) = reader.next() else { break }
                let key = x.conditionKeys[Int(index)]
                guard named.insert(key.array).inserted else { continue }
                problem.keys.append(key.array)
                names.append("'\(key.string)'")
            }
        }
        let verb = names.count == 1 ? "is" : "are"
        problem.detail = """
            Nothing was executed: \(names.joined(separator: ", ")) \(verb) not as wanted; read again what you need.
            """
        return problem
    }
}
