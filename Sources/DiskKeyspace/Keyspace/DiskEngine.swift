package import Engine

/// The engine over a database on disk.
package typealias DiskEngine = LocalEngine<DiskKeyspace>

extension LocalEngine where View == DiskKeyspace {
    /// Opens the database in a directory, which is made where it is missing.
    /// - Parameters:
    ///   - path: nobody else has it open.
    ///   - cache: bytes of memory for the block cache and the write buffers together.
    ///   - makeJournal: makes what counts writes, so that replies wait until they are durable; nil: none does.
    /// - Throws: why it can't be opened.
    package convenience init(
        path: String, cache: Int = 256 << 20, settings: Settings = Settings(), host: HostInfo = HostInfo(),
        pubSub: PubSub = PubSub(), journal makeJournal: (WriteGate) -> Journal? = { _ in nil }
    ) throws(DiskFailure) {
        do throws(RocksError) {
            var options = DatabaseOptions()
            options.cache = cache
            let database = try Database(path: path, options)
            try self.init(settings: settings, host: host, pubSub: pubSub) {
                (context) throws(RocksError) in
                try DiskTable(database, context: context, journal: makeJournal(context.gate))
            }
        } catch {
            throw DiskFailure(error.message)
        }
    }

    /// Opens the database of a data directory, which is locked, and sees to what a crash has left there.
    package convenience init(
        _ directory: DiskDirectory, cache: Int, settings: Settings, host: HostInfo, pubSub: PubSub,
        journal makeJournal: (WriteGate) -> Journal?
    ) throws(DiskFailure) {
        try directory.clean()
        try self.init(
            path: directory.database, cache: cache, settings: settings, host: host, pubSub: pubSub,
            journal: makeJournal)
        // RocksDB may just have made its own in it.
        try directory.sync()
    }

    /// How many files a database has open at most: those of its tables, and a few logs.
    package static var openFiles: Int { DatabaseOptions().openFiles + 64 }

    /// How the database is; takes no lock of a key.
    package var diskStatistics: DiskStatistics { table.database.whileOpen { table.statistics } }

    /// Makes a snapshot of this instant, which takes the place of the one before.
    /// - Returns: bytes of its files.
    func makeSnapshot(_ place: SnapshotPlace) throws(DiskFailure) -> Int {
        let new = try place.prepare()
        let size: Int
        do throws(RocksError) {
            size = try table.database.whileOpen { () throws(RocksError) -> Int in
                try table.database.makeCheckpoint(new.database)
                return table.database.fileSize
            }
        } catch {
            new.remove()
            throw DiskFailure(error.message)
        }
        try new.sync()
        try place.publish()
        return size
    }
}

/// Why a database can't be opened.
public struct DiskFailure: Error, CustomStringConvertible {
    /// In RocksDB's words.
    public var description: String

    init(_ description: String) { self.description = description }
}
