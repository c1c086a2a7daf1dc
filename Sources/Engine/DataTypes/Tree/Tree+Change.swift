internal import Bytes

// Changes go to a path's leaf. They first make the path the tree's own (copying nodes that others share),
// then change the leaf, then bring the inner nodes above up to date from the bottom.

extension Tree {
    /// Inserts before the path's position. The path is used up. O(log n).
    mutating func insert(_ item: NewItem<L>, at path: inout TreePath, limit: LeafLimit = .standard) {
        guard path.depth > 0 else {
            root = Leaf<L>.make(item).raw
            return
        }
        own(&path)
        insertOwned(item, &path, limit)
    }

    /// Puts an item of the same key in the place of the path's. The path is used up. O(log n).
    mutating func replace(_ item: NewItem<L>, at path: inout TreePath, limit: LeafLimit = .standard) {
        own(&path)
        let leaf = path.leaf(L.self)
        path.setNode(path.last, leaf.removing(path.position..<path.position + 1).raw)
        insertOwned(item, &path, limit)
    }

    /// Changes the second string of the path's item. The path is used up.
    mutating func replaceSecond(_ item: NewItem<L>, at path: inout TreePath, limit: LeafLimit = .standard) {
        own(&path)
        if path.leaf(L.self).overwriteSecond(path.position, item.second) { return }
        replace(item, at: &path, limit: limit)
    }

    /// Changes the payload of the path's item.
    mutating func setPayload(_ payload: UInt64, at path: inout TreePath) {
        own(&path)
        path.leaf(L.self).setPayload(path.position, payload)
    }

    /// Removes the path's item. The path is used up. O(log n).
    mutating func remove(at path: inout TreePath, limit: LeafLimit = .standard) {
        remove(1, at: &path, limit)
    }

