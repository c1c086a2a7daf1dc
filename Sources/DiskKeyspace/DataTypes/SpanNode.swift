internal import Bytes

/// A node of counted spans: what it covers, cut into entries, and how many elements each has. An entry of level 1 is a
/// run of elements; of a higher level, a node of the level below.
///
/// On disk it is one record, filed under where it begins:
///
///     elements LEB128 of the first entry, then of each other:
///     length LEB128 | separator | elements LEB128
final class SpanNode {
    let level: Int
    /// Where each entry begins; the first where the node does.
    private(set) var separators: Separators
    /// Elements of each entry.
    var elements: [Int]
    /// Above level 1: the nodes of the entries, as far as they were read.
    var children: [SpanNode?]
    /// Whether the record is not as the node.
    var isDirty = true

    init(_ level: Int, _ separators: Separators, _ elements: [Int], children: [SpanNode?] = []) {
        self.level = level
        self.separators = separators
        self.elements = elements
        self.children =
            level == 1 || !children.isEmpty ? children : Array(repeating: nil, count: elements.count)
    }

    /// Reads a record; nil where it makes no sense.
    init?(_ level: Int, at separator: ByteView, _ record: ByteView) {
        var reader = RecordReader(record)
        guard let first = reader.length(), first > 0 else { return nil }
        self.level = level
        var separators = Separators()
        separators.append(separator)
        var elements = [first]
        var last = separator
        while !reader.rest.isEmpty {
            guard let length = reader.length(), let next = reader.bytes(length), last < next,
                let count = reader.length(), count > 0
            else { return nil }
            separators.append(next)
            elements.append(count)
            last = next
        }
        self.separators = separators
        self.elements = elements
        children = level == 1 ? [] : Array(repeating: nil, count: elements.count)
        isDirty = false
    }

    /// Appends the record.
    func write(to buffer: inout ByteBuffer) {
        for index in elements.indices {
            if index > 0 {
                separators.withView(index) {
                    buffer.append(length: $0.count)
                    buffer.append($0)
                }
            }
            buffer.append(length: elements[index])
        }
    }

    /// How many entries there are.
    var count: Int { elements.count }

    /// Elements of all entries; nil past 2^63, which no collection has.
    var total: Int? {
        var sum = 0
        for count in elements {
            let (next, overflow) = sum.addingReportingOverflow(count)
            if overflow { return nil }
            sum = next
        }
        return sum
    }

    func insert(_ separator: [UInt8], elements count: Int, child: SpanNode?, at index: Int) {
        separators.insert(separator, at: index)
        elements.insert(count, at: index)
        if level > 1 { children.insert(child, at: index) }
        isDirty = true
    }

    func remove(at index: Int) {
        separators.remove(at: index)
        elements.remove(at: index)
        if level > 1 { children.remove(at: index) }
        isDirty = true
    }

    /// Puts an entry and the next together.
    func merge(_ index: Int) {
        let count = elements[index + 1]
        remove(at: index + 1)
        elements[index] += count
    }

    /// Takes over the entries of the node that follows.
    func append(_ next: SpanNode) {
        separators.append(contentsOf: next.separators)
        elements += next.elements
        children += next.children
        isDirty = true
    }

    /// Takes the entries from `index` on off, as a node of their own.
    func split(at index: Int) -> SpanNode {
        let tail = SpanNode(
            level, separators.split(at: index), Array(elements[index...]),
            children: level == 1 ? [] : Array(children[index...]))
        elements.removeSubrange(index...)
        if level > 1 { children.removeSubrange(index...) }
        isDirty = true
        return tail
    }

    /// Cuts what it covers anew. Level 1 only.
    func replace(_ separators: Separators, _ elements: [Int]) {
        self.separators = separators
        self.elements = elements
        isDirty = true
    }
}
