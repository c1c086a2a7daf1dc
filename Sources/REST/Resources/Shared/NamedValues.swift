internal import Bytes

/// The names and values of a document's member: those of an object, or the elements of `[[name, value], …]`.
struct NamedValues {
    private let label: StaticString
    private let asPairs: Bool
    private var members: JSONMembers
    private var pairs: JSONElements
    /// How many there are; at least one.
    let count: Int

    /// - Throws: 400 where the value has not the form asked for, or is empty.
    init(_ value: JSONValue, asPairs: Bool, label: StaticString) throws(Problem) {
        guard value.kind == (asPairs ? .array : .object) else {
            throw .badRequest(
                asPairs
                    ? "With ?pairs '\(label)' takes an array: [[name, value], …]."
                    : "'\(label)' takes an object; [[name, value], …] needs ?pairs.")
        }
        guard value.count > 0 else { throw .badRequest("'\(label)' is empty; give at least one.") }
        self.label = label
        self.asPairs = asPairs
        members = value.members
        pairs = value.elements
        count = value.count
    }

    /// The next name with its value, or nil past the last.
    /// - Throws: 400 where a pair is none.
    mutating func next() throws(Problem) -> (name: ByteView, value: JSONValue)? {
        if !asPairs { return members.next() }
        guard let pair = pairs.next() else { return nil }
        var parts = pair.elements
        guard pair.count == 2, let name = parts.next()?.argument, let value = parts.next() else {
            throw .badRequest("Each element of '\(label)' is a pair: [name, value].")
        }
        return (name, value)
    }

    /// All that are left, in order.
    mutating func rest() throws(Problem) -> [(name: ByteView, value: JSONValue)] {
        var result: [(name: ByteView, value: JSONValue)] = []
        result.reserveCapacity(count)
        while let item = try next() { result.append(item) }
        return result
    }
}
