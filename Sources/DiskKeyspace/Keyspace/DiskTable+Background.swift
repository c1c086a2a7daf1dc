internal import Bytes
internal import Engine
internal import Synchronization

// What goes on in the background, a round at a time. One thread at most does it.
extension DiskTable {
    /// Fields of a hash that one round removes at most: its lock is held.
    private static let fieldLimit = 512

    /// One round of expiry: the `budget` keys that are due first, each under its lock.
    /// - Parameter now: Unix ms.
    /// - Returns: whether nothing is left that is due.
    /// - Throws: where the disk does not take or give it.
    func reclaimExpired(budget: Int, now: Int64) throws(StorageFailure) -> Bool {
        let due = try dueKeys(budget, now)
        var first: StorageFailure?
        for (deadline, key) in due {
            var stopped = false
            key.withByteView { key in
                let shard = DiskTable.shard(of: KeyHash.of(key))
                lock(1 << UInt64(shard))
                defer { unlock(1 << UInt64(shard)) }
                guard context.settings.activeExpire, !context.gate.isShut(.loading) else {
                    stopped = true
                    return
                }
                var keyspace = DiskKeyspace(self, home: shard, now: now, replays: false)
                keyspace.reclaim(key, due: deadline, fields: DiskTable.fieldLimit)
                keyspace.finish()
                do throws(StorageFailure) {
                    _ = commit(at: shard, isWrite: false, hasStored: try keyspace.unit.store())
                } catch {
                    // One that can't be read does not keep the others.
                    first = first ?? error
                }
            }
            if stopped {
                expiredUntil = .min
                return true
            }
        }
        if let first { throw first }
        if due.count < budget {
            // The clock may be set back: the next round begins at the start.
            expiredUntil = .min
            return true
        }
        return false
    }

    /// Keys that are due, the earliest first.
    private func dueKeys(_ budget: Int, _ now: Int64) throws(StorageFailure) -> [(Int64, [UInt8])] {
        var due: [(Int64, [UInt8])] = []
        // The epoch is read under a lock. Another may begin then: its keys are found next time.
        lock(1)
        let epoch = self.epoch
        unlock(1)
        let unit = WriteSet(database)
        // What was removed lies as so many marks before what is left until it is compacted.
        let start = ExpiryKey.make(epoch, expiredUntil, .empty)
        let end = ExpiryKey.end(epoch, now)
        unit.walk(.expiry, from: start.view, to: end.view) { entry, _ in
            due.append((entry.instant(at: 4), entry.dropFirst(ExpiryKey.prefix).array))
            return due.count < budget
        }
        if let failure = unit.failure { throw StorageFailure(failure) }
        if let last = due.last { expiredUntil = last.0 }
        return due
    }

    /// One round of sweeping what is no more: `budget` collections, or whole epochs. Needs no lock: versions and epochs
    /// are never used again.
    /// - Returns: whether nothing is left.
    /// - Throws: where the disk does not take or give it.
    func sweep(budget: Int) throws(StorageFailure) -> Bool {
        do throws(RocksError) {
            var records: [[UInt8]] = []
            var values: [[UInt8]] = []
            let unit = WriteSet(database)
            unit.walk(.system, from: ByteView("f"), to: ByteView("h")) { key, value in
                records.append(key.array)
                values.append(value.array)
                return records.count < budget
            }
            if let failure = unit.failure { throw failure }
            var first: RocksError?
            for (record, value) in zip(records, values) {
                do throws(RocksError) {
                    try record.withByteView { (key) throws(RocksError) in
                        try value.withByteView { (value) throws(RocksError) in
                            if key[0] == UInt8(ascii: "f") {
                                try sweepEpoch(key, value)
                            } else {
                                try sweepCollection(key, value)
                            }
                        }
                    }
                } catch {
                    // One that can't be read does not keep the others.
                    first = first ?? error
                }
            }
            if let first { throw first }
            return records.count < budget
        } catch {
            throw StorageFailure(error)
        }
    }

    private func sweepEpoch(_ record: ByteView, _ value: ByteView) throws(RocksError) {
        guard record.count == 5, value.count == 8 else { return try database.delete(.system, record) }
        let epoch = record.bigEndian32(at: 1)
        let bound = value.bigEndian(at: 0)
        let start = MetadataKey.bound(epoch, 0)
        let end = MetadataKey.end(epoch)
        for family in [Family.metadata, .expiry] {
            try database.deleteRange(family, from: start.view[0..<4], to: end.view)
        }
        let versions = VersionKey.start(bound)
        for family in [Family.elements, .order] {
            try database.deleteRange(family, from: .empty, to: versions.view)
        }
        let first = SystemKey.garbage(0)
        let last = SystemKey.garbage(bound)
        try database.deleteRange(.system, from: first.view, to: last.view)
        try database.delete(.system, record)
    }

    /// Small collections go record by record: ranges that are deleted cost readers more, however few records they had.
    private func sweepCollection(_ record: ByteView, _ value: ByteView) throws(RocksError) {
        var reader = RecordReader(value)
        guard record.count == 9, let type = reader.byte().flatMap(KeyType.init(rawValue:)),
            let count = reader.length()
        else { return try database.delete(.system, record) }
        let version = record.bigEndian(at: 1)
        // The note of a version that was unborn has gone with its birth: only then it is looked at again.
        if unborn.withLock({ $0.contains(version) }) { return }
        guard try database.withValue(.system, record, { $0 != nil }) else { return }
        let start = VersionKey.start(version)
        let end = VersionKey.end(version)
        let unit = WriteSet(database)
        for family in [Family.elements, .order] {
            if family == .elements, type == .list { continue }
            if family == .order, type == .set { continue }
            if count > 128 {
                try database.deleteRange(family, from: start.view, to: end.view)
                continue
            }
            var keys: [[UInt8]] = []
            unit.walk(family, from: start.view, to: end.view) { key, _ in
                keys.append(key.array)
                return true
            }
            for key in keys { key.withByteView { unit.delete(family, $0) } }
        }
        unit.delete(.system, record)
        if let failure = unit.failure { throw failure }
        try database.write(unit)
    }
}
