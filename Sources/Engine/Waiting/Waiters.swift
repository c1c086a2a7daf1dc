internal import Bytes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The commands that wait, by key, in the order in which they came.
///
/// A waiter is inserted under the locks of its keys' shards: whoever has locked a key's shard finds all that wait for
/// it. It may be removed at any time.
final class Waiters: Sendable {
    private let table = Mutex<[[UInt8]: [Waiter]]>([:])
    private let number = Atomic(0)

    /// How many wait. What counts is whether there is any: a reading.
    @inline(__always)
    var count: Int { number.load(ordering: .relaxed) }

    /// O(keys).
    func insert(_ waiter: Waiter) {
        table.withLock { table in for key in waiter.keys { table[key, default: []].append(waiter) } }
        number.add(1, ordering: .sequentiallyConsistent)
    }

    /// The shards of the keys that serving those who wait for these would write to, and for those in turn.
    func shards(reachedFrom keys: UnsafeBufferPointer<HashedKey>) -> UInt64 {
        table.withLock { table in
            var shards: UInt64 = 0
            var reached = Set<[UInt8]>()
            var pending = keys.map { Array($0.key.buffer) }
            while let key = pending.popLast() {
                guard reached.insert(key).inserted, let waiting = table[key] else { continue }
                for case let destination? in waiting.map(\.destination) {
                    let hash = destination.withByteView { KeyHash.of($0) }
                    shards |= 1 << UInt64(MemoryTable.shard(of: hash))
                    pending.append(destination)
                }
            }
            return shards
        }
    }

    /// The first that waits for that type at the key, to be executed by the caller; it waits for nothing else from
    /// now on. The shard of the key is locked.
    func take(for key: [UInt8], _ type: KeyType) -> Waiter? {
        table.withLock { table in
            guard let waiter = table[key]?.first(where: { $0.type == type }) else { return nil }
            waiter.progress.store(.serving, ordering: .relaxed)
            remove(waiter, from: &table)
            return waiter
        }
    }

    private func remove(_ waiter: Waiter, from table: inout [[UInt8]: [Waiter]]) {
        for key in waiter.keys {
            table[key]?.removeAll { $0 === waiter }
            if table[key]?.isEmpty == true { table[key] = nil }
        }
        number.subtract(1, ordering: .relaxed)
    }

    /// Has it wait no more.
    /// - Returns: whether it was served before: then its reply is there.
    func end(_ waiter: Waiter) -> Bool {
        let isOver = table.withLock { table in
            guard waiter.progress.load(ordering: .relaxed) == .waiting else { return false }
            waiter.progress.store(.ended, ordering: .relaxed)
            remove(waiter, from: &table)
            return true
        }
        if isOver {
            waiter.letGo()
            return false
        }
        while true {
            switch waiter.progress.load(ordering: .acquiring) {
            case .served: return true
            case .ended: return false
            // A moment: it is being executed.
            case .serving, .waiting: sched_yield()
            }
        }
    }
}
