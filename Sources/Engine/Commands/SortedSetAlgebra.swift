internal import Bytes

/// ZUNION, ZINTER, ZDIFF, what stores them, and ZINTERCARD. Plain sets are taken as inputs too, with the
/// score 1 for every member. Results are computed aside, since a destination may be a source.
enum SortedSetAlgebra<K: Keyspace & ~Copyable> {
    private enum Operation {
        case union, intersection, difference

        func name(storing: Bool) -> StaticString {
            switch self {
            case .union: storing ? "zunionstore" : "zunion"
            case .intersection: storing ? "zinterstore" : "zinter"
            case .difference: storing ? "zdiffstore" : "zdiff"
            }
        }
    }

    private enum Aggregate {
        case sum, min, max

        /// An infinity plus its opposite is 0, as Redis has it.
        func combine(_ score: inout Double, _ value: Double) {
            switch self {
            case .sum:
                score += value
                if score.isNaN { score = 0 }
            case .min: if value < score { score = value }
            case .max: if value > score { score = value }
            }
        }
    }

    private enum Source {
        case missing
        case set(K.Set)
        case sortedSet(K.SortedSet)

        var count: Int {
            switch self {
            case .missing: 0
            case .set(let set): set.count
            case .sortedSet(let zset): zset.count
            }
        }

        func score(of member: ByteView) -> Double? {
            switch self {
            case .missing: nil
            case .set(let set): set.contains(member) ? 1 : nil
            case .sortedSet(let zset): zset.score(of: member)
            }
        }

        func forEach(_ visit: (ByteView, Double) -> Bool) {
            switch self {
            case .missing: break
            case .set(let set): set.forEach { visit($0, 1) }
            case .sortedSet(let zset): zset.forEach(0..<zset.count, reverse: false, visit)
            }
        }
    }

    private struct Input {
        var source: Source
        var weight = 1.0

        /// Zero times an infinity is 0, as Redis has it.
        func weighted(_ score: Double) -> Double {
            let value = weight * score
            return value.isNaN ? 0 : value
        }
    }

    // MARK: Reading the arguments

    private static func open(_ key: ByteView, _ keys: inout K) throws(CommandError) -> Source {
        switch keys.peekType(of: key) {
        case nil: return .missing
        case .set: return try keys.set(key, .read).map { .set($0) } ?? .missing
        case .sortedSet: return try keys.sortedSet(key, .read).map { .sortedSet($0) } ?? .missing
        default: throw .wrongType
        }
    }

    /// Opens the inputs counted at `first`; nil, with the error written, where none is asked for.
    private static func inputs(
        _ a: borrowing Arguments, first: Int, _ keys: inout K, _ reply: inout Reply,
        command: StaticString
    ) throws(CommandError) -> [Input]? {
        let count = try a.integer(first)
        if count < 1 {
            reply.error("ERR at least 1 input key is needed for '\(command)' command")
            return nil
        }
        if count > Int64(a.count - first - 1) { throw .syntax }
        var inputs: [Input] = []
        inputs.reserveCapacity(Int(count))
        for index in first + 1...first + Int(count) {
            inputs.append(Input(source: try open(a[index], &keys)))
        }
        return inputs
    }

    // MARK: The operations

    private static func union(_ inputs: [Input], _ aggregate: Aggregate) -> MemberTable {
        var result = MemberTable()
        for input in inputs {
            input.source.forEach { member, score in
                let value = input.weighted(score)
                result.merge(member, value) { aggregate.combine(&$0, value) }
                return true
            }
        }
        return result
    }

    private static func intersection(_ inputs: [Input], _ aggregate: Aggregate) -> MemberTable {
        var result = MemberTable()
        inputs[0].source.forEach { member, score in
            var total = inputs[0].weighted(score)
            for input in inputs.dropFirst() {
                guard let score = input.source.score(of: member) else { return true }
                aggregate.combine(&total, score * input.weight)
            }
            result.append(member, total)
            return true
        }
        return result
    }

    private static func difference(_ inputs: [Input]) -> MemberTable {
        var result = MemberTable()
        inputs[0].source.forEach { member, score in
            let isElsewhere = inputs.dropFirst().contains { $0.source.score(of: member) != nil }
            if !isElsewhere { result.append(member, score) }
            return true
        }
        return result
    }

    /// From the smallest to the largest, as Redis does: the sums of floats depend on it.
    private static func sortByCount(_ inputs: inout [Input]) {
        let sorted = inputs.enumerated().sorted { a, b in
            let (left, right) = (a.element.source.count, b.element.source.count)
            return left != right ? left < right : a.offset < b.offset
        }
        inputs = sorted.map(\.element)
    }

