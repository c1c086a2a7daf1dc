internal import Bytes

extension Leaf {
    // The count is an argument because a search knows it from the parent, before the leaf's header is here.

    /// The first of `count` items whose key is not below `key`.
    @inline(__always)
    func lowerBound(_ key: UInt64, _ count: Int, _ span: KeySpan<L>) -> Int {
        span.search(key, count) { self.key($0) < key }
    }

    /// The first of `count` items whose key is above `key`.
    @inline(__always)
    func upperBound(_ key: UInt64, _ count: Int, _ span: KeySpan<L>) -> Int {
        span.search(key, count) { self.key($0) <= key }
    }

    /// The first of `count` items that is not below (`key`, `bytes`).
    @inline(__always)
    func lowerBound(_ key: UInt64, _ bytes: ByteView, _ count: Int, _ span: KeySpan<L>) -> Int {
        var low = lowerBound(key, count, span)
        // Nearly always none or one: the equal keys are a short run unless scores tie.
        if low == count || self.key(low) != key { return low }
        if first(low).compare(bytes) >= 0 { return low }
        low &+= 1
        var high = count
        while low < high {
            let middle = (low &+ high) >> 1
            let other = self.key(middle)
            if other < key || (other == key && first(middle).compare(bytes) < 0) {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The order of item `i` and (`key`, `bytes`): negative where the item comes first.
    @inline(__always)
    func compare(_ i: Int, _ key: UInt64, _ bytes: ByteView) -> Int {
        let own = self.key(i)
        if own != key { return own < key ? -1 : 1 }
        return first(i).compare(bytes)
    }
}
