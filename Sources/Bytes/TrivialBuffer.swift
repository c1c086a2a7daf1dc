/// A growable run of trivial values with one owner, for the hot path: appending, reading and emptying cost
/// no reference counting and no uniqueness check, which an array's do.
///
/// Invariant: `capacity` elements are allocated at `base`, the first `count` of them are initialised.
@frozen
public struct TrivialBuffer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>?
    @usableFromInline var capacity = 0
    /// How many elements there are.
    @inlinable
    public var count: Int { filled }
    @usableFromInline var filled = 0

    /// An empty buffer, which has allocated nothing.
    public init() { base = nil }

    deinit { base?.deallocate() }

    /// Whether there is none.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// Adds an element at the end. Amortised O(1).
    @inlinable
    public mutating func append(_ element: Element) {
        if count == capacity { grow() }
        (base.unsafelyUnwrapped + count).initialize(to: element)
        filled &+= 1
    }

    /// The element at `index`.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            return base.unsafelyUnwrapped[index]
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            base.unsafelyUnwrapped[index] = newValue
        }
    }

    /// The elements; valid until the next change.
    @inlinable
    public var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

    /// Drops the elements after the first `newCount`. O(1).
    @inlinable
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "truncate does not lengthen")
        filled = newCount
    }

    /// Empties it for reuse; memory for more than `keeping` elements is given back.
    @inlinable
    public mutating func removeAll(keeping: Int = 256) {
        filled = 0
        if capacity > keeping { giveBack() }
    }

    @usableFromInline @inline(never)
    mutating func grow() {
        let larger = max(8, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        if let base {
            moved.moveInitialize(from: base, count: count)
            base.deallocate()
        }
        base = moved
        capacity = larger
    }

    @usableFromInline @inline(never)
    mutating func giveBack() {
        base?.deallocate()
        base = nil
        capacity = 0
    }
}
