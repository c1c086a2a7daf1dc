internal import Bytes
public import RDB

/// A keyspace at one instant, to be read out once.
public protocol KeyspaceSnapshot {
    /// How many keys there are, those included that have expired unnoticed.
    var keys: Int { get }

    /// How many of them have an expiry.
    var expiring: Int { get }

    /// Whether a hash has a field with an expiry.
    var hasFieldExpiries: Bool { get }

    /// Writes all keys, unless the writer fails, which is its owner's to see. O(elements).
    func writeKeys<Sink: RDBSink & ~Copyable>(to writer: inout RDBWriter<Sink>) throws(StorageFailure)
}

/// What an RDB file was made of.
public struct WrittenRDB: Sendable {
    /// Its keys.
    public var keys = 0
    /// Its bytes.
    public var bytes = 0
    /// Expiries of hash fields for which its version has no place.
    public var droppedFieldExpiries = 0
}

/// Why an RDB file could not be made.
public enum RDBExportError: Error {
    /// The file could not be written.
    case sink(RDBWriteError)
    /// The keys could not be read.
    case storage(StorageFailure)
}

extension KeyspaceSnapshot {
    /// Writes a whole RDB file.
    ///
    /// - Parameters:
    ///   - version: nil: that of Redis 7.0, or where fields of hashes have expiries the one that has a place for them.
    ///   - isAppendOnlyBase: whether the file is the base of an append-only file.
    ///   - time: of the snapshot, in Unix seconds.
    public func writeRDB<Sink: RDBSink & ~Copyable>(
        to sink: consuming Sink, version: RDBVersion? = nil, isAppendOnlyBase: Bool = false, time: Int64
    ) throws(RDBExportError) -> WrittenRDB {
        let version = version ?? (hasFieldExpiries ? .redis74 : .redis7)
        var options = RDBWriterOptions()
        options.version = version
        var writer = RDBWriter(sink, options: options)
        writer.standardAuxiliaries(
            version: version == .redis7 ? ByteView(EngineContext.redisVersion) : ByteView("7.4.0"),
            time: time,
            memory: 0, isAppendOnlyBase: isAppendOnlyBase)
        writer.selectDatabase(0, keys: keys, expiring: expiring)
        do throws(StorageFailure) {
            try writeKeys(to: &writer)
        } catch {
            throw .storage(error)
        }
        var written = WrittenRDB(keys: keys)
        written.droppedFieldExpiries = writer.droppedFieldExpiries
        do throws(RDBWriteError) {
            written.bytes = try writer.finish()
        } catch {
            throw .sink(error)
        }
        return written
    }
}

extension MemorySnapshot: KeyspaceSnapshot {
    /// Writes all keys; it is over then.
    public func writeKeys<Sink: RDBSink & ~Copyable>(
        to writer: inout RDBWriter<Sink>
    ) throws(StorageFailure) {
        while writer.failure == nil, step({ $0.write(to: &writer) }) {}
        abandon()
    }
}
