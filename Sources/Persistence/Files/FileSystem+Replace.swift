public import Bytes

extension FileSystem {
    /// Writes `contents` to `path` so that a crash at any moment leaves the old file or the new one whole:
    /// under the name `temporary` first, synced, then renamed, then the directory synced.
    ///
    /// After an error before the rename the old file is untouched; after one of the last sync it is not known
    /// which of the two a crash would leave.
    public func replace(
        _ path: String, with contents: ByteView, temporary: String
    ) throws(FileError) {
        do throws(FileError) {
            let file = try open(temporary, .createEmpty)
            try file.write(contents, at: 0)
            try file.sync()
            try rename(temporary, to: path)
        } catch {
            // The error that matters is the first one.
            try? unlink(temporary)
            throw error
        }
        try syncDirectory(parentDirectory(path))
    }

    /// The whole contents of `path`, which must not be longer than `limit` bytes; nil if they are.
    public func contents(of path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let file = try open(path, .read)
        var buffer = ByteBuffer()
        let count = try file.read(upTo: min(limit, try file.size()) + 1, at: 0, into: &buffer)
        return count > limit ? nil : buffer.view.array
    }
}
