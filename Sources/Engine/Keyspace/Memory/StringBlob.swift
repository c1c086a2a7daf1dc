internal import Bytes
internal import CMalloc
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A long string's bytes: reference-counted, so that COPY, and later a snapshot, take it without copying.
///
/// Layout: 8 bytes reference count, 8 bytes length, 8 bytes capacity, then the bytes. Invariant: the bytes
/// change only while the count is 1, under the owner's shard lock; the count itself is atomic, because
/// owners may stand in different shards.
struct StringBlob {
    private let raw: UnsafeMutableRawPointer
    private static let header = 24

    private init(raw: UnsafeMutableRawPointer) { self.raw = raw }

    private var references: UnsafeMutablePointer<Atomic<Int>> {
        raw.assumingMemoryBound(to: Atomic<Int>.self)
    }
    private var count: Int {
        get { raw.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 8, as: Int.self) }
    }
    private var capacity: Int {
        get { raw.load(fromByteOffset: 16, as: Int.self) }
        nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
    }

    private static func allocate(capacity: Int) -> StringBlob {
        guard let raw = malloc(header + capacity) else {
            fatalError("out of memory: \(capacity) bytes for a value")
        }
        let blob = StringBlob(raw: raw)
        blob.references.initialize(to: Atomic(1))
        blob.capacity = capacity
        return blob
    }

    init(copying bytes: ByteView) {
        self = StringBlob.allocate(capacity: bytes.count)
        memcpy(raw + StringBlob.header, bytes.pointer, bytes.count)
        count = bytes.count
    }

    var bytes: ByteView {
        ByteView((raw + StringBlob.header).assumingMemoryBound(to: UInt8.self), count: count)
    }

    var memory: Int { malloc_usable_size(raw) + 8 }

    /// One more owner.
    func share() -> StringBlob {
        references.pointee.wrappingAdd(1, ordering: .relaxed)
        return self
    }

    /// One owner less; the last one frees.
    func release() {
        guard references.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
            return
        }
        free(raw)
    }

    /// A blob of `newCount` bytes that only the caller owns: the old bytes, then zeros. Takes over the
    /// caller's reference to `self`. Growth is by half, so that appending is amortised O(1).
    func resized(to newCount: Int) -> StringBlob {
        var blob = self
        let old = count
        if references.pointee.load(ordering: .acquiring) != 1 {
            blob = StringBlob.allocate(capacity: newCount)
            memcpy(blob.raw + StringBlob.header, raw + StringBlob.header, min(old, newCount))
            release()
        } else if newCount > capacity {
            let room = max(newCount, old + old / 2)
            guard let moved = realloc(raw, StringBlob.header + room) else {
                fatalError("out of memory: \(room) bytes for a value")
            }
            blob = StringBlob(raw: moved)
            blob.capacity = room
        }
        if newCount > old { memset(blob.raw + StringBlob.header + old, 0, newCount - old) }
        blob.count = newCount
        return blob
    }
}
