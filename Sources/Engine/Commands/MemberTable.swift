internal import Bytes

/// Members with scores that a command computes aside: an append-only table that owns its bytes, with an
/// optional index by name (open addressing, linear probing, at most half full).
struct MemberTable: ~Copyable {
    private struct Entry {
        var offset: Int
        var count: Int
        var score: Double
    }

    private var bytes = ByteBuffer()
    private var entries: [Entry] = []
    /// Index of an entry plus one, zero where empty; a power of two of them, or none before the first `merge`.
    private var slots: [Int] = []

    var count: Int { entries.count }

    /// Adds a member that is known to be new, past the index by name. Amortised O(member.count).
    mutating func append(_ member: ByteView, _ score: Double) {
        entries.append(Entry(offset: bytes.count, count: member.count, score: score))
        bytes.append(member)
    }

    /// Adds a member with `score`, or lets `combine` change the score it has. Amortised O(member.count).
    /// All members must be added this way then.
    mutating func merge(_ member: ByteView, _ score: Double, _ combine: (inout Double) -> Void) {
        if 2 * (entries.count + 1) > slots.count { grow() }
        let slot = slot(of: member)
        if slots[slot] == 0 {
            append(member, score)
            slots[slot] = entries.count
        } else {
            combine(&entries[slots[slot] - 1].score)
        }
    }

    /// Brings the members into the order of a sorted set. O(n log n).
    mutating func sort() {
        let names = bytes.view
        entries.sort { a, b in
            if a.score != b.score { return a.score < b.score }
            return names[a.offset..<a.offset + a.count] < names[b.offset..<b.offset + b.count]
        }
        slots = []
    }

    /// Visits the members in their order.
    borrowing func forEach(_ visit: (ByteView, Double) -> Void) {
        let names = bytes.view
        for entry in entries { visit(names[entry.offset..<entry.offset + entry.count], entry.score) }
    }

    /// Stores the members as the sorted set at `key`, replacing what is there; none removes the key. Tells which it
    /// was, and returns how many there are.
    borrowing func store<K: Keyspace & ~Copyable>(
        at key: ByteView, _ event: StaticString, in keys: inout K
    ) throws(CommandError) -> Int {
        guard count > 0, let zset = try keys.sortedSet(key, .replace) else {
            if keys.remove(key) { keys.event(.generic, "del", key) }
            return 0
        }
        forEach { member, score in zset.set(member, score) }
        keys.event(.sortedSet, event, key)
        return count
    }

    /// Where `member` is, or belongs.
    private func slot(of member: ByteView) -> Int {
        let names = bytes.view
        var slot = member.hashValue & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[slots[slot] - 1]
            if names[entry.offset..<entry.offset + entry.count] == member { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(64, 2 * slots.count))
        let names = bytes.view
        for (index, entry) in entries.enumerated() {
            slots[slot(of: names[entry.offset..<entry.offset + entry.count])] = index + 1
        }
    }
}
