internal import Bytes
internal import DiskKeyspace

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Does something with files; what fails there is told as a tool's error.
func withFiles<R>(_ body: () throws(FileError) -> R) throws(LoadError) -> R {
    do throws(FileError) {
        return try body()
    } catch {
        throw LoadError(error.description)
    }
}

/// Does something with a database on disk; what fails there is told as a tool's error.
func withDisk<R>(_ body: () throws(DiskFailure) -> R) throws(LoadError) -> R {
    do throws(DiskFailure) {
        return try body()
    } catch {
        throw LoadError(error.description)
    }
}

/// Opens the database of a directory of the disk engine, which no server may be working in while the lock is held.
func openDisk<Files: FileSystem>(
    _ path: String, _ files: Files
) throws(LoadError) -> (DiskSnapshot, DirectoryLock<Files>) {
    let lock = try lockDirectory(path, files)
    return (try withDisk { () throws(DiskFailure) in try DiskSnapshot(DiskDirectory(path)) }, lock)
}

/// Locks a data directory, so that no server works in it meanwhile.
func lockDirectory<Files: FileSystem>(
    _ directory: String, _ files: Files
) throws(LoadError) -> DirectoryLock<Files> {
    do throws(DirectoryLockError) {
        return try DirectoryLock(directory, files)
    } catch {
        throw LoadError(error.description)
    }
}

/// Locks a data directory in which a server may work: where none ever did there is no lock file, and none is made.
func lockIfServed<Files: FileSystem>(
    _ directory: String, _ files: Files
) throws(LoadError) -> DirectoryLock<Files>? {
    let names = try withFiles { () throws(FileError) in try DataDirectory.names(directory, files) }
    return names.contains("redwing.lock") ? try lockDirectory(directory, files) : nil
}

/// The names in the directory `path`; nil where it is a file.
func namesOrFile<Files: FileSystem>(_ path: String, _ files: Files) throws(LoadError) -> [String]? {
    do throws(FileError) {
        return try files.names(in: path)
    } catch {
        if error.errorNumber == ENOTDIR { return nil }
        throw LoadError(error.description)
    }
}

/// Whether the file begins as an RDB file does.
func beginsAsRDB<Files: FileSystem>(_ path: String, _ files: Files) throws(FileError) -> Bool {
    var start = ByteBuffer()
    _ = try files.open(path, .read).read(upTo: 5, at: 0, into: &start)
    return start.view == ByteView("REDIS")
}
