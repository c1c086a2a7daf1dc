// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes
package import Engine

extension DiskKeyspace {
    // MARK: Strings

    @inline(__always)
    package mutating func string(_ key: ByteView) throws(CommandError) -> ByteView? {
        guard let found = access(scope.hash(of: key), key) else { return nil }
        guard found.record.type == .string else { throw .wrongType }
        return found.string
    }

    package mutating func setString(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange) {
        let hash = scope.hash(of: key)
        let found = find(hash, key)
        var record = KeyRecord(.string)
        switch expiry {
        case .clear: break
        case .keep: record.expiry = found?.record.expiry
        case .at(let instant): record.expiry = instant
        }
        if let deadline = record.expiry, deadline <= scope.expiryLimit {
            if let found { remove(found, hash, key) }
            return
        }
        table.clocks[DiskTable.stripeIndex(of: hash)] = scope.clock
        store(record, string: value, hash, key, replacing: found)
    }

    /// O(length): the value is written whole.
    package mutating func updateString(
        _ key: ByteView, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(CommandError) {
        let hash = scope.hash(of: key)
        let found = access(hash, key)
        if let found, found.record.type != .string { throw .wrongType }
        var record = found?.record ?? KeyRecord(.string)
        record.isRaw = true
        let old = found?.string ?? .empty
        unit.put(
            record, of: key, shard: DiskTable.shard(of: hash), replacing: found?.record
        ) { buffer in
            let start = buffer.count
            buffer.append(old[0..<min(old.count, count)])
            if count > old.count {
                buffer.append(upTo: count - old.count) {
                    $0.initialize(repeating: 0)
                    return $0.count
                }
            }
            buffer.withMutableBytes { body(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
        }
        if found == nil {
            noteCreation(key)
            scope.noteReady(key, .string)
        }
        scope.changed(hash)
    }

    // MARK: Collections

    package mutating func hash(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskHash? {
        try open(key, .hash, access).map { DiskHash($0) }
    }

    package mutating func list(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskList? {
        try open(key, .list, access).map { DiskList($0) }
    }

    package mutating func set(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskSet? {
        try open(key, .set, access).map { DiskSet($0) }
    }

    package mutating func sortedSet(
        _ key: ByteView, _ access: Access
    ) throws(CommandError) -> DiskSortedSet? {
        try open(key, .sortedSet, access).map { DiskSortedSet($0) }
    }

    private mutating func open(
        _ key: ByteView, _ type: KeyType, _ mode: Access
    ) throws(CommandError) -> OpenCollection? {
        let hash = scope.hash(of: key)
        let record: KeyRecord
        let stored: KeyRecord?
        if mode == .replace {
            record = KeyRecord(collection: type, version: unit.newVersion())
            let old = find(hash, key)
            store(record, string: .empty, hash, key, replacing: old)
            stored = record
        } else if let found = access(hash, key) {
            guard found.record.type == type else { throw .wrongType }
            if let open = found.open { return open }
            record = found.record
            stored = record
        } else {
            guard mode == .create else { return nil }
            record = KeyRecord(collection: type, version: unit.newVersion())
            stored = nil
            noteCreation(key)
            scope.noteReady(key, type)
        }
        let open = collection(record, stored, key, hash)
        unit.add(open)
        // It is removed at the end where it stays empty.
        if mode == .replace { open.touch() }
        return open
    }
}
