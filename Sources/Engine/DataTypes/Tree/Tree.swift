internal import Bytes

/// A counted B+ tree of copy-on-write nodes.
///
/// Items are in order of (key, first string) where the layout has keys, else of position; every inner node
/// knows how many items are below each child, so ranks and positions cost O(log n). Two trees may share
/// nodes: a change copies the shared ones on its path first. A tree is one pointer, trivially copyable;
/// whoever holds it owns one reference to the root and gives it back with `release`.
struct Tree<L: ItemLayout> {
    var root: NodeAddress?

    @inline(__always)
    init(root: NodeAddress? = nil) { self.root = root }

    @inline(__always)
    var count: Int {
        guard let root else { return 0 }
        return Node.total(root)
    }

    /// Another tree of the same nodes. O(1).
    func share() -> Tree {
        if let root { Block.retain(root) }
        return self
    }

    /// Gives the reference to the nodes back and becomes empty. O(nodes) where it was the last.
    mutating func release() {
        if let root { Node.release(root, L.self) }
        root = nil
    }

    /// Frees up to about `leaves` leaves at the right end, for giving back a large tree in steps; true when
    /// all is gone. The tree can only be released after that.
    mutating func releaseStep(leaves: Int) -> Bool {
        for _ in 0..<leaves {
            guard let root else { return true }
            if Node.isLeaf(root) || !Block.isUnique(root) {
                release()
                return true
            }
            releaseLastChild(of: Inner(root))
            if Inner(root).count == 0 {
                Block.free(root)
                self.root = nil
            }
        }
        return root == nil
    }

    private func releaseLastChild(of inner: Inner) {
        let i = inner.count - 1
        let child = inner.child(i)
        if !Node.isLeaf(child), Block.isUnique(child) {
            releaseLastChild(of: Inner(child))
            if Inner(child).count > 0 { return }
            inner.removeEntry(i)
            Block.free(child)
        } else {
            inner.removeEntry(i)
            Node.release(child, L.self)
        }
    }

    /// What all nodes take of the heap. O(nodes).
    var memory: Int {
        guard let root else { return 0 }
        return Node.memory(root, L.self)
    }

    /// Whether there is more than one leaf.
    var isLarge: Bool {
        guard let root else { return false }
        return !Node.isLeaf(root)
    }
}
