#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

// LZF, the compression of strings in RDB files. Written from the description of the format in the header
// of Marc Lehmann's LibLZF (http://oldhome.schmorp.de/marc/liblzf.html):
//
//     000LLLLL                      the L+1 bytes that follow, as they are
//     LLLooooo oooooooo             L+2 bytes, from o+1 bytes back in the output (L is 1 to 6)
//     111ooooo LLLLLLLL oooooooo    L+9 bytes, from o+1 bytes back

private let longestLiteral = 32
private let longestMatch = 264
private let farthestMatch = 8192

/// The most bytes that `count` bytes of LZF can stand for: three may repeat 264. Saturates.
public func lzfExpansionLimit(_ count: Int) -> Int {
    let (limit, overflow) = count.multipliedReportingOverflow(by: longestMatch / 3)
    return overflow ? .max : limit
}

extension ByteBuffer {
    /// Appends what the LZF data `compressed` stands for. O(count).
    ///
    /// - Parameter count: how many bytes it must be, exactly. The caller has checked that so many may be
    ///   allocated.
    /// - Returns: whether the data is well-formed; if not, nothing is appended.
    public mutating func append(lzf compressed: ByteView, count: Int) -> Bool {
        let before = self.count
        var whole = false
        append(upTo: count) { room in
            whole = decompress(compressed, to: room)
            return whole ? count : 0
        }
        if !whole { truncate(to: before) }
        return whole
    }
}

private func decompress(_ input: ByteView, to output: UnsafeMutableBufferPointer<UInt8>) -> Bool {
    guard let out = output.baseAddress else { return input.isEmpty }
    let source = input.pointer
    var at = 0
    var written = 0
    while at < input.count {
        let control = Int(source[at])
        at &+= 1
        if control < longestLiteral {
            let length = control &+ 1
            guard length <= input.count &- at, length <= output.count &- written else { return false }
            memcpy(out + written, source + at, length)
            at &+= length
            written &+= length
            continue
        }
        var length = control &>> 5
        if length == 7 {
            guard at < input.count else { return false }
            length &+= Int(source[at])
            at &+= 1
        }
        length &+= 2
        guard at < input.count else { return false }
        let distance = (control & 31) &<< 8 &+ Int(source[at]) &+ 1
        at &+= 1
        guard distance <= written, length <= output.count &- written else { return false }
        if distance >= length {
            memcpy(out + written, out + (written &- distance), length)
        } else {
            // The match overlaps what it writes: it repeats, so byte by byte.
            for i in written..<written &+ length { out[i] = out[i &- distance] }
        }
        written &+= length
    }
    return written == output.count
}

/// Compresses with LZF; holds the table of recent positions, 64 KiB, for reuse.
///
/// Invariant: an entry of the table is a position plus the `origin` of the call that wrote it, so one
/// below the current `origin` is stale: the table need not be cleared for each string.
public struct LZFCompressor: ~Copyable {
    private let table: UnsafeMutablePointer<UInt32>
    private var origin: UInt32 = 1

    private static let tableBits: UInt32 = 14
    private static var tableSize: Int { 1 << Int(tableBits) }

    /// A compressor; allocates its table.
    public init() {
        table = .allocate(capacity: Self.tableSize)
        table.initialize(repeating: 0, count: Self.tableSize)
    }

    deinit { table.deallocate() }

    /// Appends `input` compressed, unless that takes more than `limit` bytes; returns whether it did. O(count).
    public mutating func compress(_ input: ByteView, into output: inout ByteBuffer, limit: Int) -> Bool {
        guard input.count >= 4, limit > 0, input.count < 1 << 30 else { return false }
        if origin > .max - 1 << 30 {
            table.update(repeating: 0, count: Self.tableSize)
            origin = 1
        }
        var length: Int?
        output.append(upTo: limit) { room in
            length = compress(input, to: room.baseAddress.unsafelyUnwrapped, limit: limit)
            return length ?? 0
        }
        origin += UInt32(input.count)
        return length != nil
    }

    /// Every write to `out` is preceded by a check against `limit`.
    private func compress(_ input: ByteView, to out: UnsafeMutablePointer<UInt8>, limit: Int) -> Int? {
        let source = input.pointer
        let count = input.count
        let last = count &- 3
        var written = 0
        var literals = 0
        var at = 0
        while at <= last {
            let three = UInt32(source[at]) | UInt32(source[at &+ 1]) &<< 8 | UInt32(source[at &+ 2]) &<< 16
            let slot = Int((three &* 0x9E37_79B1) &>> (32 &- Self.tableBits))
            let candidate = table[slot]
            table[slot] = origin &+ UInt32(truncatingIfNeeded: at)
            guard candidate >= origin else {
                at &+= 1
                continue
            }
            let from = Int(candidate &- origin)
            let distance = at &- from
            guard distance <= farthestMatch, source[from] == source[at],
                source[from &+ 1] == source[at &+ 1], source[from &+ 2] == source[at &+ 2]
            else {
                at &+= 1
                continue
            }
            let longest = min(longestMatch, count &- at)
            var length = 3
            while length < longest, source[from &+ length] == source[at &+ length] { length &+= 1 }

            guard let next = copyLiterals(source, literals..<at, to: out, at: written, limit: limit),
                limit &- next >= 3
            else { return nil }
            written = next
            let offset = distance &- 1
            if length < 9 {
                out[written] = UInt8(truncatingIfNeeded: (length &- 2) &<< 5 | offset &>> 8)
                written &+= 1
            } else {
                out[written] = UInt8(truncatingIfNeeded: 7 &<< 5 | offset &>> 8)
                out[written &+ 1] = UInt8(truncatingIfNeeded: length &- 9)
                written &+= 2
            }
            out[written] = UInt8(truncatingIfNeeded: offset)
            written &+= 1
            at &+= length
            literals = at
        }
        return copyLiterals(source, literals..<count, to: out, at: written, limit: limit)
    }

    private func copyLiterals(
        _ source: UnsafePointer<UInt8>, _ range: Range<Int>, to out: UnsafeMutablePointer<UInt8>,
        at start: Int, limit: Int
    ) -> Int? {
        var written = start
        var at = range.lowerBound
        while at < range.upperBound {
            let run = min(longestLiteral, range.upperBound &- at)
            guard limit &- written > run else { return nil }
            out[written] = UInt8(truncatingIfNeeded: run &- 1)
            memcpy(out + written + 1, source + at, run)
            written &+= run &+ 1
            at &+= run
        }
        return written
    }
}
