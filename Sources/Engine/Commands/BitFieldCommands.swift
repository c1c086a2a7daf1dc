internal import Bytes

/// BITFIELD and BITFIELD_RO.
enum BitFieldCommands<K: Keyspace & ~Copyable> {
    private struct Step {
        enum Kind {
            case get, set, increment
        }
        let kind: Kind
        let field: BitField
        let offset: Int
        let value: Int64
        let overflow: BitField.Overflow
    }

    @Sendable static func bitfield(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let steps = try parse(a, keys.longestString)
        let end = steps.lazy.filter { $0.kind != .get }.map { $0.offset + $0.field.width }.max()
        guard let end else {
            keys.isReading = true
            return try read(steps, a[0], &keys, &reply)
        }
        let old = try keys.string(a[0])?.count ?? 0
        let count = max(old, (end + 7) >> 3)
        var hasChanged = false
        try keys.updateString(a[0], count: count) { bytes in
            reply.array(steps.count)
            // Where the string grows, what writes 0 has changed it too.
            for step in steps where run(step, bytes, isChange: count > old, &reply) { hasChanged = true }
        }
        if hasChanged { keys.event(.string, "setbit", a[0]) }
    }

    @Sendable static func bitfieldRO(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let steps = try parse(a, keys.longestString)
        if steps.contains(where: { $0.kind != .get }) { throw .bitfieldReadOnly }
        try read(steps, a[0], &keys, &reply)
    }

    private static func parse(
        _ a: borrowing Arguments, _ longest: Int
    ) throws(CommandError) -> [Step] {
        var steps: [Step] = []
        var overflow = BitField.Overflow.wrap
        var i = 1
        while i < a.count {
            let left = a.count - i - 1
            let kind: Step.Kind
            if a.matches(i, "GET") && left >= 2 {
                kind = .get
            } else if a.matches(i, "SET") && left >= 3 {
                kind = .set
            } else if a.matches(i, "INCRBY") && left >= 3 {
                kind = .increment
            } else if a.matches(i, "OVERFLOW") && left >= 1 {
                overflow = try mode(a, i + 1)
                i += 2
                continue
            } else {
                throw .syntax
            }
            let field = try BitField(a[i + 1])
            let offset = try bitOffset(a[i + 2], longest, fieldWidth: field.width)
            let value = kind == .get ? 0 : try a.integer(i + 3)
            steps.append(
                Step(kind: kind, field: field, offset: offset, value: value, overflow: overflow))
            i += kind == .get ? 3 : 4
        }
        return steps
    }

    private static func mode(
        _ a: borrowing Arguments, _ index: Int
    ) throws(CommandError) -> BitField.Overflow {
        if a.matches(index, "WRAP") { return .wrap }
        if a.matches(index, "SAT") { return .saturate }
        if a.matches(index, "FAIL") { return .fail }
        throw .bitfieldOverflowType
    }

    private static func read(
        _ steps: [Step], _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let value = try keys.string(key) ?? .empty
        reply.array(steps.count)
        for step in steps { reply.integer(step.field.read(value.buffer, at: step.offset)) }
    }

    /// Answers a step; whether it has written something else than was there, or `isChange` says that it counts anyway.
    private static func run(
        _ step: Step, _ bytes: UnsafeMutableBufferPointer<UInt8>, isChange: Bool, _ reply: inout Reply
    ) -> Bool {
        let old = step.field.read(UnsafeBufferPointer(bytes), at: step.offset)
        if step.kind == .get {
            reply.integer(old)
            return false
        }
        let new =
            step.kind == .set
            ? step.field.fitted(step.value, step.overflow)
            : step.field.sum(old, step.value, step.overflow)
        // A sum that does not fit leaves the field alone where OVERFLOW is FAIL.
        guard let new else {
            reply.null()
            return false
        }
        step.field.write(new, bytes, at: step.offset)
        reply.integer(step.kind == .set ? old : new)
        return isChange || old != new
    }
}

extension BitFieldCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "BITFIELD", arity: -2, [.write, .denyoom], keys: .first, family: .bitmap,
                syntax: """
                    key [GET encoding offset | [OVERFLOW WRAP | SAT | FAIL] <SET encoding offset value | \
                    INCRBY encoding offset increment> [GET encoding offset | [OVERFLOW WRAP | SAT | \
                    FAIL] <SET encoding offset value | INCRBY encoding offset increment> ...]]
                    """,
                summary: "Perform arbitrary bitfield integer operations on strings",
                complexity: "O(1) for each subcommand specified",
                since: "3.2.0", run: bitfield),
            Command(
                "BITFIELD_RO", arity: -2, [.readonly, .fast], keys: .first, family: .bitmap,
                syntax: "key [GET encoding offset [GET encoding offset ...]]",
                summary: """
                    Perform arbitrary bitfield integer operations on strings. Read-only variant of \
                    BITFIELD
                    """,
                complexity: "O(1) for each subcommand specified",
                since: "6.0.0", run: bitfieldRO),
        ]
    }
}
