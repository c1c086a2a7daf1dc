internal import Bytes

/// Byte strings in ascending order, one behind the other in one piece of memory: where the entries of a node begin.
struct Separators {
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [Int] = []

    var count: Int { ends.count }

    private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// A copy of one.
    func array(_ index: Int) -> [UInt8] { Array(bytes[range(index)]) }

    /// Calls `body` with one of them.
    func withView<R>(_ index: Int, _ body: (ByteView) -> R) -> R {
        let range = range(index)
        return bytes.withByteView { body($0[range]) }
    }

    mutating func append(_ separator: ByteView) {
        bytes.append(contentsOf: separator.buffer)
        ends.append(bytes.count)
    }

    mutating func insert(_ separator: [UInt8], at index: Int) {
        let start = index == 0 ? 0 : ends[index - 1]
        bytes.insert(contentsOf: separator, at: start)
        ends.insert(start, at: index)
        for later in index..<ends.count { ends[later] += separator.count }
    }

    mutating func remove(at index: Int) {
        let range = range(index)
        bytes.removeSubrange(range)
        ends.remove(at: index)
        for later in index..<ends.count { ends[later] -= range.count }
    }

    mutating func append(contentsOf other: Separators) {
        let start = bytes.count
        bytes.append(contentsOf: other.bytes)
        for end in other.ends { ends.append(start + end) }
    }

    /// Takes off those from `index` on. O(length).
    mutating func split(at index: Int) -> Separators {
        var tail = Separators()
        let start = index == 0 ? 0 : ends[index - 1]
        tail.bytes = Array(bytes[start...])
        tail.ends = ends[index...].map { $0 - start }
        bytes.removeSubrange(start...)
        ends.removeSubrange(index...)
        return tail
    }

    /// The last that is not after the position; 0 where all are. O(log n).
    func index(covering position: ByteView) -> Int {
        bytes.withByteView { bytes in
            var (low, high) = (0, ends.count)
            while high - low > 1 {
                let middle = (low + high) / 2
                if bytes[ends[middle - 1]..<ends[middle]] <= position { low = middle } else { high = middle }
            }
            return low
        }
    }

    /// The shortest string that is after `lower` and not after `upper`, which is after `lower`.
    static func between(_ lower: [UInt8], _ upper: ByteView) -> [UInt8] {
        var same = 0
        while same < lower.count, same < upper.count, lower[same] == upper[same] { same += 1 }
        return upper[0..<min(same + 1, upper.count)].array
    }
}
