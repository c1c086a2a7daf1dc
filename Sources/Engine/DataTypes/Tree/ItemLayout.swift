/// What the items of one kind of tree are made of.
///
/// A leaf keeps one fixed slot an item, `[order key][heap offset]` or `[order key][payload]`, and (where
/// items have strings) a heap of packed strings. Layouts are types so that the compiler turns widths into
/// constants.
protocol ItemLayout {
    /// Bytes of the order key in a slot: 0 (ordered by position only), 4 or 8.
    static var keyWidth: Int { get }
    /// Strings an item has in the heap; 0 means an 8-byte payload in the slot instead.
    static var strings: Int { get }
    /// What the stored key compares as.
    static func comparable(_ stored: UInt64) -> UInt64
}

extension ItemLayout {
    @inline(__always)
    static var slotWidth: Int { keyWidth &+ (strings > 0 ? 2 : 8) }

    @inline(__always)
    static func comparable(_ stored: UInt64) -> UInt64 { stored }
}

/// Field and value in the order of insertion: the compact hash.
enum FieldPairs: ItemLayout {
    @inline(__always) static var keyWidth: Int { 0 }
    @inline(__always) static var strings: Int { 2 }
}

/// Field and value in the order of (field's hash, field): the large hash.
enum HashFields: ItemLayout {
    @inline(__always) static var keyWidth: Int { 4 }
    @inline(__always) static var strings: Int { 2 }
}

/// Members in the order of (hash, member): the set that is not all integers.
enum SetMembers: ItemLayout {
    @inline(__always) static var keyWidth: Int { 4 }
    @inline(__always) static var strings: Int { 1 }
}

/// Members in the order of (score, member): the sorted set. The stored key is `ScoreKey.stored`.
enum ScoredMembers: ItemLayout {
    @inline(__always) static var keyWidth: Int { 8 }
    @inline(__always) static var strings: Int { 1 }

    @inline(__always)
    static func comparable(_ stored: UInt64) -> UInt64 { ScoreKey.comparable(stored) }
}

/// The scores of a large sorted set's members in the order of the members' hashes; the payload is the
/// score's bits.
enum ScoreIndex: ItemLayout {
    @inline(__always) static var keyWidth: Int { 4 }
    @inline(__always) static var strings: Int { 0 }
}

/// Items in order of position: the list.
enum ListItems: ItemLayout {
    @inline(__always) static var keyWidth: Int { 0 }
    @inline(__always) static var strings: Int { 1 }
}

/// Scores as integers that order as the scores do.
///
/// A positive double's bits get the sign bit set, a negative one's are inverted. -0.0 keeps a key of its
/// own in storage, so that it prints as it was written, but compares as 0.0.
package enum ScoreKey {
    /// The key of a score that is not NaN.
    @inline(__always)
    package static func stored(_ score: Double) -> UInt64 {
        let bits = score.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    /// The key to search and order by: that of 0.0 for -0.0.
    @inline(__always)
    package static func comparable(_ stored: UInt64) -> UInt64 {
        stored == 0x7FFF_FFFF_FFFF_FFFF ? 0x8000_0000_0000_0000 : stored
    }

    /// The key to search a score by.
    @inline(__always)
    package static func comparable(_ score: Double) -> UInt64 { comparable(stored(score)) }

    /// The score that `stored` was made of.
    @inline(__always)
    package static func score(_ stored: UInt64) -> Double {
        Double(bitPattern: stored >> 63 == 1 ? stored & ~(1 << 63) : ~stored)
    }
}

/// How large leaves may grow.
struct LeafLimit {
    /// Bytes with header and slots. At most 32 KiB, so that 16-bit offsets reach everything.
    var bytes: Int
    /// Items.
    var items: Int

    /// The limit of everything but lists: 1 KiB is slower and takes more memory, 4 KiB saves 2 bytes a member
    /// and makes removal slower (docs/decisions/0004-data-types.md).
    static let standard = LeafLimit(bytes: 2040, items: 65_535)
}
