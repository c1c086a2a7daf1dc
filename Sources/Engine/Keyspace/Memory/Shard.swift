internal import Bytes

/// One of the 64 parts of the table: extendible hashing (Fagin et al., 1979) over segments.
///
/// A key's shard is the top 6 bits of its hash; the next `depth` bits index the directory. A segment that
/// fills up is split alone, so no insertion ever pays for the whole table, and the order of hashes, which
/// cursors speak of, survives every split.
///
/// Invariants: each segment with local depth d stands in 2^(depth − d) neighbouring directory entries; a
/// directory entry's `deadline` is not above the earliest deadline in its segment, nor the shard's above any of
/// theirs. All under the shard's lock.
struct Shard: ~Copyable {
    struct DirectoryEntry {
        var segment: Segment
        /// A lower bound of the segment's deadlines (Unix ms): when a key, or a field of a hash, expires;
        /// `Int64.max` where nothing does.
        var deadline: Int64
    }

    static let bits = KeyspaceTable.shardBits
    static let count = KeyspaceTable.shardCount

    private(set) var depth = 0
    private(set) var directory: [DirectoryEntry]
    /// Keys.
    private(set) var count = 0
    /// A lower bound of all deadlines.
    private var deadline = Int64.max
    /// Keys that have an expiry.
    private(set) var volatileKeys = 0
    /// Hashes of which a field expires.
    private(set) var expiringHashes = 0
    /// What every entry is stamped with, but those that a running snapshot has not seen yet.
    private(set) var stamp: UInt32 = 0

    init() { directory = [DirectoryEntry(segment: Segment.make(depth: 0), deadline: .max)] }

    /// Where in the directory the hash belongs.
    @inline(__always)
    private func index(_ hash: UInt64) -> Int {
        // Two shifts, because a shift by 64 would not give 0.
        Int(truncatingIfNeeded: ((hash << UInt64(Shard.bits)) >> 1) &>> UInt64(63 - depth))
    }

    /// A key's place.
    struct Place {
        var segment: Segment
        var slot: Int
        var entry: Entry { segment[slot].unsafelyUnwrapped }
    }

    @inline(__always)
    func segment(for hash: UInt64) -> Segment {
        directory.withUnsafeBufferPointer { $0[index(hash)].segment }
    }

    /// The place of a key, expired or not; nil where it is missing.
    @inline(__always)
    func find(_ key: ByteView, _ hash: UInt64) -> Place? {
        let segment = segment(for: hash)
        guard let slot = segment.find(key, hash) else { return nil }
        return Place(segment: segment, slot: slot)
    }

    /// Adds an entry whose key is not there.
    mutating func insert(_ entry: Entry, _ hash: UInt64) {
        var target = segment(for: hash)
        while target.used >= Segment.maximumUsed {
            split(at: index(hash))
            target = segment(for: hash)
        }
        entry.stamp = stamp
        target.insert(entry, hash)
        count += 1
        if entry.expiry != nil { volatileKeys += 1 }
        if entry.fieldsExpire { expiringHashes += 1 }
        noteDeadline(of: entry, hash)
    }

    /// Takes an entry out of the table; freeing it is the caller's.
    mutating func remove(at place: Place) -> Entry {
        let entry = place.entry
        place.segment.remove(at: place.slot)
        count -= 1
        if entry.expiry != nil { volatileKeys -= 1 }
        if entry.fieldsExpire { expiringHashes -= 1 }
        return entry
    }

    /// What replacing an entry must know of the old one, which may be gone by then.
    struct Replaced {
        let expires: Bool
        let fieldsExpire: Bool

        @inline(__always)
        init(_ entry: Entry) {
            expires = entry.expiry != nil
            fieldsExpire = entry.fieldsExpire
        }
    }

    /// Puts another entry of the same key in an entry's place; freeing the old one is the caller's.
    mutating func replace(at place: Place, _ hash: UInt64, with entry: Entry, old: Replaced) {
        entry.stamp = stamp
        place.segment.replace(at: place.slot, with: entry)
        volatileKeys += (entry.expiry == nil ? 0 : 1) - (old.expires ? 1 : 0)
        expiringHashes += (entry.fieldsExpire ? 1 : 0) - (old.fieldsExpire ? 1 : 0)
        noteDeadline(of: entry, hash)
    }

    /// Brings up to date whether a field of an entry in this shard expires, and sees to it that it is looked at then.
    mutating func noteFieldExpiry(of entry: Entry, _ hash: UInt64) {
        let before = entry.fieldsExpire
        let expires = entry.noteFieldExpiry()
        expiringHashes += (expires ? 1 : 0) - (before ? 1 : 0)
        if expires { noteDeadline(of: entry, hash) }
    }

    /// Removes fields whose time has come from a hash in this shard that keeps others; how many.
    mutating func removeExpiredFields(of entry: Entry, at now: Int64, limit: Int = .max) -> Int {
        guard entry.fieldsExpire else { return 0 }
        let removed = entry.removeExpiredFields(at: now, limit: limit)
        if !entry.fieldsExpire { expiringHashes -= 1 }
        return removed
    }

    // MARK: Snapshots

    /// Makes every entry one that a snapshot has not seen yet.
    mutating func beginSnapshot() { stamp ^= 1 }

    /// The hash at which the segment after that of `hash` begins; nil after the last.
    func nextSegment(after hash: UInt64) -> UInt64? {
        let next = aliases(of: index(hash)).upperBound
        guard next < directory.count else { return nil }
        let shard = (hash >> UInt64(64 - Shard.bits)) << UInt64(64 - Shard.bits)
        return shard | UInt64(next) << UInt64(64 - Shard.bits - depth)
    }

