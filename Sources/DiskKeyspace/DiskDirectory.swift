#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A data directory of the disk engine:
///
///     rocksdb/            the database
///     snapshot/rocksdb/   the newest snapshot; `snapshot` is a data directory itself
///     redwing.lock        who works in it
public struct DiskDirectory: Sendable {
    /// The directory's path.
    public let path: String

    /// The directory at `path`, whatever is there.
    public init(_ path: String) { self.path = path }

    /// The database's name in it.
    public static let databaseName = "rocksdb"

    /// Where the database is.
    public var database: String { "\(path)/\(DiskDirectory.databaseName)" }

    /// Where the newest snapshot is.
    public var snapshot: DiskDirectory { DiskDirectory("\(path)/snapshot") }

    /// A snapshot, or an import, that is being made.
    var unfinished: DiskDirectory { DiskDirectory("\(path)/snapshot.new") }

    /// The snapshot before, for a moment.
    var outdated: DiskDirectory { DiskDirectory("\(path)/snapshot.old") }

    /// Whether there is a database.
    public var holdsData: Bool { access(database, F_OK) == 0 }

    // MARK: Snapshots

    /// Has the unfinished snapshot take the place of the newest, which is outdated then. A crash leaves one of them;
    /// `clean` sees to which.
    func publish() throws(DiskFailure) {
        if snapshot.holdsData { try move(snapshot.path, to: outdated.path) }
        do throws(DiskFailure) {
            try move(unfinished.path, to: snapshot.path)
        } catch {
            if outdated.holdsData { try move(outdated.path, to: snapshot.path) }
            throw error
        }
        try sync()
    }

    /// Sees to what a crash has left.
    func clean() throws(DiskFailure) {
        if !snapshot.holdsData, outdated.holdsData { try move(outdated.path, to: snapshot.path) }
        outdated.remove()
        unfinished.remove()
    }

    // MARK: The file system

    /// Makes it where it is missing; its parent is there.
    func make() throws(DiskFailure) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("make", path) }
    }

    /// Removes the database and the directory, if there is nothing else.
    func remove() {
        if holdsData { Database.destroy(database) }
        _ = rmdir(database)
        _ = rmdir(path)
    }

    /// Makes the names in it durable.
    func sync() throws(DiskFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw failure("sync", path) }
    }

    /// Finds out whether the file system takes so many bytes.
    func probe(_ size: Int) throws(DiskFailure) {
        let name = "\(path)/redwing.probe"
        let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make", name) }
        defer {
            close(descriptor)
            unlink(name)
        }
        let code = posix_fallocate(descriptor, 0, off_t(size))
        if code != 0, code != EOPNOTSUPP {
            errno = code
            throw failure("make room in", name)
        }
        var byte: UInt8 = 0
        guard write(descriptor, &byte, 1) == 1 else { throw failure("write", name) }
        if fsync(descriptor) != 0 { throw failure("sync", name) }
    }

    func move(_ old: String, to new: String) throws(DiskFailure) {
        if rename(old, new) != 0 { throw failure("rename", old) }
    }

    private func failure(_ what: String, _ path: String) -> DiskFailure {
        DiskFailure("can't \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
