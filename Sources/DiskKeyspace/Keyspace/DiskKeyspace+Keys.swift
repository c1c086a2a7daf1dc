// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes
package import Engine

// Whole keys.
extension DiskKeyspace {
    package mutating func type(of key: ByteView) -> KeyType? { access(scope.hash(of: key), key)?.record.type }

    package mutating func peekType(of key: ByteView) -> KeyType? {
        if let found = find(scope.hash(of: key), key) { return found.record.type }
        scope.missed(key)
        return nil
    }

    package mutating func expiry(of key: ByteView) -> Expiry {
        guard let found = find(scope.hash(of: key), key) else {
            scope.missed(key)
            return .missing
        }
        return found.record.expiry.map { .at($0) } ?? .never
    }

    @discardableResult
    package mutating func setExpiry(of key: ByteView, at instant: Int64?) -> Bool {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return false }
        if let instant, instant <= scope.expiryLimit {
            remove(found, hash, key)
            return true
        }
        guard found.record.expiry != instant else { return true }
        if let open = found.open {
            open.record.expiry = instant
            open.touch()
        } else {
            var record = found.record
            record.expiry = instant
            unit.put(
                record, string: found.string, of: key, shard: DiskTable.shard(of: hash),
                replacing: found.record)
        }
        scope.changed(hash)
        return true
    }

    @discardableResult
    package mutating func remove(_ key: ByteView) -> Bool {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return false }
        remove(found, hash, key)
        return true
    }

    /// O(1): elements are filed under the version, which goes along.
    package mutating func rename(_ source: ByteView, to destination: ByteView) -> Bool {
        let hash = scope.hash(of: source)
        guard let found = findClosed(hash, source) else { return false }
        let target = scope.hash(of: destination)
        let old = find(target, destination)
        unit.remove(found.record, of: source, shard: DiskTable.shard(of: hash), keepsElements: true)
        scope.changed(hash)
        store(found.record, string: found.string, target, destination, replacing: old)
        // Redis takes the old one away first.
        if old != nil { scope.event(.new, "new", destination) }
        return true
    }

    /// O(n): what is on disk is not shared. Of a large collection most is written at once, a part at a time.
    package mutating func copy(_ source: ByteView, to destination: ByteView) -> Bool {
        guard let found = findClosed(scope.hash(of: source), source) else { return false }
        let target = scope.hash(of: destination)
        let old = find(target, destination)
        var record = found.record
        if record.type != .string {
            record.version = unit.newVersion()
            copyElements(of: found.record, to: record.version)
        }
        store(record, string: found.string, target, destination, replacing: old)
        if old != nil { scope.event(.new, "new", destination) }
        return true
    }

    /// A live key; where it is open, its record is written first.
    private mutating func findClosed(_ hash: UInt64, _ key: ByteView) -> Found? {
        guard let found = find(hash, key) else { return nil }
        guard let open = found.open else { return found }
        open.store(removesEmpty: false)
        unit.drop(open)
        return Found(record: open.record)
    }

    private func copyElements(of record: KeyRecord, to version: UInt64) {
        let writer = VersionWriter(unit, version, record.type, count: record.count)
        let start = VersionKey.start(record.version)
        let end = VersionKey.end(record.version)
        var copy = ByteBuffer()
        for family in [Family.elements, .order] {
            unit.changes.walk(family, from: start.view, to: end.view) { key, value in
                copy.clear()
                copy.append(bigEndian: version)
                copy.append(key.dropFirst(8))
                writer.put(family, copy.view, value)
                return unit.changes.failure == nil
            }
        }
        writer.finish()
    }

    package mutating func info(of key: ByteView) -> KeyInfo? {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return nil }
        let clock = scope.clock &- table.clocks[DiskTable.stripeIndex(of: hash)]
        return KeyInfo(
            encoding: found.record.encoding(string: found.string), idleSeconds: Int(clock & 0xFF_FFFF),
            memory: found.record.estimatedSize(key: key, string: found.string))
    }

    package mutating func version(of key: ByteView) -> UInt64 {
        let hash = scope.hash(of: key)
        _ = find(hash, key)
        return table.stripe(of: hash).pointee
    }
}
