#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Memory by the 2 MiB, aligned to its size, for which the kernel is asked for a huge page: what is read at
/// random is found with few entries of the processor's page cache, where 4 KiB pages wait for the page table.
enum HugeChunk {
    static let size = 2 << 20

    /// A chunk of zeros. It takes memory as it is touched, with a huge page all at once.
    static func map() -> UnsafeMutableRawPointer {
        // Twice as much is mapped, so that an aligned chunk lies in it; the rest goes back at once.
        guard
            let mapped = mmap(nil, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { fatalError("out of memory: \(size) bytes for the keyspace") }
        let before = (size - Int(bitPattern: mapped) & (size - 1)) & (size - 1)
        let chunk = mapped + before
        if before > 0 { munmap(mapped, before) }
        munmap(chunk + size, size - before)
        // Advice: without huge pages everything works the same, only slower.
        madvise(chunk, size, MADV_HUGEPAGE)
        return chunk
    }

    /// Gives a chunk back to the system.
    static func unmap(_ chunk: UnsafeMutableRawPointer) { munmap(chunk, size) }

    /// The chunk that an address lies in.
    static func containing(_ address: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: address) & ~UInt(size - 1)).unsafelyUnwrapped
    }
}
