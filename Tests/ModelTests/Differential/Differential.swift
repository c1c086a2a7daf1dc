import Bytes
import Engine
import TestSupport

/// Two executions of the same commands: by redis-server and by an engine of our own. What is excused where
/// they differ stands in docs/differences.md.
final class Differential {
    /// A command, and what must follow it so that both sides hold the same again.
    typealias Step = [Words]

    struct Mismatch {
        /// Which step of the sequence; nil where the keyspaces differ at its end.
        var step: Int?
        var words: Words
        var redis: Value
        var engine: Value
    }

    let redis: RedisConnection
    let client = EngineClient(TestEngine())
    private var sortedAnyZset = false
    private var addedFloats = false
    /// Replies to the commands that come next: they were sent together.
    private var ahead: [Value] = []
    private var random = SeededGenerator(seed: 0)

    init(_ redis: RedisConnection) { self.redis = redis }

    /// Every threshold of an encoding as it is by default.
    private static let defaults = words(
        "CONFIG SET hash-max-listpack-entries 128 hash-max-listpack-value 64 set-max-intset-entries 512 "
            + "zset-max-listpack-entries 128 zset-max-listpack-value 64")

    /// The steps of a sequence: its commands, each with what must follow it.
    static func steps(_ commands: [Words]) -> [Step] {
        commands.map { words in
            let name = upper(words[0])
            if name == "SPOP", words.count > 2 {
                // What a pop of several leaves may be encoded by what was left: not the same on both sides.
                return [words, [Array("DEL".utf8), words[1]]]
            }
            let options = words.dropFirst(2).map(upper)
            if name == "SORT", options.contains("ALPHA"), options.contains("BY"),
                let store = options.lastIndex(of: "STORE"), store + 3 < words.count
            {
                // Elements of equal weight stand in no particular order.
                return [words, [Array("DEL".utf8), words[store + 3]]]
            }
            if name.contains("BYLEX") || name.contains("LEXCOUNT") || options.contains("BYLEX"),
                let key = name == "ZRANGESTORE" ? words.dropFirst(2).first : words.dropFirst().first
            {
                // Where scores differ, what a range by name holds is up to the search's path.
                let level = [Array("ZUNIONSTORE".utf8), key, [49], key, Array("WEIGHTS".utf8), [48]]
                return [level, words]
            }
            return [words]
        }
    }

    /// Executes the sequence on empty keyspaces, then compares these.
    func run(_ steps: [Step]) throws -> Mismatch? {
        (sortedAnyZset, addedFloats, ahead) = (false, false, [])
        random = SeededGenerator(seed: UInt64(steps.count))
        _ = try redis.execute([words("FLUSHALL"), Differential.defaults])
        client.execute("FLUSHALL")
        client.execute(Differential.defaults)
        var first = 0
        while first < steps.count {
            let batch = steps[first..<min(first + 64, steps.count)]
            var commands = Array(batch.joined())[...]
            var replies = try redis.execute(Array(commands))[...]
            for (index, step) in batch.enumerated() {
                for words in step {
                    if ahead.isEmpty { sendAhead(commands) }
                    commands.removeFirst()
                    let expected = replies.removeFirst()
                    if let answer = answer(words, redis: expected) {
                        return Mismatch(step: first + index, words: words, redis: expected, engine: answer)
                    }
                }
            }
            first += batch.count
        }
        return try compareKeyspaces()
    }

    /// Commands whose replies are compared by executing others, too.
    private static let special: Set = [
        "SPOP", "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER", "RANDOMKEY", "SORT", "SORT_RO", "SCAN", "HSCAN",
        "SSCAN",
        "ZSCAN",
    ]

    /// Sends some of the commands to the engine in a pipeline or a transaction, up to one that is special.
    private func sendAhead(_ commands: ArraySlice<Words>) {
        guard random.chance(70) else { return }
        let plain = commands.prefix(1 + random.below(40)).prefix {
            !Differential.special.contains(upper($0[0])) && client.knows($0)
        }
        ahead = client.execute(Array(plain), as: random.pick([.pipeline, .transaction]))
    }

    /// Compares all keys, their types, encodings, expiries and values.
    private func compareKeyspaces() throws -> Mismatch? {
        func compare(_ words: Words) throws -> Mismatch? {
            let expected = try redis.execute(words)
            return answer(words, redis: expected).map { Mismatch(words: words, redis: expected, engine: $0) }
        }
        if let mismatch = try compare(words("KEYS *")) ?? compare(words("DBSIZE")) { return mismatch }
        for key in client.execute("KEYS *").elements?.compactMap(\.bytes) ?? [] {
            var reads: [Words] = [words("TYPE"), words("OBJECT ENCODING"), words("PEXPIRETIME")].map {
                $0 + [key]
            }
            switch client.execute([Array("TYPE".utf8), key]) {
            case .status("string"): reads.append(words("GET") + [key])
            case .status("hash"): reads.append(words("HGETALL") + [key])
            case .status("list"): reads.append(words("LRANGE") + [key] + words("0 -1"))
            case .status("set"): reads.append(words("SMEMBERS") + [key])
            case .status("zset"): reads.append(words("ZRANGE") + [key] + words("0 -1 WITHSCORES"))
            default: break
            }
            for read in reads { if let mismatch = try compare(read) { return mismatch } }
        }
        return nil
    }

