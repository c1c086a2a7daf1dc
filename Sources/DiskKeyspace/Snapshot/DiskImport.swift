public import Engine

/// A database that is being filled; it gets its name when it is whole.
public final class DiskImport {
    private var disk: DiskEngine?
    private let directory: DiskDirectory

    /// Begins with an empty one; what another import has left is removed.
    public init(_ directory: DiskDirectory) throws(DiskFailure) {
        self.directory = directory
        directory.unfinished.remove()
        try directory.unfinished.make()
        disk = try DiskEngine(path: directory.unfinished.database)
    }

    /// What to fill, until it is finished.
    public var engine: any LoadableEngine {
        guard let disk else { preconditionFailure("the import is finished") }
        return disk
    }

    /// Puts everything on disk, and gives the database its name.
    /// - Returns: bytes of its files.
    public func finish() throws(DiskFailure) -> Int {
        var bytes = 0
        do throws(RocksError) {
            try disk?.table.database.flush()
            bytes = disk?.table.database.fileSize ?? 0
        } catch {
            throw DiskFailure(error.message)
        }
        // Its last reference: the database is closed.
        disk = nil
        try directory.move(directory.unfinished.database, to: directory.database)
        try directory.sync()
        directory.unfinished.remove()
        return bytes
    }
}
