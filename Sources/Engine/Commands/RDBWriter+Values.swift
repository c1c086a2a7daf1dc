public import Bytes
public import RDB

// Values, from the handles of whatever keyspace holds them. The handles must not be of empty collections, which
// have no place in the format.

extension RDBWriter where Sink: ~Copyable {
    /// Writes the list at `key`, which expires at `expiry` (Unix ms). O(items).
    public mutating func write<List: ListType>(_ list: List, key: ByteView, expiry: Int64?) {
        self.list(key, expiry: expiry) { write in
            list.forEach(0..<list.count, reverse: false) { item in
                write(item)
                return true
            }
        }
    }

    /// Writes the set at `key`, which expires at `expiry` (Unix ms). O(members).
    public mutating func write<Set: SetType>(_ set: Set, key: ByteView, expiry: Int64?) {
        beginSet(key, expiry: expiry, count: set.count)
        set.forEach { member in
            self.member(member)
            return true
        }
        end()
    }

    /// Writes the sorted set at `key`, which expires at `expiry` (Unix ms). O(members).
    public mutating func write<SortedSet: SortedSetType>(_ set: SortedSet, key: ByteView, expiry: Int64?) {
        beginSortedSet(key, expiry: expiry, count: set.count)
        set.forEach(0..<set.count, reverse: false) { member, score in
            self.member(member, score: score)
            return true
        }
        end()
    }

    /// Writes the hash at `key`, which expires at `expiry` (Unix ms). O(fields), times log n where fields expire.
    ///
    /// - Parameter leastFieldExpiry: the hash's `leastFieldExpiry`. Versions before 12 have no place for what
    ///   fields expire at: `droppedFieldExpiries` counts it.
    public mutating func write<Hash: HashType>(
        _ hash: Hash, key: ByteView, expiry: Int64?, leastFieldExpiry: Int64?
    ) {
        beginHash(key, expiry: expiry, count: hash.count, leastFieldExpiry: leastFieldExpiry)
        hash.forEach { field, value in
            var fieldExpiry: Int64?
            if leastFieldExpiry != nil, case .at(let instant) = hash.expiry(of: field) {
                fieldExpiry = instant
            }
            self.field(field, value: value, expiry: fieldExpiry)
            return true
        }
        end()
    }
}

extension HashType {
    /// The earliest expiry of the fields (Unix ms), nil where none has one. O(n log n).
    public var leastFieldExpiry: Int64? {
        var least: Int64?
        forEach { field, _ in
            if case .at(let instant) = expiry(of: field) { least = Swift.min(least ?? instant, instant) }
            return true
        }
        return least
    }
}
