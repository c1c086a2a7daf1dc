internal import Bytes
internal import Engine
internal import MicroHTTP

// Pages of a collection: HSCAN, SSCAN, ZSCAN.
extension Exchange {
    /// Whether a page is asked for.
    var wantsPage: Bool { has("cursor") || has("match") || has("count") }

    /// Adds the scan that the query asks for.
    mutating func scan(_ name: StaticString) throws(Problem) {
        let cursor = try bytes("cursor")
        let match = try bytes("match")
        let count = try integer("count", in: 1 ... .max)
        if let cursor, cursor.isEmpty || parseUInt64(cursor) == nil {
            throw .badRequest(
                "The parameter 'cursor' takes the cursor of the answer before, 0 at first, not '\(cursor.string)'."
            )
        }
        keyed(name)
        if let cursor { argument(cursor) } else { argument("0") }
        if let match {
            argument("MATCH")
            argument(match)
        }
        if let count {
            argument("COUNT")
            argument(count)
        }
    }

    /// Reads the head of a scan's reply: where to go on, and how many values follow.
    mutating func scanned() -> (cursor: ByteView, count: Int) {
        _ = array()
        guard let cursor = bytes() else { preconditionFailure("a scan answers a cursor") }
        return (cursor, array())
    }

    /// - Throws: 400 where more than one of these ways to read was asked for.
    func oneWay(_ ways: (asked: Bool, name: StaticString)...) throws(Problem) {
        let asked = ways.filter(\.asked)
        if asked.count > 1 {
            let list = asked.map { "\($0.name)" }.joined(separator: " and ")
            throw .badRequest("\(list) exclude each other; give one of them.")
        }
    }
}
