internal import Bytes

/// What a hash has once a field of it was given an expiry, in a block of its own: the root of its fields, and the fields
/// that expire as a sorted set by their time.
///
///     0   reference count, unused   (Block)
///     8   UInt64   the root of the fields, as `HashBody` keeps it
///     16  UInt64   a `SortedSetBody`: the score is the time in Unix ms, exact below 2^53
///     24  Int64    the least of the times, `Int64.max` where there is none
///
/// Always owned by one body: sharing a hash copies the block, whose trees are shared. The name of a field
/// that expires is kept twice; a hash that never had such fields pays nothing.
struct ExpiringFields {
    private let raw: UnsafeMutableRawPointer

    /// The block at an address that `word` gave.
    init(word: UInt) { raw = UnsafeMutableRawPointer(bitPattern: word).unsafelyUnwrapped }

    /// A block without times that takes the fields over.
    init(fields: UInt) {
        raw = Block.allocate(32)
        self.fields = fields
        times = SortedSetBody()
        earliest = .max
    }

    var word: UInt { UInt(bitPattern: raw) }

    /// The root of the fields.
    var fields: UInt {
        get { raw.load(fromByteOffset: 8, as: UInt.self) }
        nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 8, as: UInt.self) }
    }

    private var times: SortedSetBody {
        get { raw.load(fromByteOffset: 16, as: SortedSetBody.self) }
        nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: SortedSetBody.self) }
    }

    /// When the first field expires, in Unix ms; `Int64.max` where none does. O(1): look-ups of the key ask.
    private(set) var earliest: Int64 {
        get { raw.load(fromByteOffset: 24, as: Int64.self) }
        nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int64.self) }
    }

    /// When the last field expires; there is one. O(log n).
    var latest: Int64 { time(at: times.count - 1) }

    /// How many fields expire.
    var count: Int { times.count }

    private func time(at rank: Int) -> Int64 {
        var time = Int64.max
        times.forEach(rank..<rank + 1, reverse: false) { _, score in
            time = Int64(score)
            return true
        }
        return time
    }

    private func store(_ changed: SortedSetBody) {
        times = changed
        earliest = changed.count > 0 ? time(at: 0) : .max
    }

    // MARK: Fields

    /// When a field expires, nil where it does not.
    func time(of field: ByteView) -> Int64? { times.score(of: field).map { Int64($0) } }

    /// Sets when a field expires: 0 to 2^53.
    func set(_ field: ByteView, _ instant: Int64, limits: borrowing EncodingLimits) {
        precondition(instant >= 0 && instant < 1 << 53, "a time that a double does not hold")
        var changed = times
        _ = changed.set(field, Double(instant), limits: limits)
        store(changed)
    }

    /// Forgets when a field expires; false where it does not.
    func remove(_ field: ByteView) -> Bool {
        var changed = times
        guard changed.remove(field) else { return false }
        store(changed)
        return true
    }

    /// How many fields' time has come. O(log n).
    func due(at now: Int64) -> Int { times.rank(ofScore: Double(now), orEqual: true) }

    /// Visits the `count` fields that expire first.
    func forEachEarliest(_ count: Int, _ visit: (ByteView) -> Void) {
        times.forEach(0..<count, reverse: false) { field, _ in
            visit(field)
            return true
        }
    }

    /// Forgets the `count` fields that expire first.
    func removeEarliest(_ count: Int) {
        var changed = times
        changed.remove(0..<count)
        store(changed)
    }

    // MARK: The block

    /// A block of the same times and the same root, which the caller has shared.
    func copy() -> ExpiringFields {
        let other = ExpiringFields(fields: fields)
        other.times = times.share()
        other.earliest = earliest
        return other
    }

    /// Gives about `nodes` nodes of the times back; true when nothing is left of them.
    func releaseStep(nodes: Int) -> Bool {
        var left = times
        let done = left.releaseStep(nodes: nodes)
        times = left
        return done
    }

    /// Frees the block; there are no times any more.
    func free() { Block.free(raw) }

    /// What block and times take of the heap. O(nodes).
    var memory: Int { Block.memory(raw) + times.memoryUsage }

    /// What is wrong, nil where nothing is. For tests.
    func checkInvariants(_ isPresent: (ByteView) -> Bool) -> String? {
        if let problem = times.checkInvariants() { return "times: " + problem }
        let first = times.count > 0 ? time(at: 0) : .max
        if earliest != first { return "the earliest time is \(first), not \(earliest)" }
        var problem: String?
        times.forEach(0..<times.count, reverse: false) { field, _ in
            if !isPresent(field) { problem = "\(field.string) expires, but is missing" }
            return problem == nil
        }
        return problem
    }
}
