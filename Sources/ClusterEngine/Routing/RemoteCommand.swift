internal import Bytes
internal import Engine

/// What a command is over a cluster. Made once for each, so that nothing is looked up by name while they are executed.
struct RemoteCommand: Sendable {
    /// Who executes it.
    enum Place: Sendable {
        /// This process: it is no matter of keys.
        case here
        /// Whoever has the slot of its keys.
        case owner
        /// All primaries.
        case primaries(Answer.Joining)
        /// Whoever has the slot of the channel that is its first argument.
        case publisher
        /// One primary after the other: it is SCAN.
        case cursor
        /// Nobody, for this reason.
        case nowhere(String)
    }

    /// How it is divided where its keys lie in several slots.
    enum Division: Sendable {
        /// A value for each key.
        case values
        /// A number that is the sum of the parts'.
        case sum
        /// Each key has a value beside it.
        case pairs
    }

    let info: CommandInfo
    /// What it is called at the nodes.
    let name: StaticString
    let place: Place
    /// Nil: it is the same only as a whole.
    let division: Division?
    /// Whether it may be executed twice for once.
    let isRepeatable: Bool
    /// Whether it may stand in a transaction, though it names no key.
    let isHarmless: Bool
    /// Where it waits for keys: which argument says for how long; from the end where below 0.
    let timeout: Int?
    /// Whether it publishes a message.
    let isPublishing: Bool
    private let shape: ReplyShape
    /// The argument without which the reply is as it came; nil: it always has the shape.
    private let keyword: StaticString?

    init(_ info: CommandInfo, _ pubSub: PubSubKind) {
        self.info = info
        isRepeatable = info.flags.contains(.readonly) && !info.flags.contains(.write)
        let name = info.name.description
        isPublishing = name == "PUBLISH" || name == "SPUBLISH"
        self.name = isPublishing ? pubSub == .sharded ? "SPUBLISH" : "PUBLISH" : info.name
        (shape, keyword) = RemoteCommand.shape(name)
        timeout =
            info.flags.contains(.blocking) ? ["BLMPOP", "BZMPOP"].contains(name) ? 0 : -1 : nil
        isHarmless = ["PING", "ECHO", "TIME"].contains(name)
        switch name {
        case "MGET": division = .values
        case "DEL", "UNLINK", "EXISTS", "TOUCH": division = .sum
        case "MSET": division = .pairs
        default: division = nil
        }
        switch name {
        case "KEYS": place = .primaries(.concatenated)
        case "DBSIZE": place = .primaries(.sum)
        case "FLUSHALL", "FLUSHDB": place = .primaries(.ok)
        case "RANDOMKEY": place = .primaries(.random)
        case "SCAN": place = .cursor
        case "PUBLISH", "SPUBLISH": place = .publisher
        default: place = RemoteCommand.place(info)
        }
    }

    private static func place(_ info: CommandInfo) -> Place {
        info.keys == .none ? .here : .owner
    }

    private static func shape(_ name: String) -> (ReplyShape, keyword: StaticString?) {
        switch name {
        case "HGETALL": (.map, nil)
        case "LCS": (.map, "IDX")
        case "ZSCORE", "ZINCRBY": (.score, nil)
        case "ZADD": (.score, "INCR")
        case "ZMSCORE": (.scores, nil)
        case "ZPOPMIN", "ZPOPMAX": (.scored, nil)
        case "BZPOPMIN", "BZPOPMAX": (.keyed, nil)
        case "ZMPOP", "BZMPOP": (.popped, nil)
        case "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZDIFF", "ZINTER", "ZUNION",
            "ZRANDMEMBER":
            (.scored, "WITHSCORES")
        default: (.plain, nil)
        }
    }

    /// The shape of its reply.
    func shape(_ arguments: borrowing Arguments) -> ReplyShape {
        guard let keyword else { return shape }
        for index in 1..<max(arguments.count, 1) where arguments.matches(index, keyword) { return shape }
        return .plain
    }
}
