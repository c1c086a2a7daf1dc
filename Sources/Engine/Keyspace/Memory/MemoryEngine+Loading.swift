internal import Bytes

// What loading a snapshot does besides replaying commands.
extension MemoryEngine: LoadableEngine {
    /// Makes room for that many keys where there are none yet, so that the table need not grow step by step: about
    /// 20 bytes each. O(keys).
    public func reserve(keys: Int) {
        table.lock(.max)
        defer { table.unlock(.max) }
        for index in 0..<Shard.count { table.shards[index].reserve(keys >> Shard.bits) }
    }

    /// Stores strings whose keys are not there yet, up to `LoadedString.window` of them: nothing expires, and nothing is
    /// written down.
    /// - Returns: how many were stored, one after the other, before one whose key is there already.
    public func load(_ strings: UnsafeBufferPointer<LoadedString>) -> Int {
        precondition(strings.count <= LoadedString.window, "more strings than a window has")
        if strings.isEmpty { return 0 }
        var locks: UInt64 = 0
        for string in strings { locks |= 1 << UInt64(MemoryTable.shard(of: string.hash)) }
        let home = table.lock(locks)
        defer { table.unlock(locks) }
        for string in strings {
            table.shards[MemoryTable.shard(of: string.hash)].segment(for: string.hash).prefetchSlot(
                string.hash)
        }
        let clock = UInt32(truncatingIfNeeded: Clock.milliseconds() / 1000) & 0xFF_FFFF
        let pending = table.pendingChanges(at: home)
        for (index, string) in strings.enumerated() {
            let shard = table.shards + MemoryTable.shard(of: string.hash)
            if shard.pointee.find(string.key, string.hash) != nil { return index }
            let entry = Entry.string(
                key: string.key, value: string.value, expiry: string.expiry, clock: clock)
            shard.pointee.insert(entry, string.hash)
            table.changed(string.hash, pending: pending)
        }
        return strings.count
    }

    /// How many keys there are, expired ones included that nobody has noticed. Locks all shards; O(shards).
    public var keyCount: Int {
        table.lock(.max)
        defer { table.unlock(.max) }
        var sum = 0
        for index in 0..<Shard.count { sum += table.shards[index].count }
        return sum
    }
}
