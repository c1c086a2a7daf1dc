internal import Bytes

extension CountedSpans {
    /// What is wrong with the spans of a collection of so many elements, nil where nothing is. For tests. O(n).
    func checkInvariants(count: Int) -> String? {
        flush()
        var problem: String?
        var below: [(separator: [UInt8], elements: Int)] = []
        walk(0, from: .empty, to: nil) { position, _ in
            below.append((position.array, 1))
            return true
        }
        if below.count != count { return "\(below.count) elements of \(count)" }
        if height == 0, count > width { return "no spans over \(count) elements" }
        for level in stride(from: 1, through: height, by: 1) {
            var spans: [(separator: [UInt8], elements: Int, children: Int)] = []
            walkSpans(level, from: .empty, to: nil) { separator, elements, children in
                spans.append((separator.array, elements, children))
                return true
            }
            guard spans.first?.separator == [] else { return "level \(level) does not begin at the start" }
            if level == height, spans.count < 2 || spans.count > width(level + 1) {
                problem = "\(spans.count) at the top"
            }
            var index = 0
            for (number, span) in spans.enumerated() {
                let next = number + 1 < spans.count ? spans[number + 1].separator : nil
                if level > 1, below[index].separator != span.separator {
                    problem = "level \(level) does not nest"
                }
                var (elements, children) = (0, 0)
                while index < below.count,
                    next.map({ below[index].separator.lexicographicallyPrecedes($0) }) ?? true
                {
                    elements += below[index].elements
                    children += 1
                    index += 1
                }
                if (elements, children) != (span.elements, span.children) {
                    problem = "level \(level) span \(number): \(span) is \(elements), \(children)"
                }
                if children > width(level) || children == 0 {
                    problem = "level \(level): \(children) children"
                }
            }
            below = spans.map { ($0.separator, $0.elements) }
        }
        walk(height + 1, from: .empty, to: nil) { _, _ in
            problem = "something above the top"
            return false
        }
        return problem ?? unit.failure?.message
    }
}
