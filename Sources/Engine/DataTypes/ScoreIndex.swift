internal import Bytes

// From a member to its score: the index has only hashes, so a candidate's score is confirmed by finding
// (score, member) among the members. Entries of one hash are in no order.

extension Tree where L == ScoreIndex {
    /// The member's item, nil where it is missing. O(log n).
    func member(_ member: ByteView, hash: UInt64, in members: Tree<ScoredMembers>) -> Item<ScoredMembers>? {
        var path = TreePath()
        locate(bound: hash, orEqual: false, &path)
        var match: Item<ScoredMembers>?
        forEach(from: path) { entry in
            guard entry.key == hash else { return false }
            match = members.find(ScoreKey.comparable(Double(bitPattern: entry.payload)), member)
            return match == nil
        }
        return match
    }

    /// Adds an entry. O(log n).
    mutating func insert(hash: UInt64, score: Double) {
        var path = TreePath()
        locate(bound: hash, orEqual: false, &path)
        insert(NewItem(key: hash, payload: score.bitPattern), at: &path)
    }

    /// Changes the score of an entry that is present. Of members that share hash and score it does not
    /// matter whose entry it was.
    mutating func changeScore(hash: UInt64, from old: Double, to score: Double) {
        var path = locateEntry(hash, old)
        setPayload(score.bitPattern, at: &path)
    }

    /// Removes an entry that is present.
    mutating func remove(hash: UInt64, score: Double) {
        var path = locateEntry(hash, score)
        remove(at: &path)
    }

    private func locateEntry(_ hash: UInt64, _ score: Double) -> TreePath {
        var path = TreePath()
        locate(bound: hash, orEqual: false, &path)
        while true {
            let leaf = path.leaf(ScoreIndex.self)
            if path.position == leaf.count {
                precondition(path.step(forward: true), "the sorted set's index lacks a member")
                continue
            }
            precondition(leaf.storedKey(path.position) == hash, "the sorted set's index lacks a member")
            if Double(bitPattern: leaf.payload(path.position)) == score { return path }
            path.position += 1
        }
    }
}
