/// The collections that a command has opened for change. Two fit without an allocation: hardly any command
/// changes more.
struct OpenedEntries {
    typealias Element = (entry: Entry, hash: UInt64)

    private var first: Element?
    private var second: Element?
    private var others: [Element] = []

    mutating func append(_ element: Element) {
        if first == nil {
            first = element
        } else if second == nil {
            second = element
        } else {
            others.append(element)
        }
    }

    /// Hands each over, forgetting it.
    @inline(__always)
    mutating func drain(_ visit: (Element) -> Void) {
        guard let first else { return }
        visit(first)
        self.first = nil
        guard let second else { return }
        visit(second)
        self.second = nil
        if others.isEmpty { return }
        for element in others { visit(element) }
        others.removeAll(keepingCapacity: true)
    }
}