    /// Executes the command on the engine; nil where it answers what redis-server answered, else its answer.
    private func answer(_ words: Words, redis reply: Value) -> Value? {
        let name = upper(words[0])
        let expected = name.first == "Z" ? withoutNegativeZero(reply) : reply
        let options = words.dropFirst(2).map(upper)
        switch name {
        case "SPOP": return pop(words, redis: expected)
        case "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER": return random(name, words, redis: expected)
        case "RANDOMKEY":
            let answer = execute(words)
            guard let key = answer.bytes, let other = expected.bytes else {
                return answer == expected ? nil : answer
            }
            let exist = execute([Array("EXISTS".utf8), key, other])
            return exist == .integer(2) ? nil : answer
        case "SORT", "SORT_RO":
            if execute([Array("TYPE".utf8), words.count > 1 ? words[1] : []]) == .status("zset") {
                sortedAnyZset = true
            }
        case "INCRBYFLOAT": addedFloats = true
        case "SCAN": return scan(words, cursor: 1, redis: expected)
        case "HSCAN", "SSCAN", "ZSCAN": return scan(words, cursor: 2, redis: expected)
        default: break
        }
        let answer = execute(words)
        if answer == expected { return nil }
        switch (name, answer, expected) {
        case ("TTL", .integer(let a), .integer(let b)), ("EXPIRETIME", .integer(let a), .integer(let b)):
            return a > 0 && b > 0 && abs(a - b) <= 5 ? nil : answer
        case ("PTTL", .integer(let a), .integer(let b)), ("PEXPIRETIME", .integer(let a), .integer(let b)):
            return a > 0 && b > 0 && abs(a - b) <= 5000 ? nil : answer
        case ("OBJECT", .integer(let a), .integer(let b)) where upper(words[1]) == "IDLETIME":
            return abs(a - b) <= 5 ? nil : answer
        case ("OBJECT", .integer(1), .integer(.init(Int32.max))):
            // Redis shares the objects of small integers: docs/differences.md.
            return nil
        case ("OBJECT", .bulk, .bulk):
            // SORT turns Redis's sorted sets into skiplists, and COPY and RENAME carry them on.
            if sortedAnyZset, [answer, expected] == [.text("listpack"), .text("skiplist")] { return nil }
            // An integer from INCRBYFLOAT is no integer to Redis until it is written again.
            return addedFloats && [answer, expected] == [.text("int"), .text("embstr")] ? nil : answer
        case ("MEMORY", .integer, .integer), ("TIME", .array, .array): return nil
        // Redis has more commands.
        case ("COMMAND", .integer, .integer), ("COMMAND", .array, .array): return nil
        case ("SORT", .array(let a), .array(let b)), ("SORT_RO", .array(let a), .array(let b)):
            // What has no weights, or equal ones under ALPHA, stands in no particular order; nor does, in
            // Redis, what differs after a NUL.
            let all = execute([words[0], words[1], Array("BY".utf8), Array("nosort".utf8)]).elements ?? []
            let hasNUL = all.contains { $0.bytes?.contains(0) ?? false }
            guard options.contains("BY") || hasNUL, a.count == b.count else { return answer }
            return options.contains("LIMIT") || sorted(a, 1) == sorted(b, 1) ? nil : answer
        default:
            return equalUnordered(name, answer, expected) ? nil : answer
        }
    }

    /// The engine's reply. Whether a sorted set keeps the sign of -0 is a matter of its encoding then.
    @discardableResult
    func execute(_ words: Words) -> Value {
        let answer = ahead.isEmpty ? client.execute(words) : ahead.removeFirst()
        return upper(words[0]).first == "Z" ? withoutNegativeZero(answer) : answer
    }

    private func withoutNegativeZero(_ value: Value) -> Value {
        switch value {
        case .array(let values): .array(values.map(withoutNegativeZero))
        default: value == .text("-0") ? .text("0") : value
        }
    }

    private func equalUnordered(_ name: String, _ a: Value, _ b: Value) -> Bool {
        guard case .array(let a) = a, case .array(let b) = b else { return false }
        switch name {
        case "KEYS", "SMEMBERS", "HKEYS", "HVALS", "SINTER", "SUNION", "SDIFF":
            return sorted(a, 1) == sorted(b, 1)
        case "HGETALL", "CONFIG": return sorted(a, 2) == sorted(b, 2)
        default: return false
        }
    }

    /// The values in order, `group` of them together.
    private func sorted(_ values: [Value], _ group: Int) -> [String] {
        guard values.count % group == 0 else { return [] }
        return stride(from: 0, to: values.count, by: group)
            .map { values[$0..<$0 + group].map { "\($0.hashValue)" }.joined(separator: " ") }.sorted()
    }

    /// A whole scan is compared; of part of one only that it is one.
    private func scan(_ words: Words, cursor: Int, redis expected: Value) -> Value? {
        var answer = execute(words)
        if answer == expected { return nil }
        guard let mine = answer.elements, let other = expected.elements, mine.count == 2, other.count == 2
        else { return answer }
        guard words[cursor] == [48], other[0] == .text("0"), words.map(upper).contains("100000") else {
            return nil
        }
        var found = mine[1].elements ?? []
        while let rest = answer.elements, rest[0] != .text("0"), let next = rest[0].bytes {
            var words = words
            words[cursor] = next
            answer = execute(words)
            found += answer.elements?[1].elements ?? []
        }
        let group = ["HSCAN", "ZSCAN"].contains(upper(words[0])) ? 2 : 1
        let distinct = Set(sorted(found, group)) == Set(sorted(other[1].elements ?? [], group))
        return distinct ? nil : .array([.text("0"), .array(found)])
    }
}

/// The word in upper case, to compare with a command's or an option's name.
func upper(_ word: [UInt8]) -> String { String(decoding: word.map(asciiUppercased), as: UTF8.self) }
