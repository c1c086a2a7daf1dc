internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A sorted array of distinct integers of 16, 32 or 64 bits each, as wide as the widest needs: Redis's
/// intset.
///
/// A block: `[references: UInt32][width in bytes: UInt32][count: UInt32][capacity: UInt32][integers]`.
/// Invariants: the integers ascend; `count <= capacity`; the width never shrinks. Like a tree it is one
/// pointer whose holder owns a reference; a shared block is copied before a change.
struct IntegerSet {
    private(set) var raw: UnsafeMutableRawPointer?

    private static let header = 16
    /// As many as Redis allows.
    static let maximumCount = 1 << 30

    @inline(__always)
    init(raw: UnsafeMutableRawPointer? = nil) { self.raw = raw }

    var count: Int {
        guard let raw else { return 0 }
        return Int(raw.load(fromByteOffset: 8, as: UInt32.self))
    }

    /// Bytes an integer takes: 2, 4 or 8.
    var width: Int {
        guard let raw else { return 2 }
        return Int(raw.load(fromByteOffset: 4, as: UInt32.self))
    }

    private var capacity: Int {
        guard let raw else { return 0 }
        return Int(raw.load(fromByteOffset: 12, as: UInt32.self))
    }

    /// The integer at `index`, in ascending order. O(1).
    subscript(index: Int) -> Int64 {
        precondition(index >= 0 && index < count, "index out of range")
        return Self.load(raw.unsafelyUnwrapped, width, index)
    }

    func contains(_ value: Int64) -> Bool {
        let i = lowerBound(value)
        return i < count && self[i] == value
    }

    private func lowerBound(_ value: Int64) -> Int {
        guard let raw else { return 0 }
        let width = width
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) >> 1
            if Self.load(raw, width, middle) < value { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Adds an integer; false where it is present. O(n).
    mutating func insert(_ value: Int64) -> Bool {
        let i = lowerBound(value)
        let count = count
        if i < count, self[i] == value { return false }
        precondition(count <= Self.maximumCount, "the integer set is full")
        let needed = max(width, Self.width(of: value))
        if raw == nil || needed > width || count == capacity || !Block.isUnique(raw.unsafelyUnwrapped) {
            rebuild(width: needed, capacity: count + 1 + count / 8)
        }
        let raw = raw.unsafelyUnwrapped
        let place = raw + (Self.header + i * needed)
        memmove(place + needed, place, (count - i) * needed)
        Self.store(raw, needed, i, value)
        setCount(count + 1)
        return true
    }

    /// Removes an integer; false where it is missing. O(n).
    mutating func remove(_ value: Int64) -> Bool {
        let i = lowerBound(value)
        let count = count
        guard i < count, self[i] == value else { return false }
        if count == 1 {
            release()
            return true
        }
        if !Block.isUnique(raw.unsafelyUnwrapped) || count < capacity / 2 {
            rebuild(width: width, capacity: count)
        }
        let place = raw.unsafelyUnwrapped + (Self.header + i * width)
        memmove(place, place + width, (count - 1 - i) * width)
        setCount(count - 1)
        return true
    }

    /// What the set takes of the heap.
    var memory: Int {
        guard let raw else { return 0 }
        return Block.memory(raw)
    }

    func share() -> IntegerSet {
        if let raw { Block.retain(raw) }
        return self
    }

    mutating func release() {
        if let raw, Block.drop(raw) { Block.free(raw) }
        raw = nil
    }

    // MARK: The parts

    private func setCount(_ count: Int) {
        raw.unsafelyUnwrapped.storeBytes(of: UInt32(count), toByteOffset: 8, as: UInt32.self)
    }

    /// Moves everything to a block of its own.
    private mutating func rebuild(width: Int, capacity: Int) {
        let size = Block.goodSize(Self.header + capacity * width)
        let other = Block.allocate(size)
        let room = (size - Self.header) / width
        let count = count
        other.storeBytes(of: UInt32(width), toByteOffset: 4, as: UInt32.self)
        other.storeBytes(of: UInt32(count), toByteOffset: 8, as: UInt32.self)
        other.storeBytes(of: UInt32(room), toByteOffset: 12, as: UInt32.self)
        if let raw {
            if width == self.width {
                memcpy(other + Self.header, raw + Self.header, count * width)
            } else {
                for i in 0..<count { Self.store(other, width, i, Self.load(raw, self.width, i)) }
            }
        }
        release()
        raw = other
    }

    private static func width(of value: Int64) -> Int {
        Int16(exactly: value) != nil ? 2 : Int32(exactly: value) != nil ? 4 : 8
    }

    @inline(__always)
    private static func load(_ raw: UnsafeMutableRawPointer, _ width: Int, _ i: Int) -> Int64 {
        let offset = header &+ i &* width
        switch width {
        case 2: return Int64(raw.load(fromByteOffset: offset, as: Int16.self))
        case 4: return Int64(raw.load(fromByteOffset: offset, as: Int32.self))
        default: return raw.load(fromByteOffset: offset, as: Int64.self)
        }
    }

    private static func store(_ raw: UnsafeMutableRawPointer, _ width: Int, _ i: Int, _ value: Int64) {
        let offset = header + i * width
        switch width {
        case 2: raw.storeBytes(of: Int16(value), toByteOffset: offset, as: Int16.self)
        case 4: raw.storeBytes(of: Int32(value), toByteOffset: offset, as: Int32.self)
        default: raw.storeBytes(of: value, toByteOffset: offset, as: Int64.self)
        }
    }
}

/// Lets `body` see `value` in decimal; the view is valid during the call.
@inline(__always)
func withDecimal<R>(_ value: Int64, _ body: (ByteView) -> R) -> R {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = value.magnitude
    repeat {
        start &-= 1
        digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    } while rest > 0
    if value < 0 {
        start &-= 1
        digits[start] = UInt8(ascii: "-")
    }
    return withUnsafeBytes(of: &digits) { buffer in
        let bytes = buffer.assumingMemoryBound(to: UInt8.self)
        return body(ByteView(UnsafeBufferPointer(rebasing: bytes[start...])))
    }
}
