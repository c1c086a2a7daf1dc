internal import Bytes
package import Engine
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The table on disk: the database, and what is kept in memory of it.
///
/// As its superclass says, what belongs to a shard is touched under the shard's lock only; `epoch` and what sums up all
/// shards, under all locks.
package final class DiskTable: KeyspaceTable, LocalTable, @unchecked Sendable {
    let database: Database
    let versions: Versions
    /// Records that were looked up lately.
    let records: RecordCache
    /// The secret of the hashes by which keys and elements are ordered on disk.
    private let secret: SipKey
    /// What keys begin with; FLUSHALL begins another.
    var epoch: UInt32
    /// Keys counted under each lock.
    var counts: [KeyCounts]
    /// When keys were accessed last, in Unix seconds (24 bits), by version stripe.
    let clocks: UnsafeMutablePointer<UInt32>
    /// Before this instant nothing is left that is due; the background's.
    var expiredUntil = Int64.min
    /// What is executed under each lock as the lowest.
    private(set) var units: [DiskUnit] = []
    /// How items of lists are labelled.
    let listLabels: ListLabels
    /// Elements that a counted span covers at most.
    let spanWidth: Int
    /// Versions of which records are written before anything refers to them: not to be swept.
    let unborn = Mutex<Set<UInt64>>([])

    private static let layout: UInt32 = 1

    /// Takes over an open database, or makes what is needed in an empty one.
    init(
        _ database: Database, context: EngineContext, journal: Journal? = nil,
        listLabels: ListLabels = ListLabels(), spanWidth: Int = 256
    ) throws(RocksError) {
        self.database = database
        self.listLabels = listLabels
        self.spanWidth = spanWidth
        secret = try DiskTable.identity(database)
        versions = try Versions(database)
        records = RecordCache(bytes: database.recordBytes, shards: KeyspaceTable.shardCount)
        epoch = try DiskTable.epoch(database)
        counts = try DiskTable.counts(database)
        clocks = .allocate(capacity: KeyspaceTable.stripeCount)
        clocks.initialize(
            repeating: UInt32(truncatingIfNeeded: Clock.milliseconds() / 1000) & 0xFF_FFFF,
            count: KeyspaceTable.stripeCount)
        super.init(context: context, journal: journal, recordsEffects: false)
        units = (0..<KeyspaceTable.shardCount).map { _ in DiskUnit(self) }
    }

    deinit { clocks.deallocate() }

    /// The secret, made where the database is new.
    private static func identity(_ database: Database) throws(RocksError) -> SipKey {
        let key = SystemKey.identity()
        let found: (layout: UInt32, secret: SipKey)? = try database.withValue(.system, key.view) { value in
            guard let value else { return nil }
            guard value.count == 20 else { return (0, SipKey(0, 0)) }
            return (value.bigEndian32(at: 0), SipKey(value.bigEndian(at: 4), value.bigEndian(at: 12)))
        }
        if let found {
            if found.layout == layout { return found.secret }
            throw RocksError(
                .other, "\(database.path) has layout \(found.layout); this program knows \(layout)")
        }
        var source = SystemRandomNumberGenerator()
        let words = (source.next(), source.next())
        var value = ByteBuffer()
        value.append(bigEndian: layout)
        value.append(bigEndian: words.0)
        value.append(bigEndian: words.1)
        try database.putDurably(.system, key.view, value.view)
        return SipKey(words.0, words.1)
    }

    /// Reads anew what is kept in memory. All locks are held.
    func reload() throws(RocksError) {
        records.removeAll()
        try versions.reload()
        epoch = try DiskTable.epoch(database)
        counts = try DiskTable.counts(database)
    }

    private static func epoch(_ database: Database) throws(RocksError) -> UInt32 {
        let key = SystemKey.epoch()
        let epoch: UInt32? = try database.withValue(.system, key.view) { value in
            guard let value else { return 1 }
            return value.count == 4 ? value.bigEndian32(at: 0) : nil
        }
        guard let epoch else { throw .damagedRecord }
        return epoch
    }

    private static func counts(_ database: Database) throws(RocksError) -> [KeyCounts] {
        var counts: [KeyCounts] = []
        for shard in 0..<KeyspaceTable.shardCount {
            let key = SystemKey.counts(shard)
            let found: KeyCounts? =
                try database.withValue(.system, key.view) { value in
                    guard let value else { return KeyCounts() }
                    guard value.count == 24 else { return nil }
                    return KeyCounts(
                        keys: Int(Int64(bitPattern: value.bigEndian(at: 0))),
                        volatile: Int(Int64(bitPattern: value.bigEndian(at: 8))),
                        timedHashes: Int(Int64(bitPattern: value.bigEndian(at: 16))))
                }
            guard let found else { throw .damagedRecord }
            counts.append(found)
        }
        return counts
    }

    /// The hash by which a key, or an element's name, is filed.
    @inline(__always)
    func hash(of name: ByteView) -> UInt64 { sipHash13(name, key: secret) }

    /// How the database is, and what was found of it in memory. It stays open, or is not, meanwhile.
    var statistics: DiskStatistics {
        var statistics = database.statistics
        let records = records.statistics
        statistics.recordHits = records.hits
        statistics.recordMisses = records.misses
        statistics.cacheBytes += records.taken * RecordCache.slotSize
        statistics.cacheLimit += self.records.limit
        return statistics
    }

    // MARK: As every table

    package func prefetch(_ keys: UnsafeBufferPointer<HashedKey>) {}
    package func prefetchSlot(_ hash: UInt64) {}
    package func prefetchEntry(_ hash: UInt64) {}
    package func start() {}
    package func stop() {}
}
