internal import Bytes

/// A sorted set in memory: members in the order of (score, bytes).
///
/// The members are in a tree of that order. Small, that is all, and a member is searched one by one
/// (Redis's `listpack`); past the limits a second tree, from the members' hashes to their scores, joins it
/// for good (`skiplist`). Bit 0 of the word says which: without it the word is the tree's root, with it a
/// `SortedSetRoots`.
struct SortedSetBody: CollectionBody {
    private var word: UInt

    init() { word = 0 }

    private var isIndexed: Bool { word & 1 != 0 }

    private var roots: SortedSetRoots { SortedSetRoots(word: word & ~1) }

    /// The members in order.
    var members: Tree<ScoredMembers> {
        isIndexed ? roots.members : Tree(root: NodeAddress(bitPattern: word))
    }

    /// The scores by the members' hashes, nil while small.
    var index: Tree<ScoreIndex>? { isIndexed ? roots.index : nil }

    private mutating func store(_ members: Tree<ScoredMembers>) {
        if isIndexed {
            roots.members = members
            if members.root == nil { release() }
        } else {
            word = UInt(bitPattern: members.root)
        }
    }

    var count: Int { members.count }

    // MARK: Members

    /// The member's score, nil where it is missing. O(log n), O(n) while small.
    func score(of member: ByteView) -> Double? {
        find(member).map { ScoreKey.score($0.key) }
    }

    private func find(_ member: ByteView) -> Item<ScoredMembers>? {
        guard let index else { return members.item(ofFirst: member) }
        return index.member(member, hash: ElementHash.of(member), in: members)
    }

    /// Sets the member's score (not NaN); true where the member is new. The view may not be of this set.
    mutating func set(_ member: ByteView, _ score: Double, limits: borrowing EncodingLimits) -> Bool {
        if isIndexed { return setIndexed(member, score) }
        let old = members.item(ofFirst: member).map { ScoreKey.score($0.key) }
        if old == nil {
            let tooLong = member.count > limits.zsetMaxListpackValue
            let tooMany = members.count >= limits.zsetMaxListpackEntries
            if tooLong || tooMany {
                convert()
                return setIndexed(member, score)
            }
        }
        if old == score { return false }
        var tree = members
        if let old {
            var place = TreePath()
            _ = tree.locate(ScoreKey.comparable(old), member, &place)
            tree.remove(at: &place)
        }
        // Redis's listpack keeps -0 as the integer 0.
        Self.insert(member, score + 0.0, into: &tree)
        store(tree)
        return old == nil
    }

    private mutating func setIndexed(_ member: ByteView, _ score: Double) -> Bool {
        let hash = ElementHash.of(member)
        var tree = members
        var index = roots.index
        var entry = TreePath()
        var place = TreePath()
        let present = index.locate(member, hash: hash, in: tree, entry: &entry, place: &place)
        if present {
            if ScoreKey.comparable(score) == place.leaf(ScoredMembers.self).key(place.position) {
                return false
            }
            index.setPayload(score.bitPattern, at: &entry)
            tree.remove(at: &place)
        } else {
            index.insert(NewItem(key: hash, payload: score.bitPattern), at: &entry)
        }
        Self.insert(member, score, into: &tree)
        roots.index = index
        roots.members = tree
        return !present
    }

    private static func insert(_ member: ByteView, _ score: Double, into tree: inout Tree<ScoredMembers>) {
        var place = TreePath()
        _ = tree.locate(ScoreKey.comparable(score), member, &place)
        tree.insert(NewItem(key: ScoreKey.stored(score), first: member), at: &place)
    }

    /// Removes a member; false where it was missing.
    mutating func remove(_ member: ByteView) -> Bool {
        var tree = members
        var place = TreePath()
        if isIndexed {
            var index = roots.index
            var entry = TreePath()
            let hash = ElementHash.of(member)
            guard index.locate(member, hash: hash, in: tree, entry: &entry, place: &place) else {
                return false
            }
            index.remove(at: &entry)
            roots.index = index
        } else {
            guard let rank = tree.index(ofFirst: member) else { return false }
            tree.locate(index: rank, &place)
        }
        tree.remove(at: &place)
        store(tree)
        return true
    }

