#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A system call on a file that failed: what was tried, on which path, and the system's error number.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: String, Sendable {
        case open, read, write, fsync, fdatasync, rename, ftruncate, unlink, readdir, flock, stat, mkdir
    }

    /// What was tried.
    public let operation: Operation
    /// The file or directory; of a rename, the old name.
    public let path: String
    /// `errno` as the call left it.
    public let errorNumber: Int32

    /// A failure of `operation` on `path` with the error number `errorNumber`.
    public init(_ operation: Operation, _ path: String, _ errorNumber: Int32) {
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
    }

    /// Whether the file or directory is not there.
    public var isAbsence: Bool { errorNumber == ENOENT }

    /// Whether room is lacking: on the device, in the quota, or up to the largest size of a file.
    public var isLackOfSpace: Bool { [ENOSPC, EDQUOT, EFBIG].contains(errorNumber) }

    /// For the log: "write data/x: No space left on device".
    public var description: String {
        "\(operation.rawValue) \(path): \(String(cString: strerror(errorNumber)))"
    }
}
