public import Bytes

/// The operations on files that persistence is made of, each keeping the system's error.
///
/// `SystemFiles` is the real one; tests put in one that fails on request, or that forgets on a crash what was
/// never synced.
public protocol FileSystem: Sendable {
    /// A file as `open` gives it.
    associatedtype File: OpenFile

    /// Opens `path` as `mode` says.
    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> File

    /// Gives the file `from` the name `to`, replacing what had it. Durable only after `syncDirectory`.
    func rename(_ from: String, to: String) throws(FileError)

    /// Removes the name `path`. Durable only after `syncDirectory`.
    func unlink(_ path: String) throws(FileError)

    /// The names in the directory `path`, sorted, without `.` and `..`; names that are not UTF-8 are left out.
    func names(in path: String) throws(FileError) -> [String]

    /// Makes the directory `path`; one that is there already is no error.
    func makeDirectory(_ path: String) throws(FileError)

    /// Makes the names in the directory `path` durable.
    func syncDirectory(_ path: String) throws(FileError)
}

/// How a file is opened.
public enum OpenMode: Sendable {
    /// To read, and it must exist.
    case read
    /// To read and write; it must exist.
    case update
    /// To read and write; it is made when it does not exist.
    case updateOrCreate
    /// To read and write; it is made, and must not exist.
    case createNew
    /// To read and write; it is made, or emptied when it exists.
    case createEmpty
}

/// An open file, closed when the last reference goes. Used by one thread at a time.
public protocol OpenFile: AnyObject {
    /// The path that it was opened by.
    var path: String { get }

    /// Its length in bytes.
    func size() throws(FileError) -> Int

    /// Reads into `room` from `offset` on until it is full or the file ends; returns how many bytes it read.
    func read(into room: UnsafeMutableBufferPointer<UInt8>, at offset: Int) throws(FileError) -> Int

    /// Writes all of `bytes` from `offset` on, going on after short writes. After an error any part of them
    /// may have been written.
    func write(_ bytes: ByteView, at offset: Int) throws(FileError)

    /// Makes contents and attributes durable. After an error nothing is known of what was written since the
    /// last success, and another attempt tells nothing about it.
    func sync() throws(FileError)

    /// As `sync`, of the contents and the length alone.
    func syncData() throws(FileError)

    /// Asks the system to begin putting these bytes on the disk, and does not wait. Promises nothing.
    func beginWriteback(from offset: Int, count: Int)

    /// Cuts or lengthens (with zeros) the file to `size` bytes.
    func truncate(to size: Int) throws(FileError)

    /// Takes the exclusive lock, which falls when the file is closed or its process ends, or answers false
    /// when another open file has it.
    func tryLock() throws(FileError) -> Bool
}

extension OpenFile {
    /// Does nothing.
    public func beginWriteback(from offset: Int, count: Int) {}

    /// Appends to `buffer` up to `count` bytes from `offset` on, fewer only at the file's end; answers how many.
    public func read(
        upTo count: Int, at offset: Int, into buffer: inout ByteBuffer
    ) throws(FileError) -> Int {
        var result: Result<Int, FileError> = .success(0)
        buffer.append(upTo: count) { room in
            do throws(FileError) {
                let read = try self.read(into: room, at: offset)
                result = .success(read)
                return read
            } catch {
                result = .failure(error)
                return 0
            }
        }
        return try result.get()
    }
}

/// The directory part of `path`: "." where there is none.
func parentDirectory(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
}