    // MARK: Ranks

    /// How many members stand before this one; nil where it is missing. O(log n), O(n) while small.
    func rank(of member: ByteView) -> Int? {
        if !isIndexed { return members.index(ofFirst: member) }
        guard let score = score(of: member) else { return nil }
        var path = TreePath()
        _ = members.locate(ScoreKey.comparable(score), member, &path)
        return members.rank(path)
    }

    /// How many members have a score below `score` (not NaN), or not above it where `orEqual`. O(log n).
    func rank(ofScore score: Double, orEqual: Bool) -> Int {
        members.rank(bound: ScoreKey.comparable(score), orEqual: orEqual)
    }

    /// How many members are bytewise below `member`, or not above it where `orEqual`. Speaks only of sets
    /// whose scores are all the same. O(log n).
    func rank(ofMember member: ByteView, orEqual: Bool) -> Int {
        let members = members
        if members.count == 0 { return 0 }
        var path = TreePath()
        let present = members.locate(ScoreKey.comparable(members[0].key), member, &path)
        return members.rank(path) + (present && orEqual ? 1 : 0)
    }

    /// Visits the members of the ranks in `range`, upwards or downwards, until the visitor returns false.
    /// O(log n + visited).
    func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView, Double) -> Bool) {
        members.forEach(range, reverse: reverse) { visit($0.first, ScoreKey.score($0.key)) }
    }

    /// Removes the members of the ranks in `range`. O(log n + removed), with the index O(removed * log n).
    mutating func remove(_ range: Range<Int>) {
        var tree = members
        if isIndexed, range.count < tree.count {
            var index = roots.index
            tree.forEach(range) { item in
                index.remove(hash: ElementHash.of(item.first), score: ScoreKey.score(item.key))
                return true
            }
            roots.index = index
        }
        tree.remove(range)
        store(tree)
    }

    private mutating func convert() {
        let members = members
        var index = Tree<ScoreIndex>()
        members.forEach { item in
            index.insert(hash: ElementHash.of(item.first), score: ScoreKey.score(item.key))
            return true
        }
        word = SortedSetRoots(members: members, index: index).word | 1
    }

    // MARK: As every collection

    var encoding: StaticString { isIndexed ? "skiplist" : "listpack" }

    var memoryUsage: Int {
        members.memory + (isIndexed ? roots.index.memory + roots.memory : 0)
    }

    var isLarge: Bool { members.isLarge }

    func share() -> SortedSetBody {
        var other = SortedSetBody()
        let members = members.share()
        if isIndexed {
            other.word = SortedSetRoots(members: members, index: roots.index.share()).word | 1
        } else {
            other.word = word
        }
        return other
    }

    mutating func release() { _ = releaseStep(nodes: .max) }

    mutating func releaseStep(nodes: Int) -> Bool {
        if !isIndexed {
            var tree = members
            let done = tree.releaseStep(leaves: nodes)
            word = UInt(bitPattern: tree.root)
            return done
        }
        guard roots.members.releaseStep(leaves: nodes), roots.index.releaseStep(leaves: nodes) else {
            return false
        }
        roots.free()
        word = 0
        return true
    }

    /// What is wrong with the body's structure, nil where nothing is. For tests. O(n log n).
    func checkInvariants() -> String? {
        if let problem = members.checkInvariants() { return problem }
        guard let index else { return nil }
        if let problem = index.checkInvariants() { return "index: " + problem }
        if index.count != members.count { return "\(index.count) scores for \(members.count) members" }
        var problem: String?
        members.forEach { item in
            let own = index.member(item.first, hash: ElementHash.of(item.first), in: members)
            if own?.key != item.key { problem = "the index does not know \(item.first.string)" }
            return problem == nil
        }
        return problem
    }
}
