public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The files of the operating system.
public struct SystemFiles: FileSystem {
    /// The one there is.
    public init() {}

    /// Opens `path`; a new file may be read and written by its owner alone.
    public func open(_ path: String, _ mode: OpenMode) throws(FileError) -> SystemFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .updateOrCreate: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            case .createEmpty: O_RDWR | O_CREAT | O_TRUNC
            }
        return SystemFile(try openDescriptor(path, flags), path)
    }

    /// `rename(2)`.
    public func rename(_ from: String, to: String) throws(FileError) {
        try check(.rename, from) { systemRename(from, to) }
    }

    /// `unlink(2)`.
    public func unlink(_ path: String) throws(FileError) {
        try check(.unlink, path) { systemUnlink(path) }
    }

    /// `readdir(3)`. O(n log n).
    public func names(in path: String) throws(FileError) -> [String] {
        guard let directory = opendir(path) else { throw FileError(.readdir, path, errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            // Absence is both the end and an error: only errno tells which.
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw FileError(.readdir, path, errno) }
                return names.sorted()
            }
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            guard let text = String(validatingCString: name), text != ".", text != ".." else { continue }
            names.append(text)
        }
    }

    /// `mkdir(2)`, for its owner alone.
    public func makeDirectory(_ path: String) throws(FileError) {
        do throws(FileError) {
            try check(.mkdir, path) { mkdir(path, 0o700) }
        } catch {
            var status = stat()
            let isDirectory = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            if error.errorNumber != EEXIST || !isDirectory { throw error }
        }
    }

    /// `fsync(2)` of the directory.
    public func syncDirectory(_ path: String) throws(FileError) {
        try SystemFile(try openDescriptor(path, O_RDONLY | O_DIRECTORY), path).sync()
    }

    private func openDescriptor(_ path: String, _ flags: Int32) throws(FileError) -> Int32 {
        while true {
            let descriptor = systemOpen(path, flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw FileError(.open, path, errno) }
        }
    }
}

/// An open file of the operating system.
///
/// Invariant: `descriptor` is open until `deinit`, and nobody else closes it.
public final class SystemFile: OpenFile {
    /// The path that it was opened by.
    public let path: String
    private let descriptor: Int32
    private var isLocked = false

    fileprivate init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    // What close reports was either synced before or given up.
    deinit {
        // A process that is just being started has the descriptor too, and with it the lock, until it executes.
        if isLocked { flock(descriptor, LOCK_UN) }
        _ = close(descriptor)
    }

    /// `fstat(2)`.
    public func size() throws(FileError) -> Int {
        var status = stat()
        try check(.stat, path) { fstat(descriptor, &status) }
        return Int(status.st_size)
    }

    /// `pread(2)` until `room` is full or the file ends.
    public func read(into room: UnsafeMutableBufferPointer<UInt8>, at offset: Int) throws(FileError) -> Int {
        var done = 0
        while done < room.count, let base = room.baseAddress {
            let got = pread(descriptor, base + done, room.count - done, off_t(offset + done))
            if got > 0 {
                done += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                throw FileError(.read, path, errno)
            }
        }
        return done
    }

    /// `pwrite(2)` until all is written.
    public func write(_ bytes: ByteView, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let put = pwrite(descriptor, bytes.pointer + done, bytes.count - done, off_t(offset + done))
            if put > 0 {
                done += put
            } else if put == 0 {
                // Not said to happen; going on would be a loop without end.
                throw FileError(.write, path, EIO)
            } else if errno != EINTR {
                throw FileError(.write, path, errno)
            }
        }
    }

    /// `fsync(2)`.
    public func sync() throws(FileError) { try check(.fsync, path) { fsync(descriptor) } }

    /// `fdatasync(2)`.
    public func syncData() throws(FileError) { try check(.fdatasync, path) { fdatasync(descriptor) } }

    /// `posix_fadvise(2)`: on Linux, what is not going to be read soon begins to be written out, and leaves the cache
    /// when it has been.
    public func beginWriteback(from offset: Int, count: Int) {
        _ = posix_fadvise(descriptor, 0, off_t(offset + count), POSIX_FADV_DONTNEED)
    }

    /// `ftruncate(2)`.
    public func truncate(to size: Int) throws(FileError) {
        try check(.ftruncate, path) { ftruncate(descriptor, off_t(size)) }
    }

    /// `flock(2)` without waiting.
    public func tryLock() throws(FileError) -> Bool {
        do throws(FileError) {
            try check(.flock, path) { flock(descriptor, LOCK_EX | LOCK_NB) }
            isLocked = true
            return true
        } catch {
            if error.errorNumber == EWOULDBLOCK { return false }
            throw error
        }
    }
}

// Inside the types above their own methods hide these functions.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }
private func systemUnlink(_ path: String) -> Int32 { unlink(path) }

/// Calls until no signal interrupts, and throws what the call reports. Not for `close`.
private func check(
    _ operation: FileError.Operation, _ path: String, _ call: () -> Int32
) throws(FileError) {
    while call() != 0 {
        let number = errno
        // An interrupted fsync may have dropped the error already: it is reported, not repeated.
        if number != EINTR || operation == .fsync || operation == .fdatasync {
            throw FileError(operation, path, number)
        }
    }
}
