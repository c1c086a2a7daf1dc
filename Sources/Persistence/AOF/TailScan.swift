internal import Bytes

/// Looks through the part of an increment that could not be read, to tell a tail that never reached the disk from
/// damage in the middle.
struct TailScan<File: OpenFile> {
    private let file: File
    private let start: Int
    private let end: Int
    private static var chunk: Int { 1 << 20 }

    init(_ file: File, from start: Int, to end: Int) {
        self.file = file
        self.start = start
        self.end = end
    }

    /// Whether there are bytes from `place` on, and all are zero. O(n) in time, O(1) in memory.
    func isZero(from place: Int) throws(FileError) -> Bool {
        var offset = place
        var buffer = ByteBuffer()
        while offset < end {
            buffer.truncate(to: 0)
            let read = try file.read(upTo: min(TailScan.chunk, end - offset), at: offset, into: &buffer)
            if read == 0 { break }
            for byte in buffer.view.buffer where byte != 0 { return false }
            offset += read
        }
        return offset > place
    }

    /// What lies in the tail that matches its annotation.
    enum Batches {
        /// Nothing.
        case none
        /// Batches that were written before any of the tail was known to be on disk.
        case unsynced
        /// A batch that was written when a part of the tail was on disk.
        case synced
    }

    /// Whether batches of number `next` or higher lie in the tail that match their annotations.
    ///
    /// O(n) where nothing looks like an annotation. Values may be full of such lines, which can't match without
    /// the salt: what is compared in all is bounded.
    func wholeBatches(from next: UInt64, salt: UInt32) throws(FileError) -> Batches {
        var found = Batches.none
        var budget = (end - start) + IncrementLimits.compared
        var offset = start
        var buffer = ByteBuffer()
        let marker = ByteView(Annotation.marker)
        while offset < end {
            buffer.truncate(to: 0)
            let read = try file.read(upTo: min(TailScan.chunk, end - offset), at: offset, into: &buffer)
            let bytes = buffer.view
            var at = 0
            while let hash = bytes.firstIndex(of: marker[0], from: at) {
                // A line that may go on beyond the chunk is looked at with the next one.
                if bytes.count - hash < Annotation.longest && offset + read < end && hash > 0 {
                    at = hash
                    break
                }
                at = hash + 1
                let rest = bytes[hash..<min(bytes.count, hash + Annotation.longest)]
                guard rest.starts(with: marker), let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                    continue
                }
                let line = rest[0..<lineEnd + 1]
                guard let annotation = Annotation(line: line), annotation.sequence >= next else { continue }
                let place = offset + hash
                guard annotation.length <= place - start, annotation.length <= budget else { continue }
                budget -= annotation.length
                if try matches(annotation, line, endingAt: place, salt) {
                    if annotation.synced > start { return .synced }
                    found = .unsynced
                }
            }
            if read == 0 { return found }
            let unread = bytes.firstIndex(of: marker[0], from: at) == at ? read - at : 0
            offset += offset + read < end ? max(read - unread, 1) : read
        }
        return found
    }

    private func matches(
        _ annotation: Annotation, _ line: ByteView, endingAt place: Int, _ salt: UInt32
    ) throws(FileError) -> Bool {
        var crc = CRC32C(salt)
        var buffer = ByteBuffer()
        var offset = place - annotation.length
        while offset < place {
            buffer.truncate(to: 0)
            let read = try file.read(upTo: min(TailScan.chunk, place - offset), at: offset, into: &buffer)
            if read == 0 { return false }
            crc.update(buffer.view)
            offset += read
        }
        crc.update(line[0..<line.count - 10])
        return crc.value == annotation.checksum
    }
}
