/// A connection that libmicrohttpd has suspended.
struct Suspended {
    /// What it waits for: a ticket, or a time in milliseconds of the monotonic clock.
    let key: UInt64
    let connection: Connection
    /// The connection in libmicrohttpd's eyes.
    let handle: OpaquePointer
}

/// Suspended connections, the least key first: a binary heap (Williams, 1964). Keys come nearly in order, so
/// that insertion hardly ever climbs. Invariant: no entry's key is below that of its parent, `(index - 1) / 2`.
struct SuspendedHeap {
    private var entries: [Suspended] = []

    /// Adds an entry. O(log n), O(1) where its key is not below the others.
    mutating func insert(_ entry: Suspended) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0, entries[index].key < entries[(index - 1) / 2].key {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Moves the entries with keys up to `limit` to the end of `list`, in the order of keys. O(log n) each.
    mutating func move(upTo limit: UInt64, to list: inout [Suspended]) {
        while let first = entries.first, first.key <= limit {
            list.append(first)
            removeFirst()
        }
    }

    /// Moves all entries to the end of `list`, in any order. O(n).
    mutating func moveAll(to list: inout [Suspended]) {
        list += entries
        entries = []
    }

    /// Moves the entries with keys above `limit` to the end of `list`, in any order. O(n).
    mutating func move(above limit: UInt64, to list: inout [Suspended]) {
        let all = entries
        entries = []
        // Nearly always none stays.
        for entry in all { if entry.key > limit { list.append(entry) } else { insert(entry) } }
    }

    private mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var index = 0
        while 2 * index + 1 < entries.count {
            var child = 2 * index + 1
            if child + 1 < entries.count, entries[child + 1].key < entries[child].key { child += 1 }
            guard entries[child].key < entries[index].key else { return }
            entries.swapAt(index, child)
            index = child
        }
    }
}
