internal import Bytes

extension CountedSpans {
    /// What is wrong with the spans of a collection of so many elements, nil where nothing is. For tests. O(n).
    func checkInvariants(count: Int) -> String? {
        flush()
        root = nil
        loaded = 0
        var positions: [[UInt8]] = []
        walk(from: .empty, to: nil) { position, _ in
            positions.append(position.array)
            return true
        }
        if positions.count != count { return "\(positions.count) elements of \(count)" }
        var nodes = 0
        if height == 0 {
            if count > width { return "no nodes over \(count) elements" }
        } else {
            guard let root = loadRoot() else { return unit.failure?.message ?? "no root" }
            if root.count < 2 { return "\(root.count) entries at the top" }
            var left = positions[...]
            if let problem = check(root, end: nil, &left, &nodes) { return problem }
            if !left.isEmpty { return "\(left.count) elements are not counted" }
        }
        var records = 0
        let start = OrderKey.make(version, 1, .empty)
        let end = OrderKey.make(version, OrderKey.fieldLevel, .empty)
        unit.walk(.order, from: start.view, to: end.view) { _, _ in
            records += 1
            return true
        }
        if records != nodes { return "\(records) records of \(nodes) nodes" }
        return unit.failure?.message
    }

    /// Checks a node and all below; takes away what it covers.
    private func check(
        _ node: SpanNode, end: [UInt8]?, _ left: inout ArraySlice<[UInt8]>, _ nodes: inout Int
    ) -> String? {
        nodes += 1
        if node.count > fanOut { return "\(node.count) entries on level \(node.level)" }
        if node.level < height, node.count < leastEntries {
            return "only \(node.count) entries on level \(node.level)"
        }
        for index in 0..<node.count {
            let next = index + 1 < node.count ? node.separators.array(index + 1) : end
            if node.level > 1 {
                guard let child = child(node, index) else { return unit.failure?.message ?? "no node" }
                if let problem = check(child, end: next, &left, &nodes) { return problem }
                continue
            }
            let covered = left.prefix { position in
                next.map { position.lexicographicallyPrecedes($0) } ?? true
            }
            left = left.dropFirst(covered.count)
            if covered.count != node.elements[index] {
                return "a run of \(covered.count) is said to have \(node.elements[index])"
            }
            if covered.isEmpty || covered.count > width { return "a run of \(covered.count)" }
            if index > 0, node.elements[index - 1] + covered.count + 2 <= width / 2 {
                return "runs of \(node.elements[index - 1]) and \(covered.count) lie side by side"
            }
        }
        return nil
    }
}
