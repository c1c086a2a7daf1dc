internal import Synchronization

/// Blocks of one size, cut from huge chunks. Safe for any thread.
///
/// Layout of a chunk: a header, then from `first` on the blocks. A free block's first word is the address of
/// the next free one; blocks from `fresh` on have never been used. Invariant: a chunk is in the list exactly
/// while it has a free block; all under the one lock.
final class BlockPool: Sendable {
    private struct Chunk {
        var used = 0
        var free: UnsafeMutableRawPointer?
        var fresh: Int
        var previous: UnsafeMutablePointer<Chunk>?
        var next: UnsafeMutablePointer<Chunk>?
    }

    /// The chunks with room; raw pointers, reached only under the lock.
    private struct List: @unchecked Sendable {
        var first: UnsafeMutablePointer<Chunk>?

        mutating func link(_ chunk: UnsafeMutablePointer<Chunk>) {
            chunk.pointee.previous = nil
            chunk.pointee.next = first
            first?.pointee.previous = chunk
            first = chunk
        }

        mutating func unlink(_ chunk: UnsafeMutablePointer<Chunk>) {
            chunk.pointee.next?.pointee.previous = chunk.pointee.previous
            if let previous = chunk.pointee.previous {
                previous.pointee.next = chunk.pointee.next
            } else {
                first = chunk.pointee.next
            }
        }
    }

    private let list = Mutex(List())
    private let blockSize: Int
    private let first: Int
    private let blockCount: Int

    /// Blocks of `blockSize` bytes, aligned to `alignment`, a power of two not under 64.
    init(blockSize: Int, alignment: Int) {
        precondition(blockSize % alignment == 0 && alignment >= 64)
        self.blockSize = blockSize
        first = alignment
        blockCount = (HugeChunk.size - alignment) / blockSize
    }

    /// An uninitialised block.
    func allocate() -> UnsafeMutableRawPointer {
        list.withLock { list in
            let chunk = list.first ?? makeChunk(&list)
            let block: UnsafeMutableRawPointer
            if let free = chunk.pointee.free {
                block = free
                chunk.pointee.free = free.load(as: UnsafeMutableRawPointer?.self)
            } else {
                block = UnsafeMutableRawPointer(chunk) + first + chunk.pointee.fresh * blockSize
                chunk.pointee.fresh += 1
            }
            chunk.pointee.used += 1
            if chunk.pointee.used == blockCount { list.unlink(chunk) }
            return block
        }
    }

    /// Takes a block back. A chunk that nobody uses any more goes back to the system, unless it is the only
    /// one with room: the next block would map it again.
    func free(_ block: UnsafeMutableRawPointer) {
        list.withLock { list in
            let chunk = HugeChunk.containing(block).assumingMemoryBound(to: Chunk.self)
            if chunk.pointee.used == blockCount { list.link(chunk) }
            block.storeBytes(of: chunk.pointee.free, as: UnsafeMutableRawPointer?.self)
            chunk.pointee.free = block
            chunk.pointee.used -= 1
            let isOnly = list.first == chunk && chunk.pointee.next == nil
            if chunk.pointee.used == 0, !isOnly {
                list.unlink(chunk)
                HugeChunk.unmap(chunk)
            }
        }
    }

    private func makeChunk(_ list: inout List) -> UnsafeMutablePointer<Chunk> {
        let chunk = HugeChunk.map().bindMemory(to: Chunk.self, capacity: 1)
        chunk.initialize(to: Chunk(fresh: 0))
        list.link(chunk)
        return chunk
    }
}
