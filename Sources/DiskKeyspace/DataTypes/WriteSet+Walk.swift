internal import Bytes

extension WriteSet {
    /// Visits the records from `lower` to before `upper`, upwards or downwards, until the visitor returns false. Views
    /// are valid during the call, which may change whatever is not visited.
    func walk(
        _ family: Family, from lower: ByteView, to upper: ByteView, reverse: Bool = false,
        _ visit: (ByteView, ByteView) -> Bool
    ) {
        guard lower < upper else { return }
        // Changes lie in one buffer, which moves when there are more.
        let copies = hasChanged(family)
        var key = ByteBuffer()
        var value = ByteBuffer()
        withIterator(family, from: lower, to: upper) { cursor in
            if reverse { cursor.seekToLast() } else { cursor.seekToFirst() }
            while cursor.isValid {
                if copies {
                    key.clear()
                    key.append(cursor.key)
                    value.clear()
                    value.append(cursor.value)
                    guard visit(key.view, value.view) else { return }
                } else {
                    guard visit(cursor.key, cursor.value) else { return }
                }
                if reverse { cursor.previous() } else { cursor.next() }
            }
        }
    }
}
