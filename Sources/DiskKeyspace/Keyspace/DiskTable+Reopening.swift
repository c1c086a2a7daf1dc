internal import Engine

extension DiskTable {
    /// Opens the database again, while nobody uses it, and learns anew what is kept of it in memory: a write that has failed may
    /// be in the log all the same. Everything that it holds then is in files, durably.
    /// - Parameter position: asked for while nobody can write.
    /// - Returns: what `position` said.
    /// - Throws: nothing is served until it succeeds.
    func reopen<Position>(_ position: () -> Position) throws(RocksError) -> Position {
        try database.whileOpen { () throws(RocksError) -> Position in
            lock(.max)
            defer { unlock(.max) }
            do throws(RocksError) {
                try database.reopen()
                try reload()
            } catch {
                context.gate.shut(
                    unloaded:
                        "The database can't be opened again (\(error)): see to the disk; it is tried again.")
                throw error
            }
            context.gate.open(.unloaded)
            for index in 0..<DiskTable.stripeCount { stripes[index] &+= 1 }
            return position()
        }
    }
}
