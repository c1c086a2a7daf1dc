/// A queue in an array that doubles when it is full. O(1) at both ends.
struct Deque<Element> {
    /// Invariant: the `count` slots from `head` on, going round at the end, are filled, and no others. As many slots
    /// as a power of two, or none.
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: Element? { isEmpty ? nil : slots[head] }

    var last: Element? { isEmpty ? nil : slots[slot(count - 1)] }

    private func slot(_ index: Int) -> Int { (head + index) & (slots.count - 1) }

    /// The element at `index`, counted from the head.
    subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "no such element")
        guard let element = slots[slot(index)] else { preconditionFailure("an empty slot among the filled") }
        return element
    }

    /// Appends an element. O(1) on average.
    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[slot(count)] = element
        count += 1
    }

    /// Takes the first element out.
    mutating func popFirst() -> Element? {
        if isEmpty { return nil }
        let element = slots[head].take()
        head = slot(1)
        count -= 1
        if isEmpty { slots = [] }
        return element
    }

    /// Exchanges two elements.
    mutating func swapAt(_ one: Int, _ other: Int) { slots.swapAt(slot(one), slot(other)) }

    /// The index of the first element that `belongs` is true of, in a queue where it is true of all behind such a
    /// one; `count` where there is none. O(log count).
    func partition(where belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(4, slots.count * 2))
        for index in 0..<count { larger.append(slots[slot(index)]) }
        while larger.count < max(4, slots.count * 2) { larger.append(nil) }
        slots = larger
        head = 0
    }
}
