internal import Bytes

// From a member to its score: the index has only hashes, so a candidate's score is confirmed by finding
// (score, member) among the members. Entries of one hash are in no order.

extension Tree where L == ScoreIndex {
    /// The member's item, nil where it is missing. O(log n).
    func member(_ member: ByteView, hash: UInt64, in members: Tree<ScoredMembers>) -> Item<ScoredMembers>? {
        var entry = TreePath()
        locate(bound: hash, orEqual: false, &entry)
        while let score = score(at: &entry, hash) {
            if let item = members.find(ScoreKey.comparable(score), member) { return item }
            entry.position += 1
        }
        return nil
    }

    /// The paths to the member's entry and to its place among the members; where it is missing, `entry` is
    /// where its entry belongs and the answer false. Both are empty before. O(log n).
    func locate(
        _ member: ByteView, hash: UInt64, in members: Tree<ScoredMembers>,
        entry: inout TreePath, place: inout TreePath
    ) -> Bool {
        locate(bound: hash, orEqual: false, &entry)
        while let score = score(at: &entry, hash) {
            if members.locate(ScoreKey.comparable(score), member, &place) { return true }
            place = TreePath()
            entry.position += 1
        }
        return false
    }

    /// The score of the path's entry if its hash is `hash`. A path behind a leaf's last entry goes on to the
    /// next leaf only where that begins with the hash: an entry that is inserted belongs before the
    /// separator.
    @inline(__always)
    private func score(at path: inout TreePath, _ hash: UInt64) -> Double? {
        guard path.depth > 0 else { return nil }
        if path.position == path.leaf(ScoreIndex.self).count {
            var next = path
            guard next.step(forward: true), next.leaf(ScoreIndex.self).storedKey(0) == hash else {
                return nil
            }
            path = next
        }
        let leaf = path.leaf(ScoreIndex.self)
        guard leaf.storedKey(path.position) == hash else { return nil }
        return Double(bitPattern: leaf.payload(path.position))
    }

    /// Adds an entry. O(log n).
    mutating func insert(hash: UInt64, score: Double) {
        var path = TreePath()
        locate(bound: hash, orEqual: false, &path)
        insert(NewItem(key: hash, payload: score.bitPattern), at: &path)
    }

    /// Removes an entry that is present. Of members that share hash and score it does not matter whose entry
    /// it was. O(log n).
    mutating func remove(hash: UInt64, score: Double) {
        var path = TreePath()
        locate(bound: hash, orEqual: false, &path)
        while let other = self.score(at: &path, hash) {
            if other == score { return remove(at: &path) }
            path.position += 1
        }
        preconditionFailure("the sorted set's index lacks a member")
    }
}
