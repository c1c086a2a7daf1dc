internal import Bytes
internal import RDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An RDB file read by way of a `FileSystem`, which shows how far it is.
struct FileSource<File: OpenFile>: RDBSource, ~Copyable {
    private let file: File
    private let progress: LoadingProgress
    private var offset = 0
    let size: Int

    init(_ file: File, _ progress: LoadingProgress) throws(FileError) {
        self.file = file
        self.progress = progress
        size = try file.size()
    }

    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(RDBError) -> Int {
        let wanted = min(room.count, size - offset)
        guard wanted > 0 else { return 0 }
        if progress.isStopped { throw RDBError(.system(ECANCELED), at: offset) }
        let target = UnsafeMutableBufferPointer(
            start: room.baseAddress?.assumingMemoryBound(to: UInt8.self), count: wanted)
        do throws(FileError) {
            let count = try file.read(into: target, at: offset)
            offset += count
            progress.done.add(count, ordering: .relaxed)
            return count
        } catch {
            throw RDBError(.system(error.errorNumber), at: offset)
        }
    }
}
