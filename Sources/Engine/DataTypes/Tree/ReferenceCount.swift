internal import CMalloc
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Heap blocks with an intrusive reference count.
///
/// Invariants: every block (tree node, long string, integer set) begins with an `Atomic<UInt32>`; whoever
/// points to a block owns one count; a block with a count above 1 is immutable, so that it can be read on
/// another thread while its other owners go on. The owner of the only count may change the block.
enum Block {
    #if DEBUG
        /// How many blocks there are, for the tests that look for leaks.
        static let live = Atomic<Int>(0)
    #endif

    /// A block of `size` bytes with count 1; the rest is not initialised.
    static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        guard let raw = malloc(size) else { fatalError("out of memory: \(size) bytes for a collection") }
        counter(raw).initialize(to: Atomic(1))
        #if DEBUG
            live.add(1, ordering: .relaxed)
        #endif
        return raw
    }

    /// The block with another size; the caller owns the only count.
    static func resize(_ raw: UnsafeMutableRawPointer, _ size: Int) -> UnsafeMutableRawPointer {
        guard let moved = realloc(raw, size) else {
            fatalError("out of memory: \(size) bytes for a collection")
        }
        return moved
    }

    /// A copy of the block's first `count` bytes, with count 1, in a block of `size` bytes.
    static func copy(_ raw: UnsafeMutableRawPointer, count: Int, size: Int) -> UnsafeMutableRawPointer {
        let other = allocate(size)
        memcpy(other + 4, raw + 4, count - 4)
        return other
    }

    /// Frees a block whose last count is gone.
    static func free(_ raw: UnsafeMutableRawPointer) {
        #if DEBUG
            live.subtract(1, ordering: .relaxed)
        #endif
        #if canImport(Glibc)
            Glibc.free(raw)
        #else
            Musl.free(raw)
        #endif
    }

    /// One more owner.
    @inline(__always)
    static func retain(_ raw: UnsafeMutableRawPointer) {
        counter(raw).pointee.add(1, ordering: .relaxed)
    }

    /// Whether the caller's count is the only one, so that the block may be changed.
    @inline(__always)
    static func isUnique(_ raw: UnsafeMutableRawPointer) -> Bool {
        counter(raw).pointee.load(ordering: .acquiring) == 1
    }

    /// Gives a count back; true where it was the last, and the caller must free the block.
    @inline(__always)
    static func drop(_ raw: UnsafeMutableRawPointer) -> Bool {
        isUnique(raw) || counter(raw).pointee.subtract(1, ordering: .acquiringAndReleasing).oldValue == 1
    }

    /// How many owners a block has.
    static func references(_ raw: UnsafeMutableRawPointer) -> Int {
        Int(counter(raw).pointee.load(ordering: .relaxed))
    }

    /// What a block takes of the heap, with malloc's own word.
    static func memory(_ raw: UnsafeMutableRawPointer) -> Int { malloc_usable_size(raw) + 8 }

    /// The least size of at least `size` bytes that malloc does not round up: 8 more than a multiple of 16.
    @inline(__always)
    static func goodSize(_ size: Int) -> Int { (max(size, 24) &+ 7) & ~15 | 8 }

    @inline(__always)
    private static func counter(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Atomic<UInt32>> {
        raw.assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}
