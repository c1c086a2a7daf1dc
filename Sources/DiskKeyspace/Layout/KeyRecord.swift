internal import Bytes
internal import Engine

/// What is on record of a key, apart from a string's bytes, which follow it.
///
///     type     1 byte: 0 string, 1 list, 2 set, 3 sorted set, 4 hash
///     flags    1 byte, as `Flags`
///     expiry   8 bytes, Unix ms                                  where `expires`
///     a string's bytes, or of a collection:
///     version  8 bytes: what its elements are filed under
///     count    LEB128
///     earliest 8 bytes: when the first field expires, Unix ms    where `fieldsExpire`
///     height   1 byte: levels of counted spans                   lists and sorted sets
///     first    8 bytes, last 8 bytes                             lists
///     lowest   LEB128 length | bytes, and highest                sorted sets
///     next     4 bytes: where the next new field stands in order hashes that are not `isConverted`
struct KeyRecord: Equatable {
    /// What is so of the key.
    struct Flags: OptionSet {
        let rawValue: UInt8

        static let expires = Flags(rawValue: 1)
        /// A hash of which a field expires.
        static let fieldsExpire = Flags(rawValue: 2)
        /// A string that was changed in place: OBJECT ENCODING says raw, whatever its length.
        static let raw = Flags(rawValue: 4)
        /// A collection that has outgrown the encoding of small ones.
        static let converted = Flags(rawValue: 8)
        /// A hash of which a field has had an expiry.
        static let timed = Flags(rawValue: 16)
        /// A list of which the labels are not all the same distance apart.
        static let uneven = Flags(rawValue: 32)
        static let all: Flags = [.expires, .fieldsExpire, .raw, .converted, .timed, .uneven]
    }

    var type: KeyType
    /// Without those that tell which numbers there are.
    private var kept: Flags = []
    /// Unix ms.
    var expiry: Int64?

    /// What a collection's elements are filed under; never used again.
    var version: UInt64 = 0
    /// Elements of a collection.
    var count = 0
    /// When the first field of a hash expires, Unix ms.
    var earliestField: Int64?
    /// Levels of counted spans.
    var height = 0
    /// Labels of a list's first and last item.
    var first: UInt64 = 0
    var last: UInt64 = 0
    /// How the positions of a sorted set's first and last member begin: `positionLimit` bytes of them at most.
    var lowest: [UInt8] = []
    var highest: [UInt8] = []
    /// Where the next new field of a small hash stands in the order of insertion.
    var nextField: UInt32 = 0

    /// Of a score and a name, so much is kept of where a sorted set begins and ends.
    static let positionLimit = 40

    init(_ type: KeyType) { self.type = type }

    init(collection type: KeyType, version: UInt64) {
        self.type = type
        self.version = version
    }

    var isRaw: Bool {
        get { kept.contains(.raw) }
        set { set(.raw, newValue) }
    }

    /// Whether a collection has outgrown the encoding of small ones; for good.
    var isConverted: Bool {
        get { kept.contains(.converted) }
        set { set(.converted, newValue) }
    }

    /// Whether a field of the hash has had an expiry.
    var isTimed: Bool {
        get { kept.contains(.timed) }
        set { set(.timed, newValue) }
    }

    /// Whether items of a list have been put in or taken out between its ends: its labels are not all the same distance
    /// apart, and counted spans lie over them where they are many.
    var isUneven: Bool {
        get { kept.contains(.uneven) }
        set { set(.uneven, newValue) }
    }

    private mutating func set(_ flag: Flags, _ value: Bool) {
        if value { kept.insert(flag) } else { kept.remove(flag) }
    }

    /// When something of it is to be removed, Unix ms: the key or its first field.
    var due: Int64? {
        guard let expiry else { return earliestField }
        return earliestField.map { min($0, expiry) } ?? expiry
    }

    // MARK: As bytes

    /// Reads a record; nil where it is damaged.
    /// - Parameter string: what follows it.
    init?(_ bytes: ByteView, string: inout ByteView) {
        var reader = RecordReader(bytes)
        guard let type = reader.byte().flatMap(KeyType.init(rawValue:)),
            let flags = reader.byte().map(Flags.init(rawValue:)), flags.isSubset(of: .all)
        else { return nil }
        self.type = type
        kept = flags.subtracting([.expires, .fieldsExpire])
        if flags.contains(.expires) {
            guard let expiry = reader.instant() else { return nil }
            self.expiry = expiry
        }
        if type == .string {
            string = reader.rest
            return
        }
        guard let version = reader.bigEndian(), let count = reader.length() else { return nil }
        self.version = version
        self.count = count
        if flags.contains(.fieldsExpire) {
            guard let earliest = reader.instant() else { return nil }
            earliestField = earliest
        }
        if type == .list || type == .sortedSet {
            guard let height = reader.byte(), height < OrderKey.fieldLevel else { return nil }
            self.height = Int(height)
        }
        if type == .list {
            guard let first = reader.bigEndian(), let last = reader.bigEndian() else { return nil }
            self.first = first
            self.last = last
        }
        if type == .sortedSet {
            guard let lowest = reader.position(), let highest = reader.position() else { return nil }
            self.lowest = lowest
            self.highest = highest
        }
        if type == .hash, !isConverted {
            guard let next = reader.bigEndian32() else { return nil }
            nextField = next
        }
        guard reader.rest.isEmpty else { return nil }
    }

    /// Appends the record; of a string's, its bytes are to follow.
    func write(to buffer: inout ByteBuffer) {
        var flags = kept
        if expiry != nil { flags.insert(.expires) }
        if earliestField != nil { flags.insert(.fieldsExpire) }
        buffer.append(type.rawValue)
        buffer.append(flags.rawValue)
        if let expiry { buffer.append(instant: expiry) }
        if type == .string { return }
        buffer.append(bigEndian: version)
        buffer.append(length: count)
        if let earliestField { buffer.append(instant: earliestField) }
        if type == .list || type == .sortedSet { buffer.append(UInt8(height)) }
        if type == .list {
            buffer.append(bigEndian: first)
            buffer.append(bigEndian: last)
        }
        if type == .sortedSet {
            for position in [lowest, highest] {
                buffer.append(length: position.count)
                buffer.append(position)
            }
        }
        if type == .hash, !isConverted { buffer.append(bigEndian: nextField) }
    }
}

extension RecordReader {
    fileprivate mutating func position() -> [UInt8]? {
        guard let length = length(), length <= KeyRecord.positionLimit else { return nil }
        return bytes(length)?.array
    }
}
