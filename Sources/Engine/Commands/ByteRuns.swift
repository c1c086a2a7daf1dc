internal import Bytes

/// Byte strings in order, owned together in one buffer: where a command puts results aside before it
/// overwrites what they were computed from.
struct ByteRuns: ~Copyable {
    private var bytes = ByteBuffer()
    /// Where each run ends in `bytes`; it begins where its predecessor ends.
    private var ends: [Int] = []

    /// How many runs there are.
    var count: Int { ends.count }

    var isEmpty: Bool { ends.isEmpty }

    /// The run at `index`, valid until the next change. O(1).
    subscript(index: Int) -> ByteView {
        bytes.view[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Appends a copy of `run`, which is not a view into this value. O(run.count), amortised.
    mutating func append(_ run: ByteView) {
        bytes.append(run)
        ends.append(bytes.count)
    }
}

/// A set of owned byte strings that remembers the order of insertion. Keyed hashing (Swift's `Hasher`)
/// with open addressing.
struct ByteSet: ~Copyable {
    /// The members, in order of insertion.
    private(set) var members = ByteRuns()
    /// Linear probing over a power of two of slots, at most three quarters full. A slot is 0 where it is
    /// free, else the upper half of the member's hash over its index + 1.
    private var slots = [UInt64](repeating: 0, count: 16)

    /// How many members there are.
    var count: Int { members.count }

    /// Adds a copy of `member`; false where it was present. O(member.count), amortised.
    @discardableResult
    mutating func insert(_ member: ByteView) -> Bool {
        if (members.count + 1) * 4 > slots.count * 3 { grow() }
        let tag = Self.tag(of: member)
        let slot = find(member, tag)
        guard slots[slot] == 0 else { return false }
        members.append(member)
        precondition(members.count < 1 << 32, "a slot holds a 32-bit index")
        slots[slot] = tag | UInt64(members.count)
        return true
    }

    /// Whether `member` is present. O(member.count).
    func contains(_ member: ByteView) -> Bool {
        slots[find(member, Self.tag(of: member))] != 0
    }

    private static func tag(of member: ByteView) -> UInt64 {
        UInt64(truncatingIfNeeded: member.hashValue) & 0xFFFF_FFFF_0000_0000
    }

    /// The slot of `member`, or the free one where it belongs.
    private func find(_ member: ByteView, _ tag: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: tag >> 32) & mask
        while slots[slot] != 0 {
            if slots[slot] & 0xFFFF_FFFF_0000_0000 == tag,
                members[Int(slots[slot] & 0xFFFF_FFFF) - 1] == member
            {
                return slot
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        let old = slots
        let mask = old.count * 2 - 1
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }
}
