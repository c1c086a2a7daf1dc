internal import Bytes

extension Tree {
    /// Visits items in the order of their keys, which are hashes of 32 bits, from `cursor` on: at least
    /// `count` where there are as many, and all of the last one's hash. Returns the next item's hash, 0 at
    /// the end.
    ///
    /// The cursor is a place in the order of hashes, not in the tree: whatever splits and joins between the
    /// calls, an item of that place or behind it is still to come.
    func scan(from cursor: UInt64, count: Int, _ visit: (Item<L>) -> Void) -> UInt64 {
        var path = TreePath()
        locate(bound: cursor, orEqual: false, &path)
        var visited = 0
        var previous: UInt64 = 0
        var next: UInt64 = 0
        forEach(from: path) { item in
            if visited >= max(count, 1) && item.key != previous {
                next = item.key
                return false
            }
            previous = item.key
            visited &+= 1
            visit(item)
            return true
        }
        return next
    }

    /// The position of the first item whose first string is `bytes`, in whatever order. O(n).
    func index(ofFirst bytes: ByteView) -> Int? {
        var index = 0
        var found = false
        forEach { item in
            found = item.first == bytes
            if !found { index &+= 1 }
            return !found
        }
        return found ? index : nil
    }

    /// The first item whose first string is `bytes`. O(n).
    func item(ofFirst bytes: ByteView) -> Item<L>? {
        var match: Item<L>?
        forEach { item in
            guard item.first == bytes else { return true }
            match = item
            return false
        }
        return match
    }
}
