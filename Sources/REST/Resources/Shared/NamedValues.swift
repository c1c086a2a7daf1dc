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
}

/// Which of several entries of one name counts where one sets and another removes: the last. What sets and
/// what removes go to different commands, so their order among each other would be lost.
struct LastEntries {
    private var removes: [ByteView: Bool] = [:]

    /// Tells of the next entry.
    mutating func note(_ name: ByteView, removes: Bool) { self.removes[name] = removes }

    /// Whether an entry of that kind agrees with the last one of its name. True for all where nothing was
    /// noted.
    func counts(_ name: ByteView, removes: Bool) -> Bool { self.removes[name] ?? removes == removes }
}
