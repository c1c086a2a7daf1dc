internal import Bytes

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
