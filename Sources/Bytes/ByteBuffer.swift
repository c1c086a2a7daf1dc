#if canImport(Glibc)
    public import Glibc
#else
    public import Musl
#endif

/// A growable run of bytes with one owner. Appending is amortised O(1); nothing is zeroed that need not be.
///
/// Invariant: `room` bytes are allocated at `base`, the first `length` of them are initialised.
@frozen
public struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>?
    @usableFromInline var length: Int
    @usableFromInline var room: Int

    /// How many bytes the buffer holds.
    @inlinable
    public var count: Int { length }

    /// How many bytes fit before the storage has to move.
    @inlinable
    public var capacity: Int { room }

    /// An empty buffer; allocates nothing.
    @inlinable
    public init() {
        base = nil
        length = 0
        room = 0
    }

    /// An empty buffer with room for `capacity` bytes.
    public init(capacity: Int) {
        self.init()
        reserve(capacity)
    }

    deinit { free(base) }

    /// Whether the buffer holds no bytes.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The contents; valid until the next change of the buffer.
    @inlinable
    public var view: ByteView {
        guard let base else { return .empty }
        return ByteView(UnsafePointer(base), count: count)
    }

    /// Room for `additional` more bytes. O(count) when it has to move, with doubling.
    @inlinable
    public mutating func reserve(_ additional: Int) {
        if capacity &- count < additional { grow(additional) }
    }

    @usableFromInline @inline(never)
    mutating func grow(_ additional: Int) {
        let (needed, overflow) = count.addingReportingOverflow(additional)
        precondition(!overflow && additional >= 0, "ByteBuffer size overflows")
        let size = max(needed, min(capacity * 2, capacity + (64 << 20)), 64)
        guard let moved = realloc(base, size) else { fatalError("out of memory: \(size) bytes for a buffer") }
        base = moved.assumingMemoryBound(to: UInt8.self)
        room = size
    }

    /// Appends one byte. Amortised O(1).
    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        base.unsafelyUnwrapped[count] = byte
        length &+= 1
    }

    /// Appends a copy of `bytes`, which must not lie in this buffer. O(bytes.count).
    @inlinable
    public mutating func append(_ bytes: ByteView) {
        reserve(bytes.count)
        if bytes.count > 0 { memcpy(base.unsafelyUnwrapped + count, bytes.pointer, bytes.count) }
        length &+= bytes.count
    }

    /// Appends a literal.
    @inlinable
    public mutating func append(_ text: StaticString) { append(ByteView(text)) }

    /// Appends a copy of `bytes`. O(bytes.count).
    public mutating func append(_ bytes: [UInt8]) { bytes.withByteView { append($0) } }

    /// Appends the UTF-8 of `text`. O(count). Literals are `StaticString`s.
    @_disfavoredOverload
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(ByteView($0)) }
    }

    /// Lets `body` write up to `capacity` further bytes in place; it returns how many it wrote.
    @inlinable
    public mutating func append(upTo capacity: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        reserve(capacity)
        let free = UnsafeMutableBufferPointer(start: base.map { $0 + count }, count: capacity)
        let written = body(free)
        precondition(written >= 0 && written <= capacity, "wrote past the reserved room")
        length &+= written
    }

    /// Calls `body` with the initialised bytes, to change them in place.
    @inlinable
    public mutating func withMutableBytes<R>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> R) -> R {
        body(UnsafeMutableBufferPointer(start: base, count: count))
    }

    /// Cuts the contents back to `newCount` bytes.
    @inlinable
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "truncate does not lengthen")
        length = newCount
    }

    /// Empties the buffer for reuse. Memory past `keeping` bytes is given back, so that one large use
    /// does not pin its size for ever.
    @inlinable
    public mutating func clear(keeping: Int = 64 << 10) {
        length = 0
        if capacity > keeping { releaseStorage() }
    }

    /// Hands the storage (from `malloc`) to the caller, who must `free` it; the buffer is empty after.
    public mutating func detach() -> (base: UnsafeMutablePointer<UInt8>?, count: Int) {
        let result = (base, count)
        base = nil
        length = 0
        room = 0
        return result
    }

    @usableFromInline @inline(never)
    mutating func releaseStorage() {
        free(base)
        base = nil
        room = 0
    }
}