    /// Sees to it that the entry is looked at when it, or a field of it, expires.
    mutating func noteDeadline(of entry: Entry, _ hash: UInt64) {
        guard let deadline = entry.deadline else { return }
        let index = index(hash)
        guard directory[index].deadline > deadline else { return }
        for alias in aliases(of: index) { directory[alias].deadline = deadline }
        self.deadline = min(self.deadline, deadline)
    }

    /// The directory entries that share the segment at `index`.
    private func aliases(of index: Int) -> Range<Int> {
        let span = 1 << (depth - directory[index].segment.depth)
        let first = index & ~(span - 1)
        return first..<first + span
    }

    // MARK: Growing

    /// Makes room for `keys` keys in all, so that few segments are split as they come; an empty shard's alone.
    mutating func reserve(_ keys: Int) {
        guard count == 0, depth == 0 else { return }
        // Filled to seven eighths of where it is split, one in two hundred segments has to be, by chance.
        while depth < 32, keys >> depth > Segment.maximumUsed / 8 * 7 { depth += 1 }
        if depth == 0 { return }
        directory[0].segment.free()
        directory = (0..<1 << depth).map { _ in
            DirectoryEntry(segment: Segment.make(depth: depth), deadline: .max)
        }
    }

    private mutating func split(at hint: Int) {
        var index = hint
        let full = directory[index].segment
        if full.depth == depth {
            var doubled: [DirectoryEntry] = []
            doubled.reserveCapacity(directory.count * 2)
            for entry in directory {
                doubled.append(entry)
                doubled.append(entry)
            }
            directory = doubled
            depth += 1
            index *= 2
        }
        let range = aliases(of: index)
        let deadline = directory[range.lowerBound].deadline
        let low = Segment.make(depth: full.depth + 1)
        let high = Segment.make(depth: full.depth + 1)
        let bit = UInt64(1) << UInt64(63 - Shard.bits - full.depth)
        for slot in 0..<Segment.slotCount {
            full.prefetchEntry(ahead: slot)
            guard let entry = full[slot] else { continue }
            let hash = KeyHash.of(entry.key)
            (hash & bit == 0 ? low : high).insert(entry, hash)
        }
        full.free()
        let middle = (range.lowerBound + range.upperBound) / 2
        for alias in range {
            directory[alias] = DirectoryEntry(segment: alias < middle ? low : high, deadline: deadline)
        }
    }

    // MARK: Walking

    /// Calls `visit` once for each segment, from the one that holds `hash` on; stops when it returns false.
    func forEachSegment(from hash: UInt64, _ visit: (Segment) -> Bool) {
        var index = index(hash)
        while index < directory.count {
            let segment = directory[index].segment
            index = aliases(of: index).upperBound
            if !visit(segment) { return }
        }
    }

    /// Some entry; the shard is not empty. Draws directory entries and slots until it meets one: some 500
    /// draws for one key, two for a full segment.
    func randomEntry() -> Entry {
        precondition(count > 0, "nothing to choose from")
        while true {
            let segment = directory[RandomSource.next(below: directory.count)].segment
            if let entry = segment[RandomSource.next(below: Segment.slotCount)] { return entry }
        }
    }

    /// Removes what has expired from segments that are due, handing each entry to `dispose` and the hash of
    /// each that has lost fields to `changed` (and the entry, before, to `fields`), and sets their deadlines anew. Looks
    /// at `budget` segments at most, and removes about 1,000 fields; true when nothing is left to do.
    /// O(directory) plus the segments that are due, O(1) where none is: what does not expire costs nothing.
    mutating func reclaim(
        at now: Int64, budget: inout Int,
        fields note: (_ entry: Entry, _ limit: Int, _ isSaved: Bool) -> Void = { _, _, _ in },
        changed: (_ entry: Entry, _ hash: UInt64) -> Void = { _, _ in },
        _ dispose: (_ entry: Entry, _ hash: UInt64, _ isSaved: Bool) -> Void
    ) -> Bool {
        guard deadline <= now else { return true }
        var fields = 1000
        var next = Int64.max
        var index = 0
        while index < directory.count {
            let range = aliases(of: index)
            index = range.upperBound
            guard directory[range.lowerBound].deadline <= now else {
                next = min(next, directory[range.lowerBound].deadline)
                continue
            }
            if budget == 0 || fields == 0 { return false }
            budget -= 1
            let segment = directory[range.lowerBound].segment
            var earliest = Int64.max
            var slot = 0
            while slot < Segment.slotCount {
                guard let entry = segment[slot], let deadline = entry.deadline else {
                    slot += 1
                    continue
                }
                if deadline <= now, entry.isExpired(at: now) {
                    let hash = KeyHash.of(entry.key)
                    // Removal may move a later entry into this slot: look at it again.
                    dispose(remove(at: Place(segment: segment, slot: slot)), hash, entry.stamp == stamp)
                } else {
                    if deadline <= now {
                        note(entry, fields, entry.stamp == stamp)
                        entry.stamp = stamp
                    }
                    let removed = removeExpiredFields(of: entry, at: now, limit: fields)
                    if removed > 0 { changed(entry, KeyHash.of(entry.key)) }
                    fields -= removed
                    earliest = min(earliest, entry.deadline ?? .max)
                    slot += 1
                }
            }
            for alias in range { directory[alias].deadline = earliest }
            next = min(next, earliest)
        }
        deadline = next
        return next > now
    }

    /// Takes out the whole contents, leaving the shard empty.
    mutating func detachAll() -> [DirectoryEntry] {
        let old = directory
        directory = [DirectoryEntry(segment: Segment.make(depth: 0), deadline: .max)]
        depth = 0
        count = 0
        deadline = .max
        volatileKeys = 0
        expiringHashes = 0
        return old
    }
}
