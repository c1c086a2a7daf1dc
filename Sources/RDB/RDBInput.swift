internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The buffered bytes of a source: lengths, strings and the checksum.
///
/// Invariant: `base` has `capacity` bytes, those below `end` are initialised; `position` is the next to be
/// read and `hashed` the first that the checksum lacks: `hashed <= position <= end <= capacity`. `base[0]`
/// is byte `start` of the file.
struct RDBInput<Source: RDBSource & ~Copyable>: ~Copyable {
    private var source: Source
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private let size: Int
    private var position = 0
    private var end = 0
    private var hashed = 0
    private var start = 0
    private var crc: UInt64 = 0
    /// A string that is longer than the buffer.
    private var large = ByteBuffer()
    /// A string that was compressed or an integer.
    private var decoded = ByteBuffer()

    init(_ source: consuming Source, capacity: Int = 256 << 10) {
        size = source.size
        self.capacity = max(16, min(capacity, size))
        base = .allocate(capacity: self.capacity)
        self.source = source
    }

    deinit { base.deallocate() }

    /// The offset in the file of the next byte.
    var offset: Int { start + position }
    /// How many bytes the file still has.
    var remaining: Int { size - offset }

    func error(_ problem: RDBError.Problem) -> RDBError { RDBError(problem, at: offset) }

    // MARK: Bytes

    /// The checksum of everything read so far.
    mutating func checksum() -> UInt64 {
        crc = crc64(ByteView(base + hashed, count: position - hashed), continuing: crc)
        hashed = position
        return crc
    }

    /// Makes the next `count` bytes, at most `capacity`, lie in the buffer.
    @inline(__always)
    private mutating func ensure(_ count: Int) throws(RDBError) {
        if end &- position < count { try fill(count) }
    }

    @inline(never)
    private mutating func fill(_ count: Int) throws(RDBError) {
        guard count <= remaining else { throw error(.truncated) }
        _ = checksum()
        start += position
        end -= position
        memmove(base, base + position, end)
        position = 0
        hashed = 0
        while end < count {
            let room = UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
            let got = try source.read(into: room)
            guard got > 0 else { throw error(.truncated) }
            end += got
        }
    }

    mutating func byte() throws(RDBError) -> UInt8 {
        try ensure(1)
        defer { position &+= 1 }
        return base[position]
    }

    /// The next `count` bytes, which the file has. Valid until the next read.
    mutating func bytes(_ count: Int) throws(RDBError) -> ByteView {
        if count > capacity { return try largeBytes(count) }
        try ensure(count)
        defer { position &+= count }
        return ByteView(base + position, count: count)
    }

    private mutating func largeBytes(_ count: Int) throws(RDBError) -> ByteView {
        guard count <= remaining else { throw error(.truncated) }
        large.clear(keeping: 1 << 20)
        large.append(ByteView(base + position, count: end - position))
        position = end
        _ = checksum()
        start += end
        (position, end, hashed) = (0, 0, 0)
        // The source is read in steps, so that the checksum is made of what the cache still holds.
        while large.count < count {
            let got = try readLarge(min(count - large.count, 1 << 20))
            guard got > 0 else { throw error(.truncated) }
            crc = crc64(large.view.dropFirst(large.count - got), continuing: crc)
            start += got
        }
        return large.view
    }

    private mutating func readLarge(_ count: Int) throws(RDBError) -> Int {
        var got = 0
        var failure: RDBError?
        var large = ByteBuffer()
        swap(&large, &self.large)
        large.append(upTo: count) { room in
            do throws(RDBError) {
                got = try source.read(into: UnsafeMutableRawBufferPointer(room))
            } catch {
                failure = error
            }
            return got
        }
        swap(&large, &self.large)
        if let failure { throw failure }
        return got
    }

    mutating func load<T: FixedWidthInteger>(_ type: T.Type) throws(RDBError) -> T {
        try bytes(MemoryLayout<T>.size).load(at: 0, as: type)
    }

