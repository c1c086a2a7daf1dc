/// Where a walk over the keys of all primaries stands, as a number of 63 bits that clients hand on: the lowest slot of
/// the primary that is being walked (14 bits), which primary that is (8), its own cursor (41).
///
/// Another primary has the same keys in another order: where the slot is another's by now, that one is walked from its
/// start. Keys may then come twice, but none is missed.
struct ScanCursor {
    /// The lowest slot of the primary.
    var slot: Int
    /// Tells primaries apart.
    var tag: UInt8
    /// The primary's own cursor: below the size of its table.
    var position: UInt64

    init(slot: Int, tag: UInt8, position: UInt64 = 0) {
        self.slot = slot
        self.tag = tag
        self.position = position
    }

    /// Nil where no walk gives this number out.
    init?(_ value: UInt64) {
        if value >> 63 != 0 { return nil }
        self.init(slot: Int(value >> 49), tag: UInt8(value >> 41 & 0xFF), position: value & (1 << 41 - 1))
    }

    /// As a number; nil where the primary's cursor does not fit.
    var value: UInt64? {
        position < 1 << 41 ? UInt64(slot) << 49 | UInt64(tag) << 41 | position : nil
    }

    /// The tag of a primary, by its name (FNV-1a, folded); never 0, so that a cursor in use is not 0 either.
    static func tag(of id: String) -> UInt8 {
        var hash: UInt32 = 0x811C_9DC5
        for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        let folded = UInt8(truncatingIfNeeded: hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24)
        return max(folded, 1)
    }
}
