internal import Bytes

/// Byte strings copied one after the other, each with what it is sorted by.
struct SortElements: ~Copyable {
    private struct Item {
        var element: Range<Int>
        var number = 0.0
        /// The text to sort by; nil where the key that BY names is missing.
        var text: Range<Int>?
    }

    private var bytes = ByteBuffer()
    private var items: [Item] = []
    /// Whether texts other than the elements were set.
    private var sortsByText = false

    /// How many elements there are.
    var count: Int { items.count }

    /// An element; valid until the next change.
    subscript(index: Int) -> ByteView { bytes.view[items[index].element] }

    private mutating func copy(_ value: ByteView) -> Range<Int> {
        let start = bytes.count
        bytes.append(value)
        return start..<bytes.count
    }

    /// Adds a copy of the element.
    mutating func append(_ element: ByteView) { items.append(Item(element: copy(element))) }

    /// Sets what the element is sorted by numerically; 0 where it is not set.
    mutating func setNumber(_ number: Double, at index: Int) { items[index].number = number }

    /// Sets the text that the element is sorted by; nil sorts before every text.
    mutating func setText(_ text: ByteView?, at index: Int) {
        sortsByText = true
        items[index].text = text.map { copy($0) }
    }

    /// Sorts by the texts set (by the elements, where none was), or by the numbers and, where they are equal,
    /// by the elements. Stable. O(n log n).
    mutating func sort(alphabetic: Bool, descending: Bool) {
        let view = bytes.view
        let byText = sortsByText
        func order(_ a: Item, _ b: Item) -> Int {
            if alphabetic && byText {
                guard let left = a.text, let right = b.text else {
                    return (a.text == nil ? 0 : 1) - (b.text == nil ? 0 : 1)
                }
                return view[left].compare(view[right])
            }
            if !alphabetic && a.number != b.number { return a.number < b.number ? -1 : 1 }
            return view[a.element].compare(view[b.element])
        }
        if descending { items.sort { order($0, $1) > 0 } } else { items.sort { order($0, $1) < 0 } }
    }
}
