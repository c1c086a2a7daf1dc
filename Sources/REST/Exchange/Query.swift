internal import Bytes
internal import Engine

/// The query's parameters, decoded; names are known and none comes twice that may not.
struct Query: ~Copyable {
    /// One parameter.
    struct Item: BitwiseCopyable {
        /// Index into the route's parameters.
        let parameter: Int
        /// Nil for `?name` alone.
        let value: ByteView?
    }

    private var items = TrivialBuffer<Item>()

    /// The parameters, in the order they came.
    var values: UnsafeBufferPointer<Item> { items.elements }

    /// Forgets the parameters.
    mutating func removeAll() { items.removeAll() }

    /// Adds those of `text`, which is not empty, as far as the route knows them. In a query `+` is a space, as forms have it.
    mutating func parse<E>(
        _ text: ByteView, _ route: borrowing Route<E>, _ arena: inout ByteArena
    ) throws(Problem) {
        for part in QueryParts(text) {
            let name = try Query.decode(part.name, &arena)
            let value: ByteView? = if let value = part.value { try Query.decode(value, &arena) } else { nil }
            guard let index = route.query.firstIndex(where: { ByteView($0.name) == name }) else {
                throw unknown(name, route)
            }
            if !route.query[index].repeats, values.contains(where: { $0.parameter == index }) {
                throw .badRequest("The parameter '\(name.string)' may come only once.")
            }
            items.append(Item(parameter: index, value: value))
        }
    }

    /// What a name or a value stands for; in a query `+` is a space.
    static func decode(_ text: ByteView, _ arena: inout ByteArena) throws(Problem) -> ByteView {
        let hasPlus = text.firstIndex(of: UInt8(ascii: "+")) != nil
        guard hasPlus || needsPercentDecoding(text) else { return text }
        var decoded = ByteBuffer()
        // A plus is turned before decoding: %2B stays a plus.
        var spaced = ByteBuffer()
        spaced.append(text)
        spaced.withMutableBytes { bytes in
            for index in bytes.indices where bytes[index] == UInt8(ascii: "+") { bytes[index] = 0x20 }
        }
        guard decoded.append(percentDecoding: spaced.view) else { throw malformedPercent("query") }
        return arena.copy(decoded.view)
    }

    private func unknown<E>(_ name: ByteView, _ route: borrowing Route<E>) -> Problem {
        let known = route.query.map { $0.name.description }.sorted().joined(separator: ", ")
        let takes = known.isEmpty ? "it takes none" : "it takes \(known)"
        return .badRequest(
            "'\(name.string)' is not a parameter of \(route.method.name) \(route.template); \(takes).")
    }
}

func malformedPercent(_ place: StaticString) -> Problem {
    .badRequest("A % in the \(place) is not followed by two hex digits; write a percent sign as %25.")
}
