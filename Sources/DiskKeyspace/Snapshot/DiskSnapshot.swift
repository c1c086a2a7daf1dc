internal import Bytes
public import Engine
public import RDB

/// What a database on disk holds, read out of its files: nobody may be writing to them.
public final class DiskSnapshot: KeyspaceSnapshot {
    private let table: DiskTable
    private let counts: KeyCounts

    /// Opens the database of a directory, without changing anything.
    public init(_ directory: DiskDirectory) throws(DiskFailure) {
        do throws(RocksError) {
            table = try DiskTable(
                try Database(reading: directory.database),
                context: EngineContext(commands: [], startedAt: 0))
        } catch {
            throw DiskFailure(error.message)
        }
        counts = table.counts.reduce(into: KeyCounts()) { $0 += $1 }
    }

    /// How many keys there are, those included that have expired unnoticed.
    public var keys: Int { counts.keys }

    /// How many of them have an expiry.
    public var expiring: Int { counts.volatile }

    /// Whether a hash has a field with an expiry.
    public var hasFieldExpiries: Bool { counts.timedHashes > 0 }

    /// Writes all keys, in the order of SCAN.
    public func writeKeys<Sink: RDBSink & ~Copyable>(
        to writer: inout RDBWriter<Sink>
    ) throws(StorageFailure) {
        let start = MetadataKey.bound(table.epoch, 0)
        let end = MetadataKey.end(table.epoch)
        let walk = WriteSet(table.database)
        let unit = table.units[0]
        var failure: RocksError?
        walk.withIterator(.metadata, from: start.view, to: end.view) { cursor in
            cursor.seekToFirst()
            while cursor.isValid, writer.failure == nil, failure == nil {
                write(cursor.key, cursor.value, unit, &writer)
                failure = unit.changes.failure
                unit.changes.clear()
                cursor.next()
            }
        }
        if let failure = failure ?? walk.failure { throw StorageFailure(failure) }
    }

    private func write<Sink: RDBSink & ~Copyable>(
        _ name: ByteView, _ value: ByteView, _ unit: DiskUnit, _ writer: inout RDBWriter<Sink>
    ) {
        var string = ByteView.empty
        guard name.count >= MetadataKey.prefix, let record = KeyRecord(value, string: &string),
            record.type == .string || record.count > 0
        else { return unit.changes.fail(.damagedRecord) }
        let key = name.dropFirst(MetadataKey.prefix)
        if record.type == .string { return writer.string(key, expiry: record.expiry, value: string) }
        var changes: UInt64 = 0
        withUnsafeMutablePointer(to: &changes) { changes in
            let open = OpenCollection(
                record, stored: record, key: key, hash: KeyHash.of(key), unit: unit, changes: changes)
            switch record.type {
            case .string: break
            case .list: writer.write(DiskList(open), key: key, expiry: record.expiry)
            case .set: writer.write(DiskSet(open), key: key, expiry: record.expiry)
            case .sortedSet: writer.write(DiskSortedSet(open), key: key, expiry: record.expiry)
            case .hash:
                writer.write(
                    DiskHash(open), key: key, expiry: record.expiry,
                    leastFieldExpiry: record.earliestField)
            }
        }
    }
}