    /// Removes the items of `range`. O(log n + removed).
    mutating func remove(_ range: Range<Int>, limit: LeafLimit = .standard) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        if range.count == count { return release() }
        var left = range.count
        while left > 0 {
            var path = TreePath()
            locate(index: range.lowerBound, &path)
            let here = min(left, path.leaf(L.self).count - path.position)
            remove(here, at: &path, limit)
            left -= here
        }
    }

    // MARK: The parts

    /// Copies the shared nodes of the path, so that the tree may change it.
    @inline(__always)
    private mutating func own(_ path: inout TreePath) {
        for level in 0..<path.depth where !Block.isUnique(path.node(level)) {
            let shared = path.node(level)
            let copy = Node.copy(shared, L.self)
            Node.release(shared, L.self)
            path.setNode(level, copy)
            if level == 0 {
                root = copy
            } else {
                Inner(path.node(level - 1)).setChild(path.index(level - 1), copy)
            }
        }
    }

    @inline(__always)
    private mutating func insertOwned(_ item: NewItem<L>, _ path: inout TreePath, _ limit: LeafLimit) {
        let last = path.last
        let leaf = path.leaf(L.self)
        if leaf.fits(item, limit) {
            path.setNode(last, leaf.inserting(item, at: path.position).raw)
            settle(&path, extra: nil, separator: 0)
        } else {
            overflow(item, &path, limit)
        }
    }

    /// Inserts where the leaf is full: at its ends into a neighbour that has room, else into a new leaf, so
    /// that items that come in order pack densely; in between the leaf splits in halves.
    @inline(never)
    private mutating func overflow(_ item: NewItem<L>, _ path: inout TreePath, _ limit: LeafLimit) {
        let last = path.last
        let leaf = path.leaf(L.self)
        let position = path.position
        let atEnd = position == leaf.count
        if atEnd || position == 0, insertIntoNeighbour(item, &path, limit, right: atEnd) { return }
        var left = leaf
        var right = leaf
        if atEnd {
            right = .make(item)
        } else if position == 0 {
            left = .make(item)
        } else {
            (left, right) = leaf.split()
            if position <= left.count {
                left = left.inserting(item, at: position)
            } else {
                right = right.inserting(item, at: position - left.count)
            }
        }
        path.setNode(last, left.raw)
        settle(&path, extra: right.raw, separator: right.key(0))
    }

    /// Inserts at the near end of the next leaf under the same parent; false where there is no room either.
    private mutating func insertIntoNeighbour(
        _ item: NewItem<L>, _ path: inout TreePath, _ limit: LeafLimit, right: Bool
    ) -> Bool {
        let level = path.last - 1
        guard level >= 0 else { return false }
        let parent = Inner(path.node(level))
        let own = path.index(level)
        let other = right ? own + 1 : own - 1
        guard other >= 0, other < parent.count, Leaf<L>(parent.child(other)).fits(item, limit) else {
            return false
        }
        // The path's leaf may have changed (an item that is being replaced).
        parent.setChild(own, path.node(path.last))
        let neighbour = Leaf<L>(ownChild(other, of: parent))
        parent.setChild(other, neighbour.inserting(item, at: right ? 0 : neighbour.count).raw)
        parent.setSeparator(
            right ? other : own,
            right ? L.comparable(item.key) : path.leaf(L.self).key(0))
        settle(&path, extra: nil, separator: 0)
        return true
    }

    private func ownChild(_ i: Int, of parent: Inner) -> NodeAddress {
        let shared = parent.child(i)
        if Block.isUnique(shared) { return shared }
        let copy = Node.copy(shared, L.self)
        parent.setChild(i, copy)
        Node.release(shared, L.self)
        return copy
    }

    /// Brings the inner nodes above the path's leaf up to date. `extra` is a new node that follows the path's
    /// on the same level; where it does not fit, inner nodes split, the root last.
    @inline(__always)
    private mutating func settle(_ path: inout TreePath, extra: NodeAddress?, separator: UInt64) {
        var level = path.last - 1
        if let extra { return settleSplit(&path, extra, separator) }
        while level >= 0 {
            Inner(path.node(level)).setChild(path.index(level), path.node(level + 1))
            level &-= 1
        }
        root = path.node(0)
    }

    @inline(never)
    private mutating func settleSplit(_ path: inout TreePath, _ extra: NodeAddress, _ separator: UInt64) {
        var extra: NodeAddress? = extra
        var separator = separator
        for level in (0..<path.last).reversed() {
            let inner = Inner(path.node(level))
            let i = path.index(level)
            inner.setChild(i, path.node(level + 1))
            guard let node = extra else { continue }
            if inner.count < Inner.fanout {
                path.setNode(level, inner.inserting(node, separator: separator, at: i + 1).raw)
                extra = nil
                continue
            }
            // At the tree's edges items come in order: leave full nodes behind.
            var middle = inner.count / 2
            if path.isAtEdge(level, right: true) {
                middle = inner.count
            } else if path.isAtEdge(level, right: false) {
                middle = 1
            }
            var right = inner.splitOff(from: middle)
            if i + 1 < middle {
                path.setNode(level, inner.inserting(node, separator: separator, at: i + 1).raw)
            } else {
                right = right.inserting(node, separator: separator, at: i + 1 - middle)
            }
            extra = right.raw
            separator = right.separator(0)
        }
        guard let extra else {
            root = path.node(0)
            return
        }
        let top = Inner.make(level: Node.level(extra) + 1, capacity: 4)
            .inserting(path.node(0), separator: 0, at: 0)
            .inserting(extra, separator: separator, at: 1)
        root = top.raw
    }

    /// Removes `n` items from the path's position on, all in its leaf; joins what has become small with a
    /// neighbour, frees what has become empty.
    private mutating func remove(_ n: Int, at path: inout TreePath, _ limit: LeafLimit) {
        own(&path)
        let last = path.last
        let position = path.position
        path.setNode(last, path.leaf(L.self).removing(position..<position + n).raw)
        for level in (0..<last).reversed() {
            let inner = Inner(path.node(level))
            let child = path.node(level + 1)
            let i = path.index(level)
            inner.setChild(i, child)
            if Node.count(child) == 0 {
                inner.removeEntry(i)
                Node.release(child, L.self)
            } else {
                joinIfSmall(i, of: inner, limit)
            }
        }
        root = path.node(0)
        if let top = root, Node.count(top) == 0 { release() }
        // A root with one child is not needed.
        while let top = root, !Node.isLeaf(top), Node.count(top) == 1 {
            root = Inner(top).child(0)
            Block.free(top)
        }
    }

    /// Joins child `i` with a neighbour where it is under a quarter full and both together are under three.
    private func joinIfSmall(_ i: Int, of parent: Inner, _ limit: LeafLimit) {
        let child = parent.child(i)
        let isLeaf = Node.isLeaf(child)
        let small =
            isLeaf
            ? Leaf<L>(child).used < limit.bytes / 4
            : Node.count(child) < Inner.fanout / 4
        guard small else { return }
        for left in [i, i - 1] where left >= 0 && left + 1 < parent.count {
            let a = parent.child(left)
            let b = parent.child(left + 1)
            let items = Node.count(a) + Node.count(b)
            let joined: NodeAddress
            if isLeaf {
                let bytes = Leaf<L>(a).used + Leaf<L>(b).used
                guard bytes <= limit.bytes / 4 * 3, items <= max(1, limit.items / 4 * 3) else { continue }
                joined = Leaf<L>.joining(Leaf(a), Leaf(b)).raw
            } else {
                guard items <= Inner.fanout / 4 * 3 else { continue }
                let separator = parent.separator(left + 1)
                joined = Inner.joining(Inner(a), Inner(b), separator: separator).raw
            }
            parent.removeEntry(left + 1)
            parent.setChild(left, joined)
            Node.release(a, L.self)
            Node.release(b, L.self)
            return
        }
    }
}
