internal import Bytes
internal import Engine
internal import MicroHTTP

// `/store`: the key in the path is the destination.
extension Exchange {
    /// Begins a store: the probe first, so that the ETag and the answer speak of the destination.
    mutating func beginStore() { probe() }

    /// Executes the store and answers the size of what is there now: 201 where the key is new.
    mutating func finishStore(_ member: StaticString, _ response: inout HTTPResponse) throws(Problem) {
        try execute()
        let wasThere = isPresent()
        let size = integer()
        if !wasThere, size > 0 { response.status = 201 }
        answer(member, size, &response)
    }

    // MARK: Reads of several keys

    /// Adds `key with…`, the keys that a read of several speaks of; `counted` says how many first.
    mutating func keys(counted: Bool) throws(Problem) {
        let others = try all("with")
        if counted { argument(Int64(others.count + 1)) }
        argument(path[0])
        for key in others { argument(key) }
    }

    /// Answers how many elements the path's key and the `with` keys have in common, counted up to `limit`.
    mutating func countIntersection(
        by name: StaticString, _ response: inout HTTPResponse
    ) throws(Problem) {
        let limit = try integer("limit", in: 0 ... .max)
        command(name)
        try keys(counted: true)
        if let limit {
            argument("LIMIT")
            argument(limit)
        }
        try execute()
        answer("count", integer(), &response)
    }
}
