internal import Bytes
internal import Engine
internal import MicroHTTP

/// When a key that is written is to expire.
enum NewExpiry {
    /// After so many milliseconds.
    case after(Int64)
    /// At this Unix time in milliseconds.
    case at(Int64)
}

// PUT of a whole collection: whatever the key held goes, in one step with the new.
extension Exchange {
    /// What `ttl` or `expire_at` asks for.
    func newExpiry() throws(Problem) -> NewExpiry? {
        try exclusive("ttl", "expire_at")
        if let after = try milliseconds("ttl") { return .after(after) }
        if let at = try milliseconds("expire_at") { return .at(at) }
        return nil
    }

    /// Begins the replacement; the arguments of `name` follow.
    mutating func replace(with name: StaticString) {
        keyed("DEL")
        keyed(name)
    }

    /// Executes the replacement and answers its size, 201 where the key is new.
    mutating func finishReplacement(
        _ expiry: NewExpiry?, _ member: StaticString, _ response: inout HTTPResponse
    ) throws(Problem) {
        switch expiry {
        case nil: break
        case .after(let milliseconds):
            keyed("PEXPIRE")
            argument(milliseconds)
        case .at(let milliseconds):
            keyed("PEXPIREAT")
            argument(milliseconds)
        }
        try execute()
        let replaced = integer()
        if replaced == 0 { response.status = 201 }
        answer(member, integer(), &response)
    }
}