    /// All six: the destination, where there is one, is the argument before the count of keys.
    private static func run(
        _ operation: Operation, storing: Bool, _ a: borrowing Arguments, _ keys: inout K,
        _ reply: inout Reply
    ) throws(CommandError) {
        let first = storing ? 1 : 0
        let name = operation.name(storing: storing)
        keys.isReading = true
        guard var inputs = try inputs(a, first: first, &keys, &reply, command: name) else { return }
        var aggregate = Aggregate.sum
        var withScores = false
        var index = first + 1 + inputs.count
        while index < a.count {
            let left = a.count - index
            if operation != .difference, left > inputs.count, a.matches(index, "WEIGHTS") {
                for input in inputs.indices {
                    inputs[input].weight = try a.double(index + 1 + input, or: .weightNotFloat)
                }
                index += 1 + inputs.count
            } else if operation != .difference, left >= 2, a.matches(index, "AGGREGATE") {
                if a.matches(index + 1, "SUM") {
                    aggregate = .sum
                } else if a.matches(index + 1, "MIN") {
                    aggregate = .min
                } else if a.matches(index + 1, "MAX") {
                    aggregate = .max
                } else {
                    throw .syntax
                }
                index += 2
            } else if !storing, a.matches(index, "WITHSCORES") {
                withScores = true
                index += 1
            } else {
                throw .syntax
            }
        }
        if operation != .difference { sortByCount(&inputs) }
        var result =
            switch operation {
            case .union: union(inputs, aggregate)
            case .intersection: intersection(inputs, aggregate)
            case .difference: difference(inputs)
            }
        if storing {
            keys.isReading = false
            reply.integer(try result.store(at: a[0], name, in: &keys))
        } else {
            result.sort()
            reply.array(withScores ? 2 * result.count : result.count)
            result.forEach { member, score in
                reply.bytes(member)
                if withScores { reply.double(score) }
            }
        }
    }

    // MARK: Commands

    @Sendable static func zunion(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.union, storing: false, a, &keys, &reply)
    }

    @Sendable static func zunionstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.union, storing: true, a, &keys, &reply)
    }

    @Sendable static func zinter(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.intersection, storing: false, a, &keys, &reply)
    }

    @Sendable static func zinterstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.intersection, storing: true, a, &keys, &reply)
    }

    @Sendable static func zdiff(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.difference, storing: false, a, &keys, &reply)
    }

    @Sendable static func zdiffstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try run(.difference, storing: true, a, &keys, &reply)
    }

    @Sendable static func zintercard(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard var inputs = try inputs(a, first: 0, &keys, &reply, command: "zintercard") else { return }
        var limit: Int64 = 0
        var index = 1 + inputs.count
        while index < a.count {
            guard index + 1 < a.count, a.matches(index, "LIMIT") else { throw .syntax }
            limit = try a.integer(index + 1, or: .limitNegative)
            if limit < 0 { throw .limitNegative }
            index += 2
        }
        sortByCount(&inputs)
        let others = inputs.dropFirst()
        var count: Int64 = 0
        inputs[0].source.forEach { member, _ in
            if others.allSatisfy({ $0.source.score(of: member) != nil }) { count += 1 }
            return limit == 0 || count < limit
        }
        reply.integer(count)
    }

    // MARK: Table

    static var table: [Command<K>] {
        [
            Command(
                "ZDIFF", arity: -3, [.readonly], keys: .counted(count: 0, also: nil), family: .sortedSet,
                syntax: "numkeys key [key ...] [WITHSCORES]",
                summary: "Subtract multiple sorted sets",
                complexity:
                    "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
                since: "6.2.0", run: zdiff),
            Command(
                "ZDIFFSTORE", arity: -4, [.write, .denyoom], keys: .counted(count: 1, also: 0),
                family: .sortedSet, syntax: "destination numkeys key [key ...]",
                summary: "Subtract multiple sorted sets and store the resulting sorted set in a new key",
                complexity:
                    "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
                since: "6.2.0", run: zdiffstore),
            Command(
                "ZINTER", arity: -3, [.readonly], keys: .counted(count: 0, also: nil), family: .sortedSet,
                syntax:
                    "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]",
                summary: "Intersect multiple sorted sets",
                complexity:
                    "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
                since: "6.2.0", run: zinter),
            Command(
                "ZINTERCARD", arity: -3, [.readonly], keys: .counted(count: 0, also: nil), family: .sortedSet,
                syntax: "numkeys key [key ...] [LIMIT limit]",
                summary: "Intersect multiple sorted sets and return the cardinality of the result",
                complexity:
                    "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
                since: "7.0.0", run: zintercard),
            Command(
                "ZINTERSTORE", arity: -4, [.write, .denyoom], keys: .counted(count: 1, also: 0),
                family: .sortedSet,
                syntax:
                    "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX]",
                summary: "Intersect multiple sorted sets and store the resulting sorted set in a new key",
                complexity:
                    "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
                since: "2.0.0", run: zinterstore),
            Command(
                "ZUNION", arity: -3, [.readonly], keys: .counted(count: 0, also: nil), family: .sortedSet,
                syntax:
                    "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]",
                summary: "Add multiple sorted sets",
                complexity:
                    "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
                since: "6.2.0", run: zunion),
            Command(
                "ZUNIONSTORE", arity: -4, [.write, .denyoom], keys: .counted(count: 1, also: 0),
                family: .sortedSet,
                syntax:
                    "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX]",
                summary: "Add multiple sorted sets and store the resulting sorted set in a new key",
                complexity:
                    "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
                since: "2.0.0", run: zunionstore),
        ]
    }
}
