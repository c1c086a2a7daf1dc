public import Bytes

// What a command needs of an open collection. Handles are trivially copyable references: copies speak of
// the same collection. Visitors get views that are valid during the call, return false to stop, and must
// not change the collection.

/// An open hash: fields and their values. Fields whose time has come are gone before it is opened, and a
/// hash that has no others is missing: the handle knows of no time.
public protocol HashType {
    var count: Int { get }

    /// The field's value, nil where it is missing. O(log n), O(n) in the compact encoding.
    func get(_ field: ByteView) -> ByteView?

    /// Sets a field and what becomes of its expiry; true where the field is new. An instant is in the future
    /// and below 2^53. `value` must not be a view into this hash.
    @discardableResult
    func set(_ field: ByteView, _ value: ByteView, expiry: ExpiryChange) -> Bool

    /// Removes a field; false where it was missing.
    @discardableResult
    func remove(_ field: ByteView) -> Bool

    /// When the field expires. As `get`.
    func expiry(of field: ByteView) -> Expiry

    /// Sets, moves or (nil) removes the expiry of a field; false where it is missing. The instant is in the
    /// future and below 2^53: whoever wants the field to expire at once removes it. O(log n).
    @discardableResult
    func setExpiry(of field: ByteView, at instant: Int64?) -> Bool

    /// Visits every field and value.
    func forEach(_ visit: (ByteView, ByteView) -> Bool)

    /// Visits some fields from `cursor` (0 starts) on and returns where to go on, 0 at the end. The compact
    /// encoding is visited whole, as Redis does.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, ByteView) -> Void) -> UInt64

    /// Visits one field, each equally likely. The hash is not empty.
    func random(_ visit: (ByteView, ByteView) -> Void)
}

extension HashType {
    /// Sets a field, which then does not expire; true where it is new. `value` must not be a view into this
    /// hash.
    @inlinable
    @discardableResult
    public func set(_ field: ByteView, _ value: ByteView) -> Bool { set(field, value, expiry: .clear) }
}

/// An open set.
public protocol SetType {
    var count: Int { get }

    func contains(_ member: ByteView) -> Bool

    /// Adds a member; true where it is new.
    @discardableResult
    func insert(_ member: ByteView) -> Bool

    /// Removes a member; false where it was missing.
    @discardableResult
    func remove(_ member: ByteView) -> Bool

    /// Visits every member.
    func forEach(_ visit: (ByteView) -> Bool)

    /// Visits some members from `cursor` (0 starts) on; returns where to go on, 0 at the end.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView) -> Void) -> UInt64

    /// Visits one member, each equally likely. The set is not empty.
    func random(_ visit: (ByteView) -> Void)
}

/// An open list. Indices count from 0 at the left; all are within bounds (the caller has checked).
public protocol ListType {
    var count: Int { get }

    /// The item at `index`. O(log n).
    func get(_ index: Int) -> ByteView

    /// Replaces the item at `index`.
    func set(_ index: Int, _ item: ByteView)

    /// Inserts before `index`; `index == count` appends. O(log n).
    func insert(_ item: ByteView, at index: Int)

    /// Removes the items of `range`. O(log n + removed).
    func remove(_ range: Range<Int>)

    /// Visits the items of `range` from left to right, or from right to left.
    func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView) -> Bool)
}

/// An open sorted set: members in order of (score, bytes). Ranges by score and by name are rank arithmetic:
/// `rank(ofScore:)` and `rank(ofMember:)` turn a bound into a rank, `forEach` and `remove` take ranks.
public protocol SortedSetType {
    var count: Int { get }

    /// The member's score, nil where it is missing.
    func score(of member: ByteView) -> Double?

    /// Sets the member's score (not NaN); true where the member is new.
    @discardableResult
    func set(_ member: ByteView, _ score: Double) -> Bool

    /// Removes a member; false where it was missing.
    @discardableResult
    func remove(_ member: ByteView) -> Bool

    /// How many members stand before this one; nil where it is missing. O(log n).
    func rank(of member: ByteView) -> Int?

    /// How many members have a score below `score`, or not above it where `orEqual`. O(log n).
    func rank(ofScore score: Double, orEqual: Bool) -> Int

    /// How many members are bytewise below `member`, or not above it where `orEqual`; speaks only of sets
    /// whose scores are all the same, as Redis's lexicographic ranges do. O(log n).
    func rank(ofMember member: ByteView, orEqual: Bool) -> Int

    /// Visits the members of the ranks in `range`, upwards or downwards. O(log n + visited).
    func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView, Double) -> Bool)

    /// Removes the members of the ranks in `range`. O(log n + removed).
    func remove(_ range: Range<Int>)

    /// Visits some members from `cursor` (0 starts) on; returns where to go on, 0 at the end.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, Double) -> Void) -> UInt64
}
