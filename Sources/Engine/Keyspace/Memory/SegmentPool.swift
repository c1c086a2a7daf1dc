internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Memory for segments, in chunks of 2 MiB for which the kernel is asked for a huge page: a look-up reads one
/// slot at random, and with 4 KiB pages waits for the page table first.
///
/// Layout of a chunk: 64 bytes of header (blocks in use, the first free block, the next chunk with room), then
/// blocks of `Segment.size`. A free block's first word is the address of the next free one. Invariant: a chunk
/// is in the list exactly while it has a free block; all under the one lock, which only splitting and freeing
/// segments take.
enum SegmentPool {
    private static let chunkSize = 2 << 20
    private static let headerSize = 64
    private static let blockCount = (chunkSize - headerSize) / Segment.size

    private struct Header {
        var used: Int
        var free: UnsafeMutableRawPointer?
        var next: UnsafeMutablePointer<Header>?
    }

    /// The chunks with room; raw pointers, reached only under the lock.
    private struct Chunks: @unchecked Sendable {
        var first: UnsafeMutablePointer<Header>?
    }

    private static let chunks = Mutex(Chunks())

    /// Uninitialised memory for a segment, aligned to a cache line.
    static func allocate() -> UnsafeMutableRawPointer {
        chunks.withLock { chunks in
            let chunk = chunks.first ?? makeChunk()
            guard let block = chunk.pointee.free else { preconditionFailure("a full chunk in the list") }
            chunk.pointee.free = block.load(as: UnsafeMutableRawPointer?.self)
            chunk.pointee.used += 1
            chunks.first = chunk.pointee.free == nil ? chunk.pointee.next : chunk
            return block
        }
    }

    /// Takes a segment's memory back; a chunk that nobody uses any more goes back to the system.
    static func free(_ block: UnsafeMutableRawPointer) {
        chunks.withLock { chunks in
            let address = UInt(bitPattern: block) & ~UInt(chunkSize - 1)
            let chunk = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
                .assumingMemoryBound(to: Header.self)
            let wasFull = chunk.pointee.free == nil
            block.storeBytes(of: chunk.pointee.free, as: UnsafeMutableRawPointer?.self)
            chunk.pointee.free = block
            chunk.pointee.used -= 1
            if wasFull {
                chunk.pointee.next = chunks.first
                chunks.first = chunk
            }
            if chunk.pointee.used == 0 { release(chunk, &chunks) }
        }
    }

    /// A chunk whose blocks are all free and in order, in no list yet.
    private static func makeChunk() -> UnsafeMutablePointer<Header> {
        // Twice as much is mapped, so that an aligned chunk lies in it; the rest goes back at once.
        guard
            let mapped = mmap(
                nil, 2 * chunkSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { fatalError("out of memory: \(chunkSize) bytes for the table") }
        let before = (chunkSize - Int(bitPattern: mapped) & (chunkSize - 1)) & (chunkSize - 1)
        let raw = mapped + before
        if before > 0 { munmap(mapped, before) }
        munmap(raw + chunkSize, chunkSize - before)
        // Advice: without huge pages everything works the same, only slower.
        madvise(raw, chunkSize, MADV_HUGEPAGE)
        var next: UnsafeMutableRawPointer?
        for index in stride(from: blockCount - 1, through: 0, by: -1) {
            let block = raw + headerSize + index * Segment.size
            block.storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
            next = block
        }
        let header = raw.bindMemory(to: Header.self, capacity: 1)
        header.initialize(to: Header(used: 0, free: next, next: nil))
        return header
    }

    private static func release(_ chunk: UnsafeMutablePointer<Header>, _ chunks: inout Chunks) {
        var link = chunks.first
        if link == chunk {
            chunks.first = chunk.pointee.next
        } else {
            while let current = link, current.pointee.next != chunk { link = current.pointee.next }
            link?.pointee.next = chunk.pointee.next
        }
        munmap(chunk, chunkSize)
    }
}
