internal import Synchronization

/// Random numbers without a lock: SplitMix64, whose state is a counter that threads advance atomically.
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.)
package enum RandomSource {
    private static let state = Atomic<UInt64>(SystemRandomNumberGenerator.seed())

    /// 64 random bits.
    package static func next() -> UInt64 {
        mix(state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue)
    }

    /// A number under `bound`, which is positive; each equally likely. (Lemire, "Fast random integer
    /// generation in an interval", 2019.)
    package static func next(below bound: Int) -> Int {
        precondition(bound > 0, "nothing to choose from")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let unfair = (0 &- bound) % bound
            while product.low < unfair { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// Makes the numbers that follow repeatable, for tests.
    package static func seed(_ seed: UInt64) { state.store(seed, ordering: .relaxed) }

    private static func mix(_ state: UInt64) -> UInt64 {
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

extension SystemRandomNumberGenerator {
    fileprivate static func seed() -> UInt64 {
        var source = SystemRandomNumberGenerator()
        return source.next()
    }
}
