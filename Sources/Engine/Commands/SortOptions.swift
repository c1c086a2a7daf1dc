internal import Bytes

/// The options of SORT and SORT_RO.
struct SortOptions {
    private(set) var descending = false
    private(set) var alphabetic = false
    private(set) var offset: Int64 = 0
    /// Negative: without limit.
    private(set) var limit: Int64 = -1
    private(set) var by: SortPattern?
    /// Whether the elements keep the order that they have: some BY was a name without `*`.
    private(set) var keepsOrder = false
    private(set) var gets: [SortPattern] = []
    private(set) var destination: ByteView?

    /// - Parameter allowsStore: SORT_RO knows no STORE.
    /// - Throws: `.syntax`, `.notInteger`.
    init(_ a: borrowing Arguments, allowsStore: Bool) throws(CommandError) {
        var i = 1
        while i < a.count {
            let left = a.count - i - 1
            if a.matches(i, "ASC") {
                descending = false
            } else if a.matches(i, "DESC") {
                descending = true
            } else if a.matches(i, "ALPHA") {
                alphabetic = true
            } else if a.matches(i, "LIMIT") && left >= 2 {
                offset = try a.integer(i + 1)
                limit = try a.integer(i + 2)
                i += 2
            } else if allowsStore && a.matches(i, "STORE") && left >= 1 {
                destination = a[i + 1]
                i += 1
            } else if a.matches(i, "BY") && left >= 1 {
                let pattern = SortPattern(a[i + 1])
                if !pattern.hasStar { keepsOrder = true }
                by = pattern
                i += 1
            } else if a.matches(i, "GET") && left >= 1 {
                gets.append(SortPattern(a[i + 1]))
                i += 1
            } else {
                throw .syntax
            }
            i += 1
        }
    }

    /// Sorts by the elements' bytes, as Redis does with a set that is stored without an order of its own.
    mutating func sortByElements() {
        keepsOrder = false
        by = nil
        alphabetic = true
    }

    /// Which of `count` elements are answered.
    func range(of count: Int) -> Range<Int> {
        let total = Int64(count)
        let start = min(max(offset, 0), total)
        let taken = limit < 0 ? total - start : min(limit, total - start)
        return Int(start)..<Int(start + taken)
    }
}

/// A pattern of SORT's BY and GET: a key's name, in which `*` stands for the element, and `->field` at the
/// end takes a field of a hash; `#` is the element itself.
struct SortPattern {
    private let text: ByteView
    private let star: Int?
    /// Where the key's name ends, and the field's begins.
    private let nameEnd: Int
    private let field: ByteView?

    /// Whether the pattern names different keys for different elements.
    var hasStar: Bool { star != nil }

    init(_ text: ByteView) {
        self.text = text
        star = text.firstIndex(of: UInt8(ascii: "*"))
        var arrow: Int?
        var i = (star ?? text.count) + 1
        while arrow == nil && i + 1 < text.count {
            if text[i] == UInt8(ascii: "-") && text[i + 1] == UInt8(ascii: ">") { arrow = i }
            i += 1
        }
        // An arrow at the very end is part of the key's name.
        if let arrow, arrow + 2 < text.count {
            nameEnd = arrow
            field = text[arrow + 2..<text.count]
        } else {
            nameEnd = text.count
            field = nil
        }
    }

    /// What the pattern stands for with this element: nil where the key or field is missing or of another
    /// type, and where the pattern has no `*`. The view is valid until the next change of `keys` and not
    /// beyond the element's.
    /// - Parameter name: room to make the key's name in.
    func value<K: Keyspace & ~Copyable>(
        for element: ByteView, in keys: inout K, name: inout ByteBuffer
    ) -> ByteView? {
        if text.count == 1 && text[0] == UInt8(ascii: "#") { return element }
        guard let star else { return nil }
        name.clear()
        name.append(text[0..<star])
        name.append(element)
        name.append(text[star + 1..<nameEnd])
        keys.letGo()
        if let field {
            guard let hash = try? keys.hash(name.view, .read) else { return nil }
            return hash.get(field)
        }
        return try? keys.string(name.view)
    }
}
