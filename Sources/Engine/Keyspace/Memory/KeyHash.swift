internal import Bytes

/// The hash of keys: SipHash-1-3 under a key drawn at start, so that nobody who chooses names can make them
/// collide.
enum KeyHash {
    private static let secret = SipKey.random()

    @inline(__always)
    static func of(_ key: ByteView) -> UInt64 { sipHash13(key, key: secret) }
}
