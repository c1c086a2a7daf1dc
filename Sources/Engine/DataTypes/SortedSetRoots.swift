/// The two trees of a large sorted set, in a block of their own: `[references, unused][members][index]`.
///
/// Always owned by one body: sharing a sorted set makes new roots of the same nodes.
struct SortedSetRoots {
    private let raw: UnsafeMutableRawPointer

    /// The roots at an address that `word` gave.
    init(word: UInt) { raw = UnsafeMutableRawPointer(bitPattern: word).unsafelyUnwrapped }

    init(members: Tree<ScoredMembers>, index: Tree<ScoreIndex>) {
        raw = Block.allocate(24)
        self.members = members
        self.index = index
    }

    var word: UInt { UInt(bitPattern: raw) }

    var members: Tree<ScoredMembers> {
        get { Tree(root: raw.load(fromByteOffset: 8, as: NodeAddress?.self)) }
        nonmutating set { raw.storeBytes(of: newValue.root, toByteOffset: 8, as: NodeAddress?.self) }
    }

    var index: Tree<ScoreIndex> {
        get { Tree(root: raw.load(fromByteOffset: 16, as: NodeAddress?.self)) }
        nonmutating set { raw.storeBytes(of: newValue.root, toByteOffset: 16, as: NodeAddress?.self) }
    }

    var memory: Int { Block.memory(raw) }

    /// Frees the block; both trees are empty.
    func free() { Block.free(raw) }
}
