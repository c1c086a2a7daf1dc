internal import Bytes
internal import Engine
internal import MicroHTTP

// What every collection's handlers begin and end with.
extension Exchange {
    /// Begins a command on the path's key.
    mutating func keyed(_ name: StaticString) {
        command(name)
        argument(path[0])
    }

    /// Begins a command on the path's element: the key, then the element.
    mutating func onElement(_ name: StaticString) {
        keyed(name)
        argument(path[1])
    }

    /// Executes and reads the reply of a `probe` that came first: Redis answers a missing key as it answers an
    /// empty range or a member that is none, and HTTP tells the two apart.
    /// - Throws: 404 where the path's key is missing.
    mutating func executeAfterProbe(_ noun: StaticString) throws(Problem) {
        try execute()
        if !isPresent() { throw noKey(noun) }
    }

    /// That the path's key is missing.
    func noKey(_ noun: StaticString) -> Problem { missing("\(noun) '\(path[0].string)'") }

    /// That the path's element is missing.
    func noElement(_ noun: StaticString) -> Problem {
        missing("\(noun) '\(path[1].string)' in '\(path[0].string)'")
    }

    // MARK: Whole operations

    /// Reads the size of a collection: HLEN and its kin, of which 0 is a missing key.
    mutating func size(
        _ name: StaticString, of noun: StaticString, as member: StaticString, _ response: inout HTTPResponse
    ) throws(Problem) {
        keyed(name)
        try execute()
        let count = integer()
        guard count > 0 else { throw noKey(noun) }
        if try notModified(&response) { return }
        answer(member, count, &response)
    }

    /// Removes the elements that a parameter names.
    mutating func removeNamed(
        _ parameter: StaticString, by name: StaticString, from noun: StaticString,
        _ response: inout HTTPResponse
    ) throws(Problem) {
        let names = try all(parameter)
        guard !names.isEmpty else {
            throw .badRequest(
                "Name what to remove: ?\(parameter)=…; the whole \(noun) goes with DELETE /keys/{key}.")
        }
        probe()
        keyed(name)
        for name in names { argument(name) }
        try executeAfterProbe(noun)
        answer("removed", integer(), &response)
    }

    /// Removes the path's element.
    mutating func removeElement(
        by name: StaticString, _ noun: StaticString, _ response: inout HTTPResponse
    ) throws(Problem) {
        onElement(name)
        try execute()
        guard integer() > 0 else { throw noElement(noun) }
        noContent(&response)
    }
}
