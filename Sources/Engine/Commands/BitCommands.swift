internal import Bytes

/// GETBIT, SETBIT, BITCOUNT and BITPOS: strings as arrays of bits.
enum BitCommands<K: Keyspace & ~Copyable> {
    @Sendable static func getbit(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let offset = try bitOffset(a[1], keys.longestString)
        let value = try keys.string(a[0]) ?? .empty
        reply.integer(offset >> 3 < value.count ? value.bit(offset) : 0)
    }

    @Sendable static func setbit(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let offset = try bitOffset(a[1], keys.longestString)
        let bit = try a.integer(2, or: .bitNotBinary)
        guard bit == 0 || bit == 1 else { throw .bitNotBinary }
        let old = try keys.string(a[0])?.count ?? 0
        let count = max(old, offset >> 3 + 1)
        var previous = 0
        try keys.updateString(a[0], count: count) { bytes in
            let mask: UInt8 = 0x80 >> UInt8(offset & 7)
            previous = bytes[offset >> 3] & mask == 0 ? 0 : 1
            if bit == 1 { bytes[offset >> 3] |= mask } else { bytes[offset >> 3] &= ~mask }
        }
        if previous != bit || count > old { keys.event(.string, "setbit", a[0]) }
        reply.integer(previous)
    }

    @Sendable static func bitcount(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        // Redis looks at the key first, so a missing one is 0 whatever follows.
        guard let value = try keys.string(a[0]) else { return reply.integer(0) }
        if a.count == 1 { return reply.integer(value.bitCount) }
        guard a.count == 3 || a.count == 4 else { throw .syntax }
        let start = try a.integer(1)
        let end = try a.integer(2)
        if start < 0 && end < 0 && start > end { return reply.integer(0) }
        let byBits = a.count == 4 ? try countsBits(a, 3) : false
        let range = bitRange(start, end, byBits, of: value)
        reply.integer(range.map { value.bitCount(in: $0) } ?? 0)
    }

    @Sendable static func bitpos(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let bit = try a.integer(1)
        guard bit == 0 || bit == 1 else { throw .bitArgument }
        // A missing key is an endless run of zeros.
        guard let value = try keys.string(a[0]) else { return reply.integer(bit == 1 ? -1 : 0) }
        guard a.count <= 5 else { throw .syntax }
        let start = a.count > 2 ? try a.integer(2) : 0
        let byBits = a.count > 4 ? try countsBits(a, 4) : false
        let end = a.count > 3 ? try a.integer(3) : -1
        guard let range = positionRange(start, end, byBits, of: value) else { return reply.integer(-1) }
        if let found = value.firstBit(Int(bit), in: range) { return reply.integer(found) }
        // Without an end, zeros follow the string; with one, only what is in the range counts.
        reply.integer(bit == 1 || a.count > 3 ? -1 : value.count << 3)
    }

    /// Whether the argument says BIT; BYTE if not.
    private static func countsBits(_ a: borrowing Arguments, _ index: Int) throws(CommandError) -> Bool {
        if a.matches(index, "BIT") { return true }
        if a.matches(index, "BYTE") { return false }
        throw .syntax
    }

    /// The bits between two byte or bit indices, nil where there are none.
    private static func bitRange(
        _ start: Int64, _ end: Int64, _ byBits: Bool, of value: ByteView
    ) -> Range<Int>? {
        guard let range = byteRange(start, end, of: byBits ? value.count << 3 : value.count) else {
            return nil
        }
        return byBits ? range : range.lowerBound << 3..<range.upperBound << 3
    }

    /// As `bitRange`, but BITPOS does not take two negative indices in the wrong order for empty at once:
    /// cut to the string, they may select its first byte.
    private static func positionRange(
        _ start: Int64, _ end: Int64, _ byBits: Bool, of value: ByteView
    ) -> Range<Int>? {
        let total = Int64(byBits ? value.count << 3 : value.count)
        func fromStart(_ index: Int64) -> Int64 { max(index < 0 ? total + index : index, 0) }
        return bitRange(fromStart(start), fromStart(end), byBits, of: value)
    }
}

/// A bit's offset, with or without a `#` that multiplies it by `fieldWidth` (where there is one).
/// - Parameter longest: the longest string, in bytes.
/// - Throws: `.bitOffset` where it is negative or past that.
func bitOffset(
    _ text: ByteView, _ longest: Int, fieldWidth: Int? = nil
) throws(CommandError) -> Int {
    var digits = text
    var factor: Int64 = 1
    if let fieldWidth, !text.isEmpty, text[0] == UInt8(ascii: "#") {
        digits = text.dropFirst(1)
        factor = Int64(fieldWidth)
    }
    guard let number = parseInt64(digits) else { throw .bitOffset }
    let (offset, overflow) = number.multipliedReportingOverflow(by: factor)
    if overflow || offset < 0 || offset >> 3 >= Int64(longest) { throw .bitOffset }
    // The configured limit may be as high as there are integers: room for the widest field is left.
    if offset > Int64.max - 64 { throw .bitOffset }
    return Int(offset)
}

extension BitCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "GETBIT", arity: 3, [.readonly, .fast], keys: .first, family: .bitmap,
                syntax: "key offset",
                summary: "Returns the bit value at offset in the string value stored at key",
                complexity: "O(1)",
                since: "2.2.0", run: getbit),
            Command(
                "SETBIT", arity: 4, [.write, .denyoom], keys: .first, family: .bitmap,
                syntax: "key offset value",
                summary: "Sets or clears the bit at offset in the string value stored at key",
                complexity: "O(1)",
                since: "2.2.0", run: setbit),
            Command(
                "BITCOUNT", arity: -2, [.readonly], keys: .first, family: .bitmap,
                syntax: "key [start end [BYTE | BIT]]",
                summary: "Count set bits in a string",
                complexity: "O(N)",
                since: "2.6.0", run: bitcount),
            Command(
                "BITPOS", arity: -3, [.readonly], keys: .first, family: .bitmap,
                syntax: "key bit [start [end [BYTE | BIT]]]",
                summary: "Find first bit set or clear in a string",
                complexity: "O(N)",
                since: "2.8.7", run: bitpos),
        ]
    }
}
