// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes

/// What the handles below share: the open entry, the counters that a change moves (the version's and that of all
/// changes), and where the encoding limits stand.
struct OpenEntry {
    let entry: Entry
    let stripe: UnsafeMutablePointer<UInt64>
    let changes: UnsafeMutablePointer<UInt64>
    unowned(unsafe) let context: EngineContext

    @inline(__always)
    func changed() {
        stripe.pointee &+= 1
        changes.pointee &+= 1
    }

    var limits: EncodingLimits { context.settings.encoding }
}

/// An open hash of the memory keyspace.
public struct MemoryHash: HashType {
    private let open: OpenEntry
    private var body: UnsafeMutablePointer<HashBody> { open.entry.body(as: HashBody.self) }

    init(_ open: OpenEntry) { self.open = open }

    public var count: Int { body.pointee.count }
    public func get(_ field: ByteView) -> ByteView? { body.pointee.get(field) }

    public func set(_ field: ByteView, _ value: ByteView, expiry: ExpiryChange) -> Bool {
        open.changed()
        let isNew = body.pointee.set(
            field, value, keepingExpiry: expiry != .clear, limits: open.limits)
        if case .at(let instant) = expiry {
            _ = body.pointee.setExpiry(of: field, at: instant, limits: open.limits)
        }
        return isNew
    }

    public func expiry(of field: ByteView) -> Expiry { body.pointee.expiry(of: field) }

    public func setExpiry(of field: ByteView, at instant: Int64?) -> Bool {
        guard body.pointee.setExpiry(of: field, at: instant, limits: open.limits) else { return false }
        open.changed()
        return true
    }

    public func remove(_ field: ByteView) -> Bool {
        guard body.pointee.remove(field) else { return false }
        open.changed()
        return true
    }

    public func forEach(_ visit: (ByteView, ByteView) -> Bool) { body.pointee.forEach(visit) }

    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, ByteView) -> Void) -> UInt64 {
        body.pointee.scan(from: cursor, count: count, visit)
    }

    public func random(_ visit: (ByteView, ByteView) -> Void) { body.pointee.random(visit) }
}

/// An open set of the memory keyspace.
public struct MemorySet: SetType {
    private let open: OpenEntry
    private var body: UnsafeMutablePointer<SetBody> { open.entry.body(as: SetBody.self) }

    init(_ open: OpenEntry) { self.open = open }

    public var count: Int { body.pointee.count }
    public func contains(_ member: ByteView) -> Bool { body.pointee.contains(member) }

    public func insert(_ member: ByteView) -> Bool {
        guard body.pointee.insert(member, limits: open.limits) else { return false }
        open.changed()
        return true
    }

    public func remove(_ member: ByteView) -> Bool {
        guard body.pointee.remove(member) else { return false }
        open.changed()
        return true
    }

    public func forEach(_ visit: (ByteView) -> Bool) { body.pointee.forEach(visit) }

    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView) -> Void) -> UInt64 {
        body.pointee.scan(from: cursor, count: count, visit)
    }

    public func random(_ visit: (ByteView) -> Void) { body.pointee.random(visit) }
}

/// An open list of the memory keyspace.
public struct MemoryList: ListType {
    private let open: OpenEntry
    private var body: UnsafeMutablePointer<ListBody> { open.entry.body(as: ListBody.self) }

    init(_ open: OpenEntry) { self.open = open }

    public var count: Int { body.pointee.count }
    public func get(_ index: Int) -> ByteView { body.pointee.get(index) }

    public func set(_ index: Int, _ item: ByteView) {
        open.changed()
        body.pointee.set(index, item, limits: open.limits)
    }

    public func insert(_ item: ByteView, at index: Int) {
        open.changed()
        body.pointee.insert(item, at: index, limits: open.limits)
    }

    public func remove(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        open.changed()
        body.pointee.remove(range, limits: open.limits)
    }

    public func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView) -> Bool) {
        body.pointee.forEach(range, reverse: reverse, visit)
    }
}

/// An open sorted set of the memory keyspace.
public struct MemorySortedSet: SortedSetType {
    private let open: OpenEntry
    private var body: UnsafeMutablePointer<SortedSetBody> { open.entry.body(as: SortedSetBody.self) }

    init(_ open: OpenEntry) { self.open = open }

    public var count: Int { body.pointee.count }
    public func score(of member: ByteView) -> Double? { body.pointee.score(of: member) }

    public func set(_ member: ByteView, _ score: Double) -> Bool {
        open.changed()
        return body.pointee.set(member, score, limits: open.limits)
    }

    public func remove(_ member: ByteView) -> Bool {
        guard body.pointee.remove(member) else { return false }
        open.changed()
        return true
    }

    public func rank(of member: ByteView) -> Int? { body.pointee.rank(of: member) }

    public func rank(ofScore score: Double, orEqual: Bool) -> Int {
        body.pointee.rank(ofScore: score, orEqual: orEqual)
    }

    public func rank(ofMember member: ByteView, orEqual: Bool) -> Int {
        body.pointee.rank(ofMember: member, orEqual: orEqual)
    }

    public func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView, Double) -> Bool) {
        body.pointee.forEach(range, reverse: reverse, visit)
    }

    public func remove(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        open.changed()
        body.pointee.remove(range)
    }

    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, Double) -> Void) -> UInt64 {
        body.pointee.scan(from: cursor, count: count, visit)
    }
}
