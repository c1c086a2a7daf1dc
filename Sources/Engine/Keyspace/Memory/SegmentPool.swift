/// Memory for segments, in huge chunks: a look-up reads one slot at random. Only splitting and freeing
/// segments take its lock.
enum SegmentPool {
    private static let blocks = BlockPool(blockSize: Segment.size, alignment: 64)

    /// Uninitialised memory for a segment, aligned to a cache line.
    static func allocate() -> UnsafeMutableRawPointer { blocks.allocate() }

    /// Takes a segment's memory back.
    static func free(_ block: UnsafeMutableRawPointer) { blocks.free(block) }
}
