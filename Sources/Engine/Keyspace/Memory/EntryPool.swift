internal import CMalloc
internal import Synchronization

/// Memory for small entries: slabs of objects of one size, in huge chunks. Beside `malloc` it spares the
/// 16 bytes of bookkeeping that make an entry of 64 bytes straddle two cache lines, and most page-table
/// walks. (Bonwick, "The slab allocator", 1994.)
///
/// Safe for any thread: an entry may be freed in the background. So that threads seldom wait for each other
/// there are several arenas, each with its lock; which one serves a call is told by the processor it runs on.
///
/// A slab is a block of 16 KiB aligned to its size: a header of 64 bytes, then the objects. Invariants: a slab
/// belongs to one arena and size from its making until it is given back, which happens when its last object
/// is freed; it is in its arena's list exactly while it has room; all but `arena` and `index`, which never
/// change, under the arena's lock.
///
/// Order of the locks: a shard's, an arena's, that of `blocks`' list. A slab is made and given back, by `blocks`,
/// under its arena's lock; `BlockPool` takes no other lock, so nobody waits the other way round. No thread holds
/// two arenas.
enum EntryPool {
    /// Sizes are rounded up to a multiple of this.
    private static let granule = 16
    /// Larger entries are `malloc`'s: their walk through the page table is a small part of the cost.
    static let largest = 512
    private static let slabSize = 16 << 10
    private static let headerSize = 64
    private static let arenaCount = 16

    private struct Slab {
        let arena: Int
        /// The objects' size in granules.
        let index: Int
        var used = 0
        /// The first freed object, whose first word is the address of the next one.
        var free: UnsafeMutableRawPointer?
        /// Where the objects begin that have never been used.
        var fresh = headerSize
        var previous: UnsafeMutablePointer<Slab>?
        var next: UnsafeMutablePointer<Slab>?

        var size: Int { index * granule }
        var isFull: Bool { free == nil && fresh + size > slabSize }
    }

    /// The slabs with room by size; raw pointers, reached only under the lock.
    private struct Arena: @unchecked Sendable {
        let slabs: UnsafeMutablePointer<UnsafeMutablePointer<Slab>?>

        init() {
            slabs = .allocate(capacity: largest / granule + 1)
            slabs.initialize(repeating: nil, count: largest / granule + 1)
        }

        func link(_ slab: UnsafeMutablePointer<Slab>) {
            let first = slabs[slab.pointee.index]
            slab.pointee.previous = nil
            slab.pointee.next = first
            first?.pointee.previous = slab
            slabs[slab.pointee.index] = slab
        }

        func unlink(_ slab: UnsafeMutablePointer<Slab>) {
            slab.pointee.next?.pointee.previous = slab.pointee.previous
            if let previous = slab.pointee.previous {
                previous.pointee.next = slab.pointee.next
            } else {
                slabs[slab.pointee.index] = slab.pointee.next
            }
        }
    }

    /// Immortal; the pointer itself never changes.
    private nonisolated(unsafe) static let arenas: UnsafeMutablePointer<Mutex<Arena>> = {
        let arenas = UnsafeMutablePointer<Mutex<Arena>>.allocate(capacity: arenaCount)
        for index in 0..<arenaCount { (arenas + index).initialize(to: Mutex(Arena())) }
        return arenas
    }()

    private static let blocks = BlockPool(blockSize: slabSize, alignment: slabSize)

    /// How many bytes an entry of `size` bytes really gets.
    @inline(__always)
    static func capacity(_ size: Int) -> Int { (size + granule - 1) & ~(granule - 1) }

    /// Uninitialised memory for `size` bytes, `largest` at most; aligned to 16, if its capacity is 64 to 64.
    static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        precondition(size > 0 && size <= largest)
        let index = capacity(size) / granule
        let number = Int(cmalloc_processor()) & (arenaCount - 1)
        return arenas[number].withLock { arena in
            let slab = arena.slabs[index] ?? makeSlab(number, index, in: arena)
            let object: UnsafeMutableRawPointer
            if let free = slab.pointee.free {
                object = free
                slab.pointee.free = free.load(as: UnsafeMutableRawPointer?.self)
            } else {
                object = UnsafeMutableRawPointer(slab) + slab.pointee.fresh
                slab.pointee.fresh += slab.pointee.size
            }
            slab.pointee.used += 1
            if slab.pointee.isFull { arena.unlink(slab) }
            return object
        }
    }

    /// Takes back what `allocate` has returned.
    static func free(_ object: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: object) & ~UInt(slabSize - 1)
        let slab = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
            .assumingMemoryBound(to: Slab.self)
        arenas[slab.pointee.arena].withLock { arena in
            if slab.pointee.isFull { arena.link(slab) }
            object.storeBytes(of: slab.pointee.free, as: UnsafeMutableRawPointer?.self)
            slab.pointee.free = object
            slab.pointee.used -= 1
            if slab.pointee.used == 0 {
                arena.unlink(slab)
                blocks.free(UnsafeMutableRawPointer(slab))
            }
        }
    }

    private static func makeSlab(
        _ arena: Int, _ index: Int, in lists: borrowing Arena
    ) -> UnsafeMutablePointer<Slab> {
        let slab = blocks.allocate().bindMemory(to: Slab.self, capacity: 1)
        slab.initialize(to: Slab(arena: arena, index: index))
        lists.link(slab)
        return slab
    }
}
