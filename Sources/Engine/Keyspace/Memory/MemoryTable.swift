internal import Bytes
internal import CPrefetch
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The table in memory: 64 shards, each under its lock, and what a running snapshot has not seen.
package final class MemoryTable: KeyspaceTable, LocalTable, @unchecked Sendable {
    /// The data of each shard, guarded by its lock.
    let shards: UnsafeMutablePointer<Shard>
    let reclaimer = Reclaimer()
    /// What a running snapshot has not seen, and commands were about to change.
    let handedOver = HandedOver()
    /// Whether a snapshot is running; under all locks.
    var isSnapshotRunning = false

    init(context: EngineContext, journal: Journal? = nil) {
        shards = .allocate(capacity: KeyspaceTable.shardCount)
        for index in 0..<KeyspaceTable.shardCount { (shards + index).initialize(to: Shard()) }
        super.init(context: context, journal: journal, recordsEffects: true)
    }

    deinit {
        for index in 0..<KeyspaceTable.shardCount {
            MemoryTable.free(shards[index].detachAll())
            shards[index].segment(for: 0).free()
            (shards + index).deinitialize(count: 1)
        }
        shards.deallocate()
    }

    /// The background thread frees what was unlinked, and removes what has expired.
    package func start() {
        let hasStarted = Thread.detached { [self] in reclaimer.run { reclaimExpired(budget: 4) } }
        precondition(hasStarted, "cannot start the background thread")
    }

    package func stop() { reclaimer.stop() }

    /// Frees detached segments with all their entries. O(entries).
    static func free(_ directory: [Shard.DirectoryEntry]) {
        var previous: Segment?
        for place in directory {
            if let previous, previous.raw == place.segment.raw { continue }
            previous = place.segment
            for slot in 0..<Segment.slotCount { place.segment[slot]?.free() }
            place.segment.free()
        }
    }

    /// Fetches ahead what looking these keys up will read: first their slots, then their entries. Their shards
    /// are locked.
    @inline(__always)
    package func prefetch(_ keys: UnsafeBufferPointer<HashedKey>) {
        for key in keys {
            shards[MemoryTable.shard(of: key.hash)].segment(for: key.hash).prefetchSlot(key.hash)
        }
        for key in keys {
            shards[MemoryTable.shard(of: key.hash)].segment(for: key.hash).prefetchEntry(key.hash)
        }
    }

    /// Fetches the slot of a key with that hash, and its version counter, into the cache. Does nothing while
    /// somebody else holds the shard's lock.
    @inline(__always)
    package func prefetchSlot(_ hash: UInt64) {
        rw_prefetch(stripe(of: hash))
        let shard = MemoryTable.shard(of: hash)
        guard tryLock(shard) else { return }
        shards[shard].segment(for: hash).prefetchSlot(hash)
        unlockUnchanged(shard)
    }

    /// Fetches what the slot of a key with that hash leads to; as `prefetchSlot`.
    @inline(__always)
    package func prefetchEntry(_ hash: UInt64) {
        let shard = MemoryTable.shard(of: hash)
        guard tryLock(shard) else { return }
        shards[shard].segment(for: hash).prefetchEntry(hash)
        unlockUnchanged(shard)
    }

    // MARK: Disposal

    /// Frees an entry that was taken out of its shard: at once, or in the background where that is long work. One
    /// that a running snapshot has not seen (its stamp is not the shard's) goes to that first.
    @inline(__always)
    func dispose(_ entry: Entry, isSaved: Bool) {
        if !isSaved { return handedOver.append(entry) }
        dispose(entry)
    }

    private func dispose(_ entry: Entry) {
        if entry.isLarge { reclaimer.free(entry) } else { entry.free() }
    }

    /// One round of background expiry: `budget` due segments of each shard at most, locking one shard at a
    /// time. True when nothing that has expired is left.
    func reclaimExpired(budget: Int) -> Bool {
        var done = true
        for index in 0..<Shard.count {
            lock(1 << UInt64(index))
            defer { unlock(1 << UInt64(index)) }
            guard context.settings.activeExpire, !context.gate.isShut(.loading) else { continue }
            var left = budget
            let pending = pendingChanges(at: index)
            let now = Clock.milliseconds()
            let wanted = context.pubSub.wantedEvents
            let finished = shards[index].reclaim(
                at: now, budget: &left,
                fields: { entry, limit, isSaved in
                    if !isSaved { handedOver.append(copyOf: entry) }
                    guard journal != nil else { return }
                    cells[index].outbox.appendRemoval(ofFieldsDueAt: now, in: entry, limit: limit)
                },
                changed: { entry, hash in
                    changed(hash, pending: pending)
                    if wanted.contains(.hash) { cells[index].events.append(.hash, "hexpired", entry.key) }
                }
            ) { entry, hash, isSaved in
                if !wanted.isEmpty { cells[index].events.append(expiryOf: entry, at: now, wanted) }
                if journal != nil { cells[index].outbox.appendRemoval(of: entry.key) }
                cells[index].statistics.expired += 1
                changed(hash, pending: pending)
                dispose(entry, isSaved: isSaved)
            }
            _ = commit(at: index, isWrite: false)
            done = done && finished
        }
        return done
    }
}
