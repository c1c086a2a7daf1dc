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
}

/// Why a database can't be opened.
package struct DiskFailure: Error, CustomStringConvertible {
    /// In RocksDB's words.
    package var description: String

    init(_ description: String) { self.description = description }
}
