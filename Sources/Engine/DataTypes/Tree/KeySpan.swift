/// Between which keys a part of a tree lies.
///
/// Hashes are spread evenly, so a key's place in a node can be guessed from the span of the node's keys. A
/// good guess costs one or two cache lines where halving costs four or five, and lines are what a lookup
/// in a large tree waits for. Where keys are scores nothing is guessed.
struct KeySpan<L: ItemLayout> {
    private var low: UInt64 = 0
    private var high: UInt64 = 1 << 32

    /// The first of `count` places whose key is not below the one sought, where `isBelow` tells of a place
    /// whether it is.
    @inline(__always)
    func search(_ key: UInt64, _ count: Int, _ isBelow: (Int) -> Bool) -> Int {
        var first = 0
        var end = count
        if L.keyWidth == 4, count > 8 {
            let guess = guess(key, count)
            var step = 4
            if isBelow(guess) {
                first = guess &+ 1
                var probe = first &+ step
                while probe < count, isBelow(probe) {
                    first = probe &+ 1
                    step &*= 2
                    probe = first &+ step
                }
                end = min(probe, count)
            } else {
                end = guess
                var probe = end &- step
                while probe >= 0, !isBelow(probe) {
                    end = probe
                    step &*= 2
                    probe = end &- step
                }
                first = max(probe &+ 1, 0)
            }
        }
        while first < end {
            let middle = (first &+ end) >> 1
            if isBelow(middle) { first = middle &+ 1 } else { end = middle }
        }
        return first
    }

    /// Where `key` should be among `count` keys; under `count`.
    @inline(__always)
    private func guess(_ key: UInt64, _ count: Int) -> Int {
        guard key > low, high > low else { return 0 }
        // 32-bit keys and 16-bit counts: the product has 48 bits.
        let place = (key &- low) &* UInt64(truncatingIfNeeded: count) / (high &- low)
        return min(Int(truncatingIfNeeded: place), count &- 1)
    }

    /// Goes down to child `i`.
    @inline(__always)
    mutating func narrow(_ inner: Inner, _ i: Int) {
        if L.keyWidth != 4 { return }
        if i > 0 { low = inner.separator(i) }
        if i &+ 1 < inner.count { high = inner.separator(i &+ 1) }
    }
}

extension Inner {
    /// The last child whose separator is not above `key`; the first where all are.
    @inline(__always)
    func lastChild<L>(notAbove key: UInt64, _ span: KeySpan<L>) -> Int {
        span.search(key, count &- 1) { separator($0 &+ 1) <= key }
    }

    /// The last child whose separator is below `key`; the first where none is.
    @inline(__always)
    func lastChild<L>(below key: UInt64, _ span: KeySpan<L>) -> Int {
        span.search(key, count &- 1) { separator($0 &+ 1) < key }
    }
}
