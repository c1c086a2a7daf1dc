internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// APPEND, GETRANGE, SETRANGE, STRLEN: parts of strings.
enum StringRanges<K: Keyspace & ~Copyable> {
    @Sendable static func append(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let tail = a[1]
        guard let old = try keys.string(a[0])?.count else {
            keys.setString(a[0], tail, expiry: .clear)
            keys.event(.string, "append", a[0])
            return reply.integer(tail.count)
        }
        let count = old + tail.count
        try checkLength(count, keys)
        try keys.updateString(a[0], count: count) { copy(tail, into: $0, at: old) }
        keys.event(.string, "append", a[0])
        reply.integer(count)
    }

    @Sendable static func setrange(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let wanted = try a.integer(1)
        guard wanted >= 0 else { throw .offsetOutOfRange }
        let part = a[2]
        let old = try keys.string(a[0])?.count ?? 0
        if part.isEmpty { return reply.integer(old) }
        let (end, overflow) = wanted.addingReportingOverflow(Int64(part.count))
        if overflow { throw .stringTooLong }
        try checkLength(Int(end), keys)
        let count = max(old, Int(end))
        try keys.updateString(a[0], count: count) { copy(part, into: $0, at: Int(wanted)) }
        keys.event(.string, "setrange", a[0])
        reply.integer(count)
    }

    /// - Throws: `.stringTooLong` past proto-max-bulk-len.
    private static func checkLength(_ count: Int, _ keys: borrowing K) throws(CommandError) {
        if count > keys.longestString { throw .stringTooLong }
    }

    private static func copy(
        _ bytes: ByteView, into target: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
        precondition(offset >= 0 && offset + bytes.count <= target.count)
        if let base = target.baseAddress { memcpy(base + offset, bytes.pointer, bytes.count) }
    }

    @Sendable static func getrange(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let start = try a.integer(1)
        let end = try a.integer(2)
        guard let value = try keys.string(a[0]), let range = byteRange(start, end, of: value.count) else {
            return reply.bytes(.empty)
        }
        reply.bytes(value[range])
    }

    @Sendable static func strlen(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.string(a[0])?.count ?? 0)
    }
}

/// The range that Redis's `start` and `end` (inclusive; negative ones count from the end, -1 being the
/// last) select of `count` units; nil where it is empty. Both ends are cut to what is there, so that an
/// `end` far before the start still selects the first unit.
func byteRange(_ start: Int64, _ end: Int64, of count: Int) -> Range<Int>? {
    if count == 0 || (start < 0 && end < 0 && start > end) { return nil }
    let total = Int64(count)
    let first = max(start < 0 ? total + start : start, 0)
    let last = min(max(end < 0 ? total + end : end, 0), total - 1)
    return first <= last ? Int(first)..<Int(last) + 1 : nil
}

extension StringRanges where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "APPEND", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key value",
                summary: "Append a value to a key",
                complexity: """
                    O(1). The amortized time complexity is O(1) assuming the appended value is small and \
                    the already present value is of any size, since the dynamic string library used by \
                    Redis will double the free space available on every reallocation.
                    """,
                since: "2.0.0", run: append),
            Command(
                "GETRANGE", arity: 4, [.readonly], keys: .first, family: .string,
                syntax: "key start end",
                summary: "Get a substring of the string stored at a key",
                complexity: """
                    O(N) where N is the length of the returned string. The complexity is ultimately \
                    determined by the returned length, but because creating a substring from an existing \
                    string is very cheap, it can be considered O(1) for small strings.
                    """,
                since: "2.4.0", run: getrange),
            Command(
                "SUBSTR", arity: 4, [.readonly], keys: .first, family: .string,
                syntax: "key start end",
                summary: "Get a substring of the string stored at a key",
                complexity: """
                    O(N) where N is the length of the returned string. The complexity is ultimately \
                    determined by the returned length, but because creating a substring from an existing \
                    string is very cheap, it can be considered O(1) for small strings.
                    """,
                since: "1.0.0", run: getrange),
            Command(
                "SETRANGE", arity: 4, [.write, .denyoom], keys: .first, family: .string,
                syntax: "key offset value",
                summary: "Overwrite part of a string at key starting at the specified offset",
                complexity: """
                    O(1), not counting the time taken to copy the new string in place. Usually, this \
                    string is very small so the amortized complexity is O(1). Otherwise, complexity is \
                    O(M) with M being the length of the value argument.
                    """,
                since: "2.2.0", run: setrange),
            Command(
                "STRLEN", arity: 2, [.readonly, .fast], keys: .first, family: .string,
                syntax: "key",
                summary: "Get the length of the value stored in a key",
                complexity: "O(1)",
                since: "2.2.0", run: strlen),
        ]
    }
}
