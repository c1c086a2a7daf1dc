internal import Bytes

/// A set in memory.
///
/// A small set of integers is a sorted array (Redis's `intset`); every other is a tree in the order of
/// (hash, member) (`hashtable`), which a small one has in a single leaf. A tree never becomes an array
/// again. Bit 0 of the word says which it is.
struct SetBody: CollectionBody {
    private var word: UInt

    init() { word = 0 }

    private var isTree: Bool { word & 1 != 0 }

    private var integers: IntegerSet {
        get { IntegerSet(raw: UnsafeMutableRawPointer(bitPattern: word)) }
        set { word = UInt(bitPattern: newValue.raw) }
    }

    private var tree: Tree<SetMembers> {
        get { Tree(root: NodeAddress(bitPattern: word & ~1)) }
        set { word = newValue.root.map { UInt(bitPattern: $0) | 1 } ?? 0 }
    }

    var count: Int { isTree ? tree.count : integers.count }

    /// Whether the member is present. O(log n).
    func contains(_ member: ByteView) -> Bool {
        if isTree { return tree.find(ElementHash.of(member), member) != nil }
        guard let value = parseInt64(member) else { return false }
        return integers.contains(value)
    }

    /// Adds a member; true where it is new. The view may not be of this set.
    mutating func insert(_ member: ByteView, limits: borrowing EncodingLimits) -> Bool {
        if isTree { return insertInTree(member) }
        guard let value = parseInt64(member) else {
            convert()
            return insertInTree(member)
        }
        var integers = integers
        guard integers.insert(value) else { return false }
        self.integers = integers
        if integers.count > min(limits.setMaxIntsetEntries, IntegerSet.maximumCount) { convert() }
        return true
    }

    private mutating func insertInTree(_ member: ByteView) -> Bool {
        var tree = tree
        var path = TreePath()
        let item = NewItem<SetMembers>(key: ElementHash.of(member), first: member)
        if tree.locate(item.key, member, &path) { return false }
        tree.insert(item, at: &path)
        self.tree = tree
        return true
    }

    /// Removes a member; false where it was missing.
    mutating func remove(_ member: ByteView) -> Bool {
        if isTree {
            var tree = tree
            var path = TreePath()
            guard tree.locate(ElementHash.of(member), member, &path) else { return false }
            tree.remove(at: &path)
            self.tree = tree
            return true
        }
        guard let value = parseInt64(member) else { return false }
        var integers = integers
        guard integers.remove(value) else { return false }
        self.integers = integers
        return true
    }

    /// Visits every member until the visitor returns false; views are valid during the call. Integers
    /// ascend.
    func forEach(_ visit: (ByteView) -> Bool) {
        if isTree {
            tree.forEach { visit($0.first) }
        } else {
            let integers = integers
            for i in 0..<integers.count where !withDecimal(integers[i], visit) { return }
        }
    }

    /// Visits about `count` members from `cursor` on (all of them while they are integers) and returns where
    /// to go on, 0 at the end. A member that is present from the start of a whole scan to its end is visited.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView) -> Void) -> UInt64 {
        if isTree { return tree.scan(from: cursor, count: count) { visit($0.first) } }
        forEach {
            visit($0)
            return true
        }
        return 0
    }

    /// Visits one member, each equally likely. The set is not empty.
    func random(_ visit: (ByteView) -> Void) {
        let index = RandomSource.next(below: count)
        if isTree {
            visit(tree[index].first)
        } else {
            withDecimal(integers[index], visit)
        }
    }

    private mutating func convert() {
        var old = integers
        var new = Tree<SetMembers>()
        for i in 0..<old.count {
            withDecimal(old[i]) { member in
                let item = NewItem<SetMembers>(key: ElementHash.of(member), first: member)
                var path = TreePath()
                _ = new.locate(item.key, member, &path)
                new.insert(item, at: &path)
            }
        }
        old.release()
        // An empty set becomes a tree with its first member, which whoever converts it adds next.
        word = UInt(bitPattern: new.root) | 1
    }

    // MARK: As every collection

    var encoding: StaticString { isTree ? "hashtable" : "intset" }
    var memoryUsage: Int { isTree ? tree.memory : integers.memory }
    var isLarge: Bool { isTree && tree.isLarge }

    func share() -> SetBody {
        if isTree { _ = tree.share() } else { _ = integers.share() }
        return self
    }

    mutating func release() { _ = releaseStep(nodes: .max) }

    mutating func releaseStep(nodes: Int) -> Bool {
        if isTree { return tree.releaseStep(leaves: nodes) }
        integers.release()
        return true
    }

    /// What is wrong with the body's structure, nil where nothing is. For tests. O(n).
    func checkInvariants() -> String? {
        if isTree { return tree.checkInvariants() }
        let integers = integers
        for i in 0..<max(integers.count - 1, 0) where integers[i] >= integers[i + 1] {
            return "integers \(i) and \(i + 1) are out of order"
        }
        return nil
    }
}
