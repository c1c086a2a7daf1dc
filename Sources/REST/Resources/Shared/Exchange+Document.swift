internal import Bytes
internal import Engine
internal import MicroHTTP

// Typed access to the members of a document.
extension Exchange {
    /// The elements of a document's array.
    /// - Throws: 400 where it is no array or empty.
    func list(_ value: JSONValue, _ name: StaticString) throws(Problem) -> JSONElements {
        guard value.kind == .array else { throw .badRequest("'\(name)' takes an array.") }
        guard value.count > 0 else { throw .badRequest("'\(name)' is empty; give at least one.") }
        return value.elements
    }

    /// Adds each element of a document's array as an argument.
    mutating func arguments(_ value: JSONValue, _ name: StaticString) throws(Problem) {
        for element in try list(value, name) { argument(try bytes(element, name)) }
    }

    /// The member as a byte string, nil where it is absent.
    func bytes(_ name: StaticString, of document: JSONValue) throws(Problem) -> ByteView? {
        guard let value = document[name] else { return nil }
        return try bytes(value, name)
    }

    /// The member as an integer, nil where it is absent.
    func integer(
        _ name: StaticString, of document: JSONValue, atLeast least: Int64 = .min
    ) throws(Problem) -> Int64? {
        guard let value = document[name] else { return nil }
        guard let number = value.int64, number >= least else {
            let bound = least == .min ? "a 64-bit integer" : "an integer of at least \(least)"
            throw .badRequest("'\(name)' takes \(bound).")
        }
        return number
    }

    /// The member as a flag, false where it is absent.
    func flag(_ name: StaticString, of document: JSONValue) throws(Problem) -> Bool {
        guard let value = document[name] else { return false }
        guard let flag = value.bool else { throw .badRequest("'\(name)' takes true or false.") }
        return flag
    }

    /// The member as one of several words, by its index; nil where it is absent.
    func choice(
        _ name: StaticString, of document: JSONValue, _ words: StaticString...
    ) throws(Problem) -> Int? {
        guard let value = document[name] else { return nil }
        guard let text = value.string, let index = words.firstIndex(where: { ByteView($0) == text }) else {
            let list = words.map { $0.description }.joined(separator: ", ")
            throw .badRequest("'\(name)' takes one of \(list).")
        }
        return index
    }

    /// The one operation of a `/store` document: its index among `names`, its name and its operand.
    /// - Throws: 400 where there is none, or more than one.
    func operation(
        of document: JSONValue, _ names: StaticString...
    ) throws(Problem) -> (index: Int, name: StaticString, operand: JSONValue) {
        var found: (index: Int, name: StaticString, operand: JSONValue)?
        for (index, name) in names.enumerated() {
            guard let operand = document[name] else { continue }
            if found != nil { throw oneOperation(names) }
            found = (index, name, operand)
        }
        guard let found else { throw oneOperation(names) }
        return found
    }

    private func oneOperation(_ names: [StaticString]) -> Problem {
        let list = names.map { $0.description }.joined(separator: ", ")
        return .badRequest("The document takes exactly one of \(list).")
    }
}
