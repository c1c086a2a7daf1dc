internal import Bytes
internal import Engine
internal import MicroHTTP

// What documents are made of.
extension Exchange {
    /// The names and values of an object, or with `pairs` of `[[name, value], …]`; at least one.
    /// - Throws: 400 where `value` has the other form, or is empty.
    func namedValues(
        _ value: JSONValue, _ member: StaticString, pairs: Bool
    ) throws(Problem) -> [(name: ByteView, value: JSONValue)] {
        guard value.count > 0, value.kind == (pairs ? .array : .object) else {
            throw .badRequest(
                pairs
                    ? "With 'pairs', '\(member)' takes an array of at least one [name, value]."
                    : "'\(member)' takes an object of at least one member; [[name, value], …] needs ?pairs.")
        }
        var result: [(name: ByteView, value: JSONValue)] = []
        result.reserveCapacity(value.count)
        if !pairs {
            for item in value.members { result.append(item) }
            return result
        }
        for pair in value.elements {
            var parts = pair.elements
            guard pair.count == 2, let name = parts.next(), let value = parts.next() else {
                throw .badRequest("Each element of '\(member)' takes the form [name, value].")
            }
            result.append((try bytes(name, member), value))
        }
        return result
    }

    /// As `bytes(_:_:)`, for a member whose name came with the request.
    func bytes(_ value: JSONValue, _ name: ByteView) throws(Problem) -> ByteView {
        guard let bytes = value.argument else {
            throw .badRequest(
                "'\(name.string)' takes a string, a number, or {\"base64\": \"…\"} for bytes that are not UTF-8."
            )
        }
        return bytes
    }
}

extension Problem {
    /// That a name can't be the name of a JSON member.
    static func notAName(_ name: ByteView) -> Problem {
        .encoding("The name '\(name.string)' is not valid UTF-8 and can't be a JSON member's; use ?pairs.")
    }
}