    /// Passes over `count` bytes without holding them.
    mutating func skip(_ count: Int) throws(RDBError) {
        guard count <= remaining else { throw error(.lengthExceedsFile) }
        var rest = count
        while rest > 0 {
            let step = min(rest, capacity)
            _ = try bytes(step)
            rest -= step
        }
    }

    // MARK: Lengths and strings

    /// A length, or how the string that comes is encoded.
    enum Length {
        case plain(UInt64)
        case encoded(UInt8)
    }

    /// Two bits tell: 6 bits, 14 bits, 32 or 64 bits big-endian, or an encoding.
    mutating func lengthOrEncoding() throws(RDBError) -> Length {
        let first = try byte()
        switch first >> 6 {
        case 0: return .plain(UInt64(first))
        case 1: return .plain(UInt64(first & 0x3f) << 8 | UInt64(try byte()))
        case 3: return .encoded(first & 0x3f)
        default:
            switch first {
            case 0x80: return .plain(UInt64(try load(UInt32.self).byteSwapped))
            case 0x81: return .plain(try load(UInt64.self).byteSwapped)
            default: throw error(.corrupt("a length of an unknown form"))
            }
        }
    }

    /// A number.
    mutating func length() throws(RDBError) -> UInt64 {
        guard case .plain(let length) = try lengthOrEncoding() else {
            throw error(.corrupt("an encoded string where a length should be"))
        }
        return length
    }

    /// How many things of at least `least` bytes each follow. More than the file has room for is an error.
    mutating func count(ofAtLeast least: Int) throws(RDBError) -> Int {
        let at = offset
        let count = try length()
        guard count <= UInt64(remaining / least) else { throw RDBError(.lengthExceedsFile, at: at) }
        return Int(count)
    }

    /// A string in any of its encodings. Valid until the next read.
    mutating func string() throws(RDBError) -> ByteView {
        let at = offset
        switch try lengthOrEncoding() {
        case .plain(let length):
            guard length <= UInt64(remaining) else { throw RDBError(.lengthExceedsFile, at: at) }
            return try bytes(Int(length))
        case .encoded(0): return try digits(Int64(load(Int8.self)))
        case .encoded(1): return try digits(Int64(load(Int16.self)))
        case .encoded(2): return try digits(Int64(load(Int32.self)))
        case .encoded(3): return try compressed(at)
        case .encoded: throw RDBError(.corrupt("a string of an unknown encoding"), at: at)
        }
    }

    private mutating func digits(_ value: Int64) -> ByteView {
        decoded.clear(keeping: 1 << 20)
        decoded.append(decimal: value)
        return decoded.view
    }

    private mutating func compressed(_ at: Int) throws(RDBError) -> ByteView {
        let compressedCount = try length()
        let count = try length()
        guard compressedCount <= UInt64(remaining), count <= UInt64(lzfExpansionLimit(Int(compressedCount)))
        else { throw RDBError(.lengthExceedsFile, at: at) }
        let input = try bytes(Int(compressedCount))
        decoded.clear(keeping: 1 << 20)
        guard decoded.append(lzf: input, count: Int(count)) else {
            throw RDBError(.corrupt("a compressed string that is damaged"), at: at)
        }
        return decoded.view
    }

    /// Passes over a string without decoding it.
    mutating func skipString() throws(RDBError) {
        let at = offset
        let count: UInt64
        switch try lengthOrEncoding() {
        case .plain(let length): count = length
        case .encoded(0): count = 1
        case .encoded(1): count = 2
        case .encoded(2): count = 4
        case .encoded(3):
            count = try length()
            _ = try length()
        case .encoded: throw RDBError(.corrupt("a string of an unknown encoding"), at: at)
        }
        guard count <= UInt64(remaining) else { throw RDBError(.lengthExceedsFile, at: at) }
        try skip(Int(count))
    }
}
