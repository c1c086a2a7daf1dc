/// The nodes from a tree's root to a leaf, and the index taken in each; in the leaf it is an item's, or one
/// past the last.
///
/// Nodes split in halves except at the tree's edges, so a path of 12 (fanout 128) never is too short.
struct TreePath {
    static let maximumDepth = 12

    /// Index 0 is the root.
    private var addresses: InlineArray<12, NodeAddress?>
    private var indices: InlineArray<12, Int>
    /// How many nodes there are; the last is a leaf. 0 in an empty tree.
    private(set) var depth: Int

    @inline(__always)
    init() {
        addresses = InlineArray(repeating: nil)
        indices = InlineArray(repeating: 0)
        depth = 0
    }

    @inline(__always) var last: Int { depth &- 1 }

    /// The index in the leaf.
    @inline(__always)
    var position: Int {
        get { indices[depth &- 1] }
        set { indices[depth &- 1] = newValue }
    }

    @inline(__always)
    func node(_ level: Int) -> NodeAddress { addresses[level].unsafelyUnwrapped }

    @inline(__always)
    mutating func setNode(_ level: Int, _ raw: NodeAddress) { addresses[level] = raw }

    @inline(__always)
    func index(_ level: Int) -> Int { indices[level] }

    @inline(__always)
    mutating func push(_ raw: NodeAddress, _ index: Int) {
        precondition(depth < Self.maximumDepth, "the tree is too deep")
        addresses[depth] = raw
        indices[depth] = index
        depth &+= 1
    }

    @inline(__always)
    func leaf<L: ItemLayout>(_: L.Type) -> Leaf<L> { Leaf(node(depth &- 1)) }

    /// Goes to the first item of the next leaf (or the last of the previous one); false at the tree's end,
    /// where the path stays as it is.
    mutating func step(forward: Bool) -> Bool {
        var level = depth &- 2
        while level >= 0 {
            let next = indices[level] &+ (forward ? 1 : -1)
            let inner = Inner(node(level))
            if next >= 0 && next < inner.count {
                indices[level] = next
                descend(from: level, toFirst: forward)
                return true
            }
            level &-= 1
        }
        return false
    }

    private mutating func descend(from level: Int, toFirst: Bool) {
        depth = level &+ 1
        var raw = Inner(node(level)).child(indices[level])
        while !Node.isLeaf(raw) {
            let inner = Inner(raw)
            let i = toFirst ? 0 : inner.count &- 1
            push(raw, i)
            raw = inner.child(i)
        }
        push(raw, toFirst ? 0 : max(Node.count(raw) &- 1, 0))
    }

    /// Whether the path keeps to the tree's right (or left) edge down to `level`.
    func isAtEdge(_ level: Int, right: Bool) -> Bool {
        for l in 0...level where indices[l] != (right ? Inner(node(l)).count &- 1 : 0) { return false }
        return true
    }
}
