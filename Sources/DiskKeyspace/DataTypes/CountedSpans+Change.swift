internal import Bytes

extension CountedSpans {
    // MARK: Inserting

    /// Counts an element that is now at the position. A look-up a level, and once in width / 2 times a walk over half
    /// a run.
    /// - Parameter count: how many elements there are now.
    func inserted(at position: ByteView, count: Int) {
        if height == 0 {
            if count > width { plant(count) }
            return
        }
        trim()
        guard let root = loadRoot(), insert(position, into: root) else { return }
        if root.count > fanOut { grow(root) }
    }

    private func insert(_ position: ByteView, into node: SpanNode) -> Bool {
        let index = node.separators.index(covering: position)
        node.elements[index] += 1
        node.isDirty = true
        if node.level == 1 { return node.elements[index] <= width || splitRun(node, index) }
        guard let child = child(node, index, counting: 1), insert(position, into: child) else { return false }
        if child.count > fanOut { split(child, index, of: node) }
        return true
    }

    /// The node of an entry whose count is already `change` ahead of the node's own.
    private func child(_ node: SpanNode, _ index: Int, counting change: Int) -> SpanNode? {
        if let child = node.children[index] { return child }
        node.elements[index] -= change
        defer { node.elements[index] += change }
        return child(node, index)
    }

    /// Splits a run at its middle element.
    private func splitRun(_ node: SpanNode, _ index: Int) -> Bool {
        let half = node.elements[index] / 2
        var passed = 0
        var before: [UInt8] = []
        var middle: [UInt8]?
        node.separators.withView(index) { start in
            walk(from: start, to: nil) { position, _ in
                passed += 1
                if passed == half { before = position.array }
                if passed > half { middle = Separators.between(before, position) }
                return middle == nil
            }
        }
        guard let middle else {
            damaged()
            return false
        }
        let right = node.elements[index] - half
        node.elements[index] = half
        node.insert(middle, elements: right, child: nil, at: index + 1)
        return true
    }

    /// Splits a node at its middle entry.
    private func split(_ child: SpanNode, _ index: Int, of parent: SpanNode) {
        let right = child.split(at: child.count / 2)
        loaded += 1
        parent.elements[index] = child.total ?? 0
        parent.insert(
            right.separators.array(0), elements: right.total ?? 0, child: right, at: index + 1)
    }

    /// Puts a level above the root, which has too many entries, and splits it.
    private func grow(_ root: SpanNode) {
        guard height + 1 < Int(OrderKey.fieldLevel) else { return damaged() }
        height += 1
        loaded += 1
        var start = Separators()
        start.append(.empty)
        let top = SpanNode(height, start, [root.total ?? 0], children: [root])
        self.root = top
        split(root, 0, of: top)
    }

    /// Makes the first nodes over that many elements, which are walked over.
    private func plant(_ count: Int) {
        let runs = runCount(count)
        var separators = Separators()
        separators.append(.empty)
        var elements: [Int] = []
        var last = 0
        var passed = 0
        var before: [UInt8] = []
        walk(from: .empty, to: nil) { position, _ in
            let next = (elements.count + 1) * count / runs
            if elements.count + 1 < runs {
                if passed == next - 1 { before = position.array }
                if passed == next {
                    Separators.between(before, position).withByteView { separators.append($0) }
                    elements.append(next - last)
                    last = next
                }
            }
            passed += 1
            return true
        }
        guard passed == count, elements.count + 1 == runs else { return damaged() }
        elements.append(count - last)
        build(separators, elements)
    }

    /// Into how many runs that many elements are cut: three quarters full, at least two.
    private func runCount(_ count: Int) -> Int {
        let fill = width * 3 / 4
        return max((count + fill - 1) / fill, 2)
    }

    /// Makes the nodes over elements whose positions are known without looking. There are none yet. O(runs).
    /// - Parameter position: of the n-th element.
    func build(count: Int, position: (Int) -> [UInt8]) {
        let runs = runCount(count)
        let cut = cut(count, into: runs, from: [], position)
        build(cut.separators, cut.elements)
    }

    private func cut(
        _ count: Int, into runs: Int, from start: [UInt8], _ position: (Int) -> [UInt8]
    ) -> (separators: Separators, elements: [Int]) {
        var separators = Separators()
        var elements: [Int] = []
        for run in 0..<runs {
            let first = run * count / runs
            (run == 0 ? start : position(first)).withByteView { separators.append($0) }
            elements.append((run + 1) * count / runs - first)
        }
        return (separators, elements)
    }

    private func build(_ runs: Separators, _ elements: [Int]) {
        var nodes = makeNodes(1, runs, elements, [])
        height = 1
        while nodes.count > 1 {
            var separators = Separators()
            for node in nodes { node.separators.withView(0) { separators.append($0) } }
            height += 1
            nodes = makeNodes(height, separators, nodes.map { $0.total ?? 0 }, nodes)
        }
        root = nodes[0]
    }

