#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// One word of a parsed document.
///
/// From the top: 4 bits of kind, 28 bits of length (of a text, in bytes; of a container, in elements or
/// members), 32 bits of offset (of a text in the source or the arena; of a container in the source). A
/// container's word is followed by one with the index just past its last word, then by its elements; an
/// object's elements are a string and a value by turns. An object that spells base64 has one more word
/// at its end: the decoded string.
@frozen @usableFromInline
struct JSONWord {
    @usableFromInline let bits: UInt64

    @frozen @usableFromInline
    enum Kind: UInt8 {
        case null, `false`, `true`, number, string, arenaString, array, object, base64Object
    }

    /// Lengths and, with them, offsets are bounded by the length of a document.
    @inlinable
    init(_ kind: Kind, length: Int = 0, offset: Int = 0) {
        bits = UInt64(kind.rawValue) << 60 | UInt64(length) << 32 | UInt64(offset)
    }

    @inlinable
    init(bits: UInt64) { self.bits = bits }

    @inlinable
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: bits >> 60)).unsafelyUnwrapped }

    @inlinable
    var length: Int { Int(truncatingIfNeeded: bits >> 32 & 0xFFF_FFFF) }

    @inlinable
    var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
}

/// The words of a document, in one growing allocation.
///
/// Invariant: `room` words are allocated at `base`, the first `count` of them are initialised.
@usableFromInline
struct JSONTape: ~Copyable {
    @usableFromInline private(set) var base: UnsafeMutablePointer<UInt64>
    private(set) var count = 0
    private var room: Int

    init(capacity: Int) {
        room = max(capacity, 16)
        base = Self.resize(nil, to: room)
    }

    deinit { free(base) }

    private static func resize(
        _ old: UnsafeMutablePointer<UInt64>?, to words: Int
    ) -> UnsafeMutablePointer<UInt64> {
        guard let moved = realloc(old, words * 8) else { fatalError("out of memory: a JSON document") }
        return moved.assumingMemoryBound(to: UInt64.self)
    }

    mutating func append(_ word: UInt64) {
        if count == room {
            room *= 2
            base = Self.resize(base, to: room)
        }
        base[count] = word
        count &+= 1
    }

    subscript(index: Int) -> UInt64 {
        get {
            precondition(index >= 0 && index < count, "JSON tape index out of range")
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count, "JSON tape index out of range")
            base[index] = newValue
        }
    }
}
