package import Bytes

/// The hash of keys: SipHash-1-3 under a key drawn at start, so that nobody who chooses names can make them
/// collide.
package enum KeyHash {
    private static let secret = SipKey.random()

    @inline(__always)
    package static func of(_ key: ByteView) -> UInt64 { sipHash13(key, key: secret) }
}

/// A key that a command names, with its hash: it is computed once, to know which shard to lock.
package struct HashedKey: BitwiseCopyable {
    package var key: ByteView
    package var hash: UInt64

    @inline(__always)
    package init(_ key: ByteView) {
        self.key = key
        hash = KeyHash.of(key)
    }

    /// Whether it is these very bytes, in the same place.
    @inline(__always)
    func isSame(as other: ByteView) -> Bool {
        key.pointer == other.pointer && key.count == other.count
    }
}
