public import Bytes
public import RDB

/// A key with its value, lent for a moment.
public struct StoredValue {
    private let entry: Entry

    init(_ entry: Entry) { self.entry = entry }

    /// The key.
    public var key: ByteView { entry.key }

    /// Writes key, expiry and value. O(elements).
    public func write<Sink: RDBSink & ~Copyable>(to writer: inout RDBWriter<Sink>) {
        let key = entry.key
        let expiry = entry.expiry
        switch entry.type {
        case .string: writer.string(key, expiry: expiry, value: entry.string)
        case .list:
            let list = entry.body(as: ListBody.self)
            writer.list(key, expiry: expiry) { write in
                list.pointee.forEach(0..<list.pointee.count, reverse: false) { item in
                    write(item)
                    return true
                }
            }
        case .set:
            let set = entry.body(as: SetBody.self)
            writer.beginSet(key, expiry: expiry, count: set.pointee.count)
            set.pointee.forEach { member in
                writer.member(member)
                return true
            }
            writer.end()
        case .sortedSet:
            let set = entry.body(as: SortedSetBody.self)
            writer.beginSortedSet(key, expiry: expiry, count: set.pointee.count)
            set.pointee.forEach(0..<set.pointee.count, reverse: false) { member, score in
                writer.member(member, score: score)
                return true
            }
            writer.end()
        case .hash:
            let hash = entry.body(as: HashBody.self)
            let least = hash.pointee.earliestExpiry
            writer.beginHash(key, expiry: expiry, count: hash.pointee.count, leastFieldExpiry: least)
            hash.pointee.forEach { field, value in
                var fieldExpiry: Int64?
                if least != nil, case .at(let instant) = hash.pointee.expiry(of: field) {
                    fieldExpiry = instant
                }
                writer.field(field, value: value, expiry: fieldExpiry)
                return true
            }
            writer.end()
        }
    }
}
