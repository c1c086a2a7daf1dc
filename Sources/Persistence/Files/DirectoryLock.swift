internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Keeps two servers out of one directory: an exclusive `flock` on the file `redwing.lock` in it, held until
/// the value goes. The file says who has the lock, stays when the lock falls, and then means nothing.
///
/// Unchecked Sendable: after `init` nobody touches the file but `deinit`.
public final class DirectoryLock<Files: FileSystem>: @unchecked Sendable {
    private let file: Files.File

    /// Takes the lock of `directory`, which must exist.
    public init(_ directory: String, _ files: Files) throws(DirectoryLockError) {
        let path = directory + "/redwing.lock"
        let holder: String?
        do throws(FileError) {
            file = try files.open(path, .updateOrCreate)
            holder = try file.tryLock() ? nil : DirectoryLock.holder(file)
        } catch {
            throw .file(error)
        }
        if let holder { throw .held(directory: directory, holder: holder) }
        do throws(FileError) {
            var text = ByteBuffer()
            text.append("process ")
            text.append(decimal: Int(getpid()))
            text.append(" on ")
            text.append(DirectoryLock.hostName())
            text.append(UInt8(ascii: "\n"))
            try file.truncate(to: 0)
            try file.write(text.view, at: 0)
        } catch {
            throw .file(error)
        }
    }

    private static func holder(_ file: Files.File) throws(FileError) -> String {
        var text = ByteBuffer()
        _ = try file.read(upTo: 512, at: 0, into: &text)
        return String(text.view.string.prefix { $0 != "\n" })
    }

    private static func hostName() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "?" }
        return withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Why a directory could not be locked.
public enum DirectoryLockError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another server has it; `holder` is what that one wrote about itself.
    case held(directory: String, holder: String)
    /// The lock file could not be used.
    case file(FileError)

    /// For the log.
    public var description: String {
        switch self {
        case .held(let directory, let holder):
            "the directory \(directory) is in use by another server (\(holder.isEmpty ? "unknown" : holder))"
        case .file(let error): error.description
        }
    }
}
