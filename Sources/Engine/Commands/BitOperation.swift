internal import Bytes

/// BITOP: a string made of several by AND, OR, XOR or NOT.
enum BitOperation<K: Keyspace & ~Copyable> {
    private enum Operation {
        case and, or, xor, not
    }

    @Sendable static func bitop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let operation: Operation
        if a.matches(0, "AND") {
            operation = .and
        } else if a.matches(0, "OR") {
            operation = .or
        } else if a.matches(0, "XOR") {
            operation = .xor
        } else if a.matches(0, "NOT") {
            operation = .not
        } else {
            throw .syntax
        }
        if operation == .not && a.count != 3 { throw .bitopNot }
        // Shorter strings count as followed by zeros: the sources can be taken one after the other.
        var result = ByteBuffer()
        keys.isReading = true
        for i in 2..<a.count {
            let source = try keys.string(a[i]) ?? .empty
            if i == 2 {
                result.append(source)
                if operation == .not { invert(&result) }
            } else {
                combine(&result, source, operation)
            }
            keys.letGo()
        }
        keys.isReading = false
        if result.isEmpty {
            if keys.remove(a[1]) { keys.event(.generic, "del", a[1]) }
        } else {
            keys.setString(a[1], result.view, expiry: .clear)
            // Redis keeps a result of BITOP raw, however short; what is longer is raw anyway.
            if result.count <= 44 { try keys.updateString(a[1], count: result.count) { _ in } }
            keys.event(.string, "set", a[1])
        }
        reply.integer(result.count)
    }

    private static func invert(_ result: inout ByteBuffer) {
        result.withMutableBytes { bytes in
            for i in 0..<bytes.count { bytes[i] = ~bytes[i] }
        }
    }

    private static func combine(_ result: inout ByteBuffer, _ source: ByteView, _ operation: Operation) {
        let missing = source.count - result.count
        if missing > 0 {
            result.append(upTo: missing) { room in
                room.initialize(repeating: 0)
                return missing
            }
        }
        result.withMutableBytes { bytes in
            let shared = source.count
            switch operation {
            case .and:
                for i in 0..<shared { bytes[i] &= source.pointer[i] }
                for i in shared..<bytes.count { bytes[i] = 0 }
            case .or:
                for i in 0..<shared { bytes[i] |= source.pointer[i] }
            case .xor:
                for i in 0..<shared { bytes[i] ^= source.pointer[i] }
            case .not: break
            }
        }
    }
}

extension BitOperation where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "BITOP", arity: -4, [.write, .denyoom], keys: .range(first: 1, last: -1, step: 1),
                family: .bitmap,
                syntax: "operation destkey key [key ...]",
                summary: "Perform bitwise operations between strings",
                complexity: "O(N)",
                since: "2.6.0", run: bitop)
        ]
    }
}
