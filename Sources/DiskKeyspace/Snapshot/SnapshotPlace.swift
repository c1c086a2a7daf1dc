internal import Synchronization

/// Where the newest snapshot of a data directory is, for who makes them and who reads them at the same time.
final class SnapshotPlace: Sendable {
    private let directory: DiskDirectory
    /// Held while names change, and while a snapshot is opened by its name.
    private let names = Mutex(())

    init(_ directory: DiskDirectory) { self.directory = directory }

    /// Where the next one is to be made; nothing is there. One at a time.
    func prepare() throws(DiskFailure) -> DiskDirectory {
        // What another attempt has left.
        try names.withLock { (_) throws(DiskFailure) in try directory.clean() }
        try directory.unfinished.make()
        return directory.unfinished
    }

    /// Has the one that was made take the place of the newest.
    func publish() throws(DiskFailure) {
        try names.withLock { (_) throws(DiskFailure) in try directory.publish() }
        directory.outdated.remove()
    }

    /// Whether there is a snapshot. Does not wait: the file it is looked for under has one of two names.
    var isTaken: Bool {
        let newest = directory.snapshot
        // While names change it is found under the old one, or, when that is past, under its own.
        return newest.holdsData || directory.outdated.holdsData || newest.holdsData
    }

    /// The newest one. All its files are open then, so that it may be replaced while it is read.
    func open() throws(DiskFailure) -> DiskSnapshot {
        try names.withLock { (_) throws(DiskFailure) in try DiskSnapshot(directory.snapshot) }
    }
}
