public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Where an RDB file's bytes come from.
public protocol RDBSource: ~Copyable {
    /// How many bytes there are in all. Lengths in the file are checked against it before they are used.
    var size: Int { get }
    /// Copies the next bytes, at least one and at most `room.count`, to the start of `room`.
    ///
    /// - Returns: how many; 0 at the end.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(RDBError) -> Int
}

/// Bytes in memory, which must outlive the source.
public struct RDBMemorySource: RDBSource {
    private var rest: ByteView
    /// How many bytes there are in all.
    public let size: Int

    /// A source of `bytes`.
    public init(_ bytes: ByteView) {
        rest = bytes
        size = bytes.count
    }

    /// Copies the next bytes to `room`.
    public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(RDBError) -> Int {
        let count = min(room.count, rest.count)
        guard count > 0, let base = room.baseAddress else { return 0 }
        memcpy(base, rest.pointer, count)
        rest = rest.dropFirst(count)
        return count
    }
}

/// An open file, read from its start to the length that it had when the source was made.
public struct RDBFileSource: RDBSource, ~Copyable {
    private let descriptor: Int32
    private var offset = 0
    /// The length of the file, in bytes.
    public let size: Int

    /// Opens the regular file at `path`. The error is a `system` one at byte 0.
    public init(path: String) throws(RDBError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw RDBError(.system(errno), at: 0) }
        var status = stat()
        let failure: Int32? =
            if fstat(opened, &status) != 0 {
                errno
            } else if status.st_mode & S_IFMT != S_IFREG {
                EINVAL
            } else {
                nil
            }
        if let failure {
            close(opened)
            throw RDBError(.system(failure), at: 0)
        }
        descriptor = opened
        size = Int(status.st_size)
        _ = posix_fadvise(opened, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    /// Reads the next bytes, again after an interruption by a signal.
    public mutating func read(into room: UnsafeMutableRawBufferPointer) throws(RDBError) -> Int {
        let wanted = min(room.count, size - offset)
        guard wanted > 0 else { return 0 }
        while true {
            let count = pread(descriptor, room.baseAddress, wanted, off_t(offset))
            if count >= 0 {
                offset += count
                return count
            }
            if errno != EINTR { throw RDBError(.system(errno), at: offset) }
        }
    }
}
