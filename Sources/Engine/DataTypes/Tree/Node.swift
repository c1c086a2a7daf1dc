internal import Bytes

/// What leaves and inner nodes have in common.
///
/// A node is a block with this header; its address is all that is passed around:
///
///     0  reference count   UInt32, atomic (Block)
///     4  flags             UInt8, bit 0: some string is in a block of its own (leaves)
///     5  level             UInt8, 0 is a leaf
///     6  count             UInt16, items or children
///     8  capacity          UInt32, bytes of the block (leaf) or entries it has room for (inner node)
///     12 heap size         UInt32, bytes of packed strings (leaf)
///     16 total             UInt64, items below (inner node)
typealias NodeAddress = UnsafeMutableRawPointer

enum Node {
    @inline(__always)
    static func level(_ raw: NodeAddress) -> Int { Int(raw.load(fromByteOffset: 5, as: UInt8.self)) }

    @inline(__always)
    static func isLeaf(_ raw: NodeAddress) -> Bool { raw.load(fromByteOffset: 5, as: UInt8.self) == 0 }

    /// Items (leaf) or children (inner node).
    @inline(__always)
    static func count(_ raw: NodeAddress) -> Int { Int(raw.load(fromByteOffset: 6, as: UInt16.self)) }

    @inline(__always)
    static func setCount(_ raw: NodeAddress, _ count: Int) {
        raw.storeBytes(of: UInt16(count), toByteOffset: 6, as: UInt16.self)
    }

    /// Items below this node. O(1).
    @inline(__always)
    static func total(_ raw: NodeAddress) -> Int { isLeaf(raw) ? count(raw) : Inner(raw).total }

    /// Gives a reference back, and everything below with the last one. The recursion is as deep as the tree.
    static func release<L: ItemLayout>(_ raw: NodeAddress, _: L.Type) {
        guard Block.drop(raw) else { return }
        if isLeaf(raw) {
            Leaf<L>(raw).releaseBlocks()
        } else {
            let inner = Inner(raw)
            for i in 0..<inner.count { release(inner.child(i), L.self) }
        }
        Block.free(raw)
    }

    /// A copy that its caller alone owns; what it points to is shared.
    static func copy<L: ItemLayout>(_ raw: NodeAddress, _: L.Type) -> NodeAddress {
        isLeaf(raw) ? Leaf<L>(raw).copy().raw : Inner(raw).copy().raw
    }

    /// What the node and everything below takes of the heap. O(nodes).
    static func memory<L: ItemLayout>(_ raw: NodeAddress, _: L.Type) -> Int {
        var sum = Block.memory(raw)
        if isLeaf(raw) {
            Leaf<L>(raw).forEachBlock { sum += Block.memory($0) }
        } else {
            let inner = Inner(raw)
            for i in 0..<inner.count { sum += memory(inner.child(i), L.self) }
        }
        return sum
    }
}