    /// Nodes of a level over these entries, three quarters full.
    private func makeNodes(
        _ level: Int, _ separators: Separators, _ elements: [Int], _ children: [SpanNode?]
    ) -> [SpanNode] {
        let fill = fanOut * 3 / 4
        let count = elements.count > fanOut ? (elements.count + fill - 1) / fill : 1
        loaded += count
        let all = SpanNode(level, separators, elements, children: children)
        var nodes: [SpanNode] = []
        for index in stride(from: count - 1, to: 0, by: -1) {
            nodes.append(all.split(at: index * elements.count / count))
        }
        nodes.append(all)
        return nodes.reversed()
    }

    // MARK: Positions that change

    /// Some neighbours: where they begin, where the next begins (nil: they are the last), and how many they are.
    struct Stretch {
        var start: [UInt8]
        var end: [UInt8]?
        var elements: Int
    }

    /// The run that covers the position, and all runs of its node; nil where there are no nodes, or a damaged one.
    func stretches(at position: ByteView) -> (run: Stretch, node: Stretch)? {
        if height == 0 { return nil }
        var end: [UInt8]?
        var nodeEnd: [UInt8]?
        let found = descend { node in
            let index = node.separators.index(covering: position)
            if node.level == 1 { nodeEnd = end }
            if index + 1 < node.count { end = node.separators.array(index + 1) }
            return index
        }
        guard let (node, index) = found else { return nil }
        return (
            Stretch(start: node.separators.array(index), end: end, elements: node.elements[index]),
            Stretch(start: node.separators.array(0), end: nodeEnd, elements: node.total ?? 0)
        )
    }

    /// Cuts the node of level 1 at the position into runs anew: its elements have other positions.
    /// - Parameter newPosition: of the n-th of them.
    func respace(at position: ByteView, _ newPosition: (Int) -> [UInt8]) {
        let found = descend { node in
            // Nodes that are written are found from above.
            node.isDirty = true
            return node.separators.index(covering: position)
        }
        guard let node = found?.node, let count = node.total else { return }
        let least = height == 1 ? 2 : leastEntries
        let runs = min(fanOut, max(runCount(count), least))
        let cut = cut(count, into: runs, from: node.separators.array(0), newPosition)
        node.replace(cut.separators, cut.elements)
    }

    // MARK: Removing

    /// Counts an element less, which was at the position. A look-up a level; now and then one of a neighbour.
    func removed(at position: ByteView) {
        if height == 0 { return }
        trim()
        guard let root = loadRoot(), remove(position, from: root) else { return }
        removeNeedlessLevels()
    }

    private func remove(_ position: ByteView, from node: SpanNode) -> Bool {
        let index = node.separators.index(covering: position)
        guard node.elements[index] > 0 else {
            damaged()
            return false
        }
        node.elements[index] -= 1
        node.isDirty = true
        if node.level == 1 {
            if !mergeRuns(node, index - 1) { _ = mergeRuns(node, index) }
            return true
        }
        guard let child = child(node, index, counting: -1), remove(position, from: child) else {
            return false
        }
        if child.count < leastEntries { return fill(index, of: node) }
        return true
    }

    /// Puts a run and the next of its node together where they are small; whether they were.
    private func mergeRuns(_ node: SpanNode, _ index: Int) -> Bool {
        guard index >= 0, index + 1 < node.count else { return false }
        let (left, right) = (node.elements[index], node.elements[index + 1])
        guard left == 0 || right == 0 || left + right <= width / 2 else { return false }
        node.merge(index)
        return true
    }

    /// Puts a node that has few entries together with its neighbour, or takes some of that one's.
    private func fill(_ index: Int, of parent: SpanNode) -> Bool {
        // The only one there is; its parent is about to be put together with another, or to go.
        guard parent.count > 1 else { return true }
        let index = max(index - 1, 0)
        guard let left = child(parent, index), let right = child(parent, index + 1) else { return false }
        let border = left.count
        delete(right)
        left.append(right)
        if left.level == 1 { _ = mergeRuns(left, border - 1) }
        parent.isDirty = true
        if left.count <= fanOut * 3 / 4 {
            parent.merge(index)
        } else {
            parent.remove(at: index + 1)
            split(left, index, of: parent)
        }
        return true
    }

    /// A root of one entry says nothing.
    private func removeNeedlessLevels() {
        while height > 0 {
            guard let top = loadRoot() else { return }
            if top.count > 1 { return }
            delete(top)
            height -= 1
            root = height > 0 ? top.children[0] : nil
        }
    }
}
