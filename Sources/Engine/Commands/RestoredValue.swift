internal import Bytes
internal import RDB

/// What a DUMP payload holds, read whole before anything is changed: RESTORE stores it all or leaves everything as
/// it is. Elements that come twice, which no server writes, make it unfit.
struct RestoredValue: RDBConsumer, ~Copyable {
    /// One element; where it has a name and a value, they follow each other in `bytes`.
    private struct Element {
        var offset: Int
        /// The length of the item, member or field.
        var count: Int
        /// The length of the field's value.
        var valueCount: Int
        /// The bits of the member's score, or when the field expires.
        var number: Int64?
    }

    private var bytes = ByteBuffer()
    private var elements: [Element] = []
    /// Places of elements plus one by their names, zero where empty (open addressing, at most half full).
    private var slots: [Int] = []
    /// Nil for a string, the only element then.
    private var kind: RDBKind?
    private let longest: Int
    private var fault: CommandError?

    /// - Parameter longest: no string is longer, in bytes.
    init(longest: Int) { self.longest = longest }

    /// Reads a payload. Expected O(its size, decompressed).
    ///
    /// - Throws: `.dumpPayload` where version or checksum are wrong, `.badDataFormat` where the value is no value,
    ///   `.foreignData` where it is one that Redwing has no place for, `.stringTooLong`.
    mutating func read(_ payload: ByteView) throws(CommandError) {
        let summary: RDBSummary
        do throws(RDBError) {
            summary = try readRDBPayload(payload, key: .empty, into: &self)
        } catch {
            if let fault { throw fault }
            switch error.problem {
            case .unsupportedVersion, .checksumMismatch: throw .dumpPayload
            // Too short to have them.
            case .truncated where error.offset == 0: throw .dumpPayload
            default: throw .badDataFormat
            }
        }
        // Collections without elements are none.
        if summary.keys == 0 || (kind != nil && elements.isEmpty) { throw .badDataFormat }
    }

    var rejection: String? { fault == nil ? nil : "refused" }

    // MARK: Reading

    mutating func selectDatabase(_ index: Int) {}

    mutating func skipped(_ what: RDBForeign, key: ByteView) { fault = .foreignData }

    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) { append(value) }

    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        self.kind = kind
    }

    mutating func item(_ value: ByteView) { append(value) }

    mutating func member(_ member: ByteView) { appendNew(member) }

    mutating func member(_ member: ByteView, score: Double) {
        appendNew(member, number: Int64(bitPattern: score.bitPattern))
    }

    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {
        appendNew(field, value, number: expiry)
    }

    mutating func end() {}

    private mutating func append(_ name: ByteView, _ value: ByteView = .empty, number: Int64? = nil) {
        if fault != nil { return }
        if max(name.count, value.count) > longest { return fault = .stringTooLong }
        elements.append(
            Element(offset: bytes.count, count: name.count, valueCount: value.count, number: number))
        bytes.append(name)
        bytes.append(value)
    }

    private mutating func appendNew(_ name: ByteView, _ value: ByteView = .empty, number: Int64? = nil) {
        if fault != nil { return }
        if 2 * (elements.count + 1) > slots.count { grow() }
        let slot = slot(of: name)
        if slots[slot] != 0 { return fault = .badDataFormat }
        append(name, value, number: number)
        slots[slot] = elements.count
    }

    /// Where the element of that name is, or belongs.
    private func slot(of name: ByteView) -> Int {
        let bytes = bytes.view
        var slot = name.hashValue & (slots.count - 1)
        while slots[slot] != 0 {
            let element = elements[slots[slot] - 1]
            if bytes[element.offset..<element.offset + element.count] == name { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(64, 2 * slots.count))
        let bytes = bytes.view
        for (index, element) in elements.enumerated() {
            slots[slot(of: bytes[element.offset..<element.offset + element.count])] = index + 1
        }
    }

    // MARK: Storing

    /// Whether nothing is left of it: a hash all of whose fields expire by `limit` (Unix ms).
    borrowing func isExpired(by limit: Int64) -> Bool {
        kind == .hash && elements.allSatisfy { $0.number.map { $0 <= limit } ?? false }
    }

    /// How many of a hash's fields expire by `limit` (Unix ms).
    borrowing func expiredCount(by limit: Int64) -> Int {
        kind != .hash ? 0 : elements.reduce(0) { $0 + ($1.number.map { $0 <= limit } ?? false ? 1 : 0) }
    }

    /// Visits the fields of a hash that expire by `limit` (Unix ms).
    borrowing func forEachExpired(by limit: Int64, _ visit: (ByteView) -> Void) {
        if kind != .hash { return }
        let bytes = bytes.view
        for element in elements {
            guard let instant = element.number, instant <= limit else { continue }
            visit(bytes[element.offset..<element.offset + element.count])
        }
    }

    /// Stores it at `key`, where nothing is; what of it expires by `Keyspace.expiryLimit` is left out, but it must
    /// not be all. O(n log n).
    borrowing func store<K: Keyspace & ~Copyable>(
        at key: ByteView, expiry: Int64?, in keys: inout K
    ) throws(CommandError) {
        let bytes = bytes.view
        func name(_ element: Element) -> ByteView { bytes[element.offset..<element.offset + element.count] }
        switch kind {
        case nil:
            guard let element = elements.first else { return }
            keys.setString(key, name(element), expiry: expiry.map { .at($0) } ?? .clear)
        case .list:
            _ = try keys.list(key, .create)
            // An expiry moves what an open handle points to, so it comes before the elements.
            if expiry != nil { keys.setExpiry(of: key, at: expiry) }
            guard let list = try keys.list(key, .write) else { return }
            for element in elements { list.insert(name(element), at: list.count) }
        case .set:
            _ = try keys.set(key, .create)
            if expiry != nil { keys.setExpiry(of: key, at: expiry) }
            guard let set = try keys.set(key, .write) else { return }
            for element in elements { set.insert(name(element)) }
        case .sortedSet:
            _ = try keys.sortedSet(key, .create)
            if expiry != nil { keys.setExpiry(of: key, at: expiry) }
            guard let set = try keys.sortedSet(key, .write) else { return }
            for element in elements {
                set.set(name(element), Double(bitPattern: UInt64(bitPattern: element.number ?? 0)))
            }
            // Those that came while it was a listpack, which has no -0, once more; it may be none any longer.
            let negativeZero = Int64(bitPattern: (-0.0).bitPattern)
            for element in elements where element.number == negativeZero {
                set.remove(name(element))
                set.set(name(element), -0.0)
            }
        case .hash:
            _ = try keys.hash(key, .create)
            if expiry != nil { keys.setExpiry(of: key, at: expiry) }
            guard let hash = try keys.hash(key, .write) else { return }
            let limit = keys.expiryLimit
            for element in elements {
                if let instant = element.number, instant <= limit { continue }
                let start = element.offset + element.count
                hash.set(
                    name(element), bytes[start..<start + element.valueCount],
                    expiry: element.number.map { .at($0) } ?? .clear)
            }
        }
    }
}
