#if canImport(Glibc)
    public import Glibc
#else
    public import Musl
#endif

/// A borrowed run of bytes: a pointer and a length, trivially copyable.
///
/// A view owns nothing. Whoever hands one out says how long it lives; the usual contract in Redwing is
/// "until the command ends" (arguments) or "until the next change of the keyspace" (stored values).
/// Subscripts are checked in every build; only the `pointer` itself is unchecked.
@frozen
public struct ByteView {
    /// The first byte; never null, also of an empty view.
    public let pointer: UnsafePointer<UInt8>
    /// How many bytes the view covers.
    public let count: Int

    /// The `count` bytes from `pointer` on, which stay valid and unchanged while the view is used.
    @inlinable
    public init(_ pointer: UnsafePointer<UInt8>, count: Int) {
        self.pointer = pointer
        self.count = count
    }

    /// The view of a C buffer; an absent base address (which Swift pairs only with no bytes) is empty.
    @inlinable
    public init(_ buffer: UnsafeBufferPointer<UInt8>) {
        if let base = buffer.baseAddress {
            self.init(base, count: buffer.count)
        } else {
            self = .empty
        }
    }

    /// The UTF-8 of a literal, which lives for ever.
    @inlinable
    public init(_ text: StaticString) {
        self.init(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// No bytes.
    @inlinable
    public static var empty: ByteView { ByteView("" as StaticString) }

    /// Whether the view covers no bytes.
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The bytes as the standard library's buffer, for its algorithms.
    @inlinable
    public var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: pointer, count: count) }

    /// A copy of the bytes on the heap.
    public var array: [UInt8] { Array(buffer) }

    /// The bytes read as UTF-8, for messages; invalid sequences become U+FFFD.
    public var string: String { String(decoding: buffer, as: UTF8.self) }

    /// The byte at `index`; traps out of bounds.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "ByteView index out of range")
        return pointer[index]
    }

    /// The part in `range`; traps out of bounds.
    @inlinable
    public subscript(range: Range<Int>) -> ByteView {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "ByteView range out of bounds")
        return ByteView(pointer + range.lowerBound, count: range.count)
    }

    /// All but the first `n` bytes; empty where there are fewer.
    @inlinable
    public func dropFirst(_ n: Int) -> ByteView { self[min(n, count)..<count] }

    /// Whether the first bytes are `prefix`.
    @inlinable
    public func starts(with prefix: ByteView) -> Bool {
        count >= prefix.count && memcmp(pointer, prefix.pointer, prefix.count) == 0
    }

    /// The index of the first `byte` at or after `start`, or nil.
    @inlinable
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start < count, let hit = memchr(pointer + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(hit) - UnsafeRawPointer(pointer)
    }

    /// Equality of ASCII text without regard to case; `upper` must be upper case already.
    @inlinable
    public func equalsIgnoringCase(_ upper: StaticString) -> Bool {
        guard count == upper.utf8CodeUnitCount else { return false }
        let other = upper.utf8Start
        guard count >= 4 else {
            for i in 0..<count where asciiUppercased(pointer[i]) != other[i] { return false }
            return true
        }
        if count < 8 { return asciiUppercased(ends(pointer, count)) == ends(other, count) }
        var i = 0
        while true {
            if asciiUppercased(word(pointer, i)) != word(other, i) { return false }
            if i &+ 8 == count { return true }
            // The last eight bytes may be some of those before, too.
            i = min(i &+ 8, count &- 8)
        }
    }
}

/// `byte`, or its upper-case form where it is a lower-case ASCII letter.
@inlinable
public func asciiUppercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x61 < 26 ? byte & 0xDF : byte
}

/// The eight bytes from `offset` on, in any order that is always the same.
@inlinable @inline(__always)
func word(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
    UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}

/// The first four and the last four of 4 to 8 bytes, which together are all of them.
@inlinable @inline(__always)
func ends(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let first = UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self)
    let last = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
    return UInt64(first) | UInt64(last) << 32
}

/// As of a byte, of eight at once.
@inlinable
func asciiUppercased(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Each byte's low seven bits plus what lifts `a`, or what follows `z`, to 0x80: nothing carries over.
    let low = word & (ones &* 0x7F)
    let fromA = low &+ ones &* (0x80 - 0x61)
    let pastZ = low &+ ones &* (0x80 - 0x7B)
    let letters = (fromA & ~pastZ & ~word) & (ones &* 0x80)
    return word ^ letters >> 2
}

extension ByteView: Equatable, Comparable, Hashable {
    /// Bytewise equality.
    @inlinable
    public static func == (a: ByteView, b: ByteView) -> Bool {
        a.count == b.count && memcmp(a.pointer, b.pointer, a.count) == 0
    }

    /// Redis's order of members: bytewise, a prefix before what it begins.
    @inlinable
    public static func < (a: ByteView, b: ByteView) -> Bool { a.compare(b) < 0 }

    /// Negative, zero or positive, as `memcmp` with the shorter first.
    @inlinable
    public func compare(_ other: ByteView) -> Int {
        let head = memcmp(pointer, other.pointer, min(count, other.count))
        return head != 0 ? Int(head) : count - other.count
    }

    /// Feeds the bytes to `hasher`.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(buffer)) }
}

extension Array where Element == UInt8 {
    /// Calls `body` with a view of the array, valid during the call.
    @inlinable
    public func withByteView<R, E: Error>(_ body: (ByteView) throws(E) -> R) throws(E) -> R {
        try withUnsafeBufferPointer { (buffer) throws(E) -> R in try body(ByteView(buffer)) }
    }
}
