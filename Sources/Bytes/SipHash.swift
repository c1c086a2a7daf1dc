/// The 128-bit key of a SipHash.
@frozen
public struct SipKey: Sendable {
    @usableFromInline let k0: UInt64
    @usableFromInline let k1: UInt64

    /// A fixed key, for tests: its 16 bytes as two little-endian words.
    @inlinable
    public init(_ k0: UInt64, _ k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// A key from the kernel's random source, so that nobody can choose keys that collide.
    public static func random() -> SipKey {
        // On Linux this generator is getrandom(2).
        var source = SystemRandomNumberGenerator()
        return SipKey(source.next(), source.next())
    }
}

/// SipHash-1-3 of `bytes`: keyed, so safe against chosen collisions, and fast on short input.
/// (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.) O(count).
@inlinable
public func sipHash13(_ bytes: ByteView, key: SipKey) -> UInt64 {
    sipHash(bytes, key: key, compressionRounds: 1, finalRounds: 3)
}

/// SipHash with any number of rounds; 2 and 4 is the paper's recommendation, 1 and 3 the fast variant.
@inlinable @inline(__always)
func sipHash(_ bytes: ByteView, key: SipKey, compressionRounds: Int, finalRounds: Int) -> UInt64 {
    var state = SipState(key: key)
    let source = UnsafeRawPointer(bytes.pointer)
    let whole = bytes.count & ~7
    var i = 0
    while i < whole {
        let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        state.compress(word, rounds: compressionRounds)
        i &+= 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) << 56
    let rest = bytes.count & 7
    if rest >= 4 {
        // Two overlapping words cover 4 to 7 bytes; the bits that both have are equal.
        let low = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: whole, as: UInt32.self))
        let at = whole &+ rest &- 4
        let high = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        last |= UInt64(low) | UInt64(high) &<< UInt64((rest &- 4) &* 8)
    } else {
        var k = 0
        while k < rest {
            last |= UInt64(bytes.pointer[whole &+ k]) &<< UInt64(k &* 8)
            k &+= 1
        }
    }
    state.compress(last, rounds: compressionRounds)
    return state.finish(rounds: finalRounds)
}

/// The four words of SipHash's state.
@usableFromInline @frozen
struct SipState {
    @usableFromInline var v0: UInt64
    @usableFromInline var v1: UInt64
    @usableFromInline var v2: UInt64
    @usableFromInline var v3: UInt64

    @inlinable @inline(__always)
    init(key: SipKey) {
        v0 = key.k0 ^ 0x736f_6d65_7073_6575
        v1 = key.k1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.k0 ^ 0x6c79_6765_6e65_7261
        v3 = key.k1 ^ 0x7465_6462_7974_6573
    }

    @inlinable @inline(__always)
    mutating func round() {
        v0 &+= v1
        v1 = (v1 &<< 13 | v1 &>> 51) ^ v0
        v0 = v0 &<< 32 | v0 &>> 32
        v2 &+= v3
        v3 = (v3 &<< 16 | v3 &>> 48) ^ v2
        v0 &+= v3
        v3 = (v3 &<< 21 | v3 &>> 43) ^ v0
        v2 &+= v1
        v1 = (v1 &<< 17 | v1 &>> 47) ^ v2
        v2 = v2 &<< 32 | v2 &>> 32
    }

    @inlinable @inline(__always)
    mutating func compress(_ word: UInt64, rounds: Int) {
        v3 ^= word
        for _ in 0..<rounds { round() }
        v0 ^= word
    }

    @inlinable @inline(__always)
    mutating func finish(rounds: Int) -> UInt64 {
        v2 ^= 0xff
        for _ in 0..<rounds { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }
}
