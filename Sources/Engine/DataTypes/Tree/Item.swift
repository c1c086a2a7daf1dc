internal import Bytes

/// An item that is about to go into a tree.
struct NewItem<L: ItemLayout> {
    /// The order key as it is to be stored.
    var key: UInt64 = 0
    /// What an item without strings carries.
    var payload: UInt64 = 0
    var first: ByteView = .empty
    var second: ByteView = .empty

    @inline(__always)
    var firstSize: Int { PackedString.size(of: first) }

    /// Bytes of heap it will take.
    @inline(__always)
    var heapSize: Int {
        switch L.strings {
        case 0: 0
        case 1: firstSize
        default: firstSize &+ PackedString.size(of: second)
        }
    }

    /// Whether a string is too long for the leaf itself.
    @inline(__always)
    var hasBlocks: Bool {
        first.count > PackedString.inlineLimit || second.count > PackedString.inlineLimit
    }
}

/// An item in a tree; valid until the tree changes.
struct Item<L: ItemLayout> {
    let leaf: Leaf<L>
    let index: Int

    @inline(__always)
    init(_ leaf: Leaf<L>, _ index: Int) {
        self.leaf = leaf
        self.index = index
    }

    /// The order key as it was stored.
    @inline(__always) var key: UInt64 { leaf.storedKey(index) }
    @inline(__always) var payload: UInt64 { leaf.payload(index) }
    @inline(__always) var first: ByteView { leaf.first(index) }
    @inline(__always) var second: ByteView { leaf.second(index) }
}
