internal import Bytes
internal import Engine
internal import RDB

/// Turns what an RDB file holds into commands, and hands them to the lanes.
struct SnapshotConsumer: RDBConsumer, ~Copyable {
    /// A command takes so many elements, or so many bytes, at most.
    private static let pieceCount = 512
    private static let pieceSize = 64 << 10

    var router: CommandRouter
    var databases: DatabaseChoice
    var foreign: ForeignContent
    /// Keys handed on.
    private(set) var keys = 0
    /// Keys, and fields of hashes, that were left out because their time is over.
    private(set) var expired = 0

    private let commands: Commands
    private let engine: any LoadableEngine
    private let fileSize: Int
    /// What is due by then (Unix ms) is left out; `Int64.min`: nothing.
    private let due: Int64

    // The collection that is being read.
    private var isSkipping = false
    private var kind = RDBKind.list
    private var key = ByteBuffer()
    private var keyExpiry: Int64?
    private var lane = 0
    /// Elements, and bytes, of the command that is being made; none is while there are no elements.
    private var pieceElements = 0
    private var pieceBytes = 0
    /// Elements of the commands made before.
    private var elements = 0
    private var digits = ByteBuffer()
    /// Members whose score is -0, and their lengths.
    private var negativeZeros = ByteBuffer()
    private var negativeZeroLengths = TrivialBuffer<Int>()

    /// What a file is made into.
    private struct Commands {
        let push, add, set, addScored, removeScored, setExpiring, expire: CommandID

        init(_ engine: any LoadableEngine) {
            func find(_ name: StaticString) -> CommandID {
                guard let id = engine.find(ByteView(name)) else { preconditionFailure("no command \(name)") }
                return id
            }
            push = find("RPUSH")
            add = find("SADD")
            set = find("HSET")
            addScored = find("ZADD")
            removeScored = find("ZREM")
            setExpiring = find("HSETEX")
            expire = find("PEXPIREAT")
        }
    }

    /// - Parameter due: what is due by then (Unix ms) is left out, as Redis does with a snapshot; nil: all is
    ///   taken, as of the base of an append-only file, whose increments tell what has expired.
    init(
        _ engine: any LoadableEngine, _ router: consuming CommandRouter, _ databases: DatabaseChoice,
        _ foreign: ForeignContent, due: Int64?, fileSize: Int
    ) {
        self.router = router
        self.foreign = foreign
        self.databases = databases
        self.due = due ?? .min
        commands = Commands(engine)
        self.engine = engine
        self.fileSize = fileSize
    }

    /// Ends it and gives the router back.
    consuming func takeRouter() -> CommandRouter { router }

    var rejection: String? {
        router.hasFailed ? "a key can't be taken in" : nil
    }

    mutating func selectDatabase(_ index: Int) { databases.select(index) }

    mutating func resize(keys: Int, expiring: Int) {
        // A key with its value takes 20 bytes, not the three that are possible: what the file says may be wrong.
        if databases.isTaken { engine.reserve(keys: min(keys, fileSize / 16)) }
    }

    mutating func skipped(_ what: RDBForeign, key: ByteView) {
        switch what {
        case .stream:
            databases.count()
            if databases.isTaken { foreign.count("stream", key: excerpt(key)) }
        case .module:
            databases.count()
            if databases.isTaken { foreign.count("value of a module", key: excerpt(key)) }
        case .moduleAuxiliary: foreign.count("data of a module", key: "")
        case .function: foreign.count("function library", key: "")
        }
    }

    /// Whether the key that begins is handed on.
    @inline(__always)
    private mutating func takes(_ key: ByteView, _ expiry: Int64?) -> Bool {
        databases.count()
        guard databases.isTaken, !router.hasFailed else { return false }
        if let expiry, expiry <= due {
            expired += 1
            return false
        }
        return true
    }

    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) {
        guard takes(key, expiry) else { return }
        keys += 1
        router.string(key, value, expiry: expiry)
    }

    // MARK: Collections

    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        isSkipping = !takes(key, expiry)
        if isSkipping { return }
        self.kind = kind
        self.key.clear(keeping: 1 << 20)
        self.key.append(key)
        keyExpiry = expiry
        lane = router.lane(ofHash: LoadingLanes.hash(key))
        elements = 0
    }

    mutating func item(_ value: ByteView) {
        guard beginElement(value.count) else { return }
        router.add(value, to: lane)
        endElement()
    }

    mutating func member(_ member: ByteView) {
        guard beginElement(member.count) else { return }
        router.add(member, to: lane)
        endElement()
    }

    mutating func member(_ member: ByteView, score: Double) {
        guard beginElement(member.count) else { return }
        if score == 0 && score.sign == .minus {
            negativeZeroLengths.append(member.count)
            negativeZeros.append(member)
        }
        digits.truncate(to: 0)
        digits.append(double: score)
        router.add(digits.view, to: lane)
        router.add(member, to: lane)
        endElement()
    }

    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {
        if isSkipping { return }
        guard let expiry else {
            _ = beginElement(field.count + value.count)
            router.add(field, to: lane)
            router.add(value, to: lane)
            return endElement()
        }
        guard expiry > due else {
            expired += 1
            return
        }
        endPiece()
        elements += 1
        // FNX: with the field there already nothing is set, and the answer is 0.
        router.add(key.view, to: lane)
        router.add(ByteView("FNX"), to: lane)
        router.add(ByteView("PXAT"), to: lane)
        digits.truncate(to: 0)
        digits.append(decimal: expiry)
        router.add(digits.view, to: lane)
        router.add(ByteView("FIELDS"), to: lane)
        router.add(ByteView("1"), to: lane)
        router.add(field, to: lane)
        router.add(value, to: lane)
        router.end(lane, commands.setExpiring, expected: 1)
    }

    mutating func end() {
        if isSkipping { return }
        endPiece()
        addNegativeZeros()
        // A hash all of whose fields were due is none.
        if elements == 0 { return }
        keys += 1
        guard let keyExpiry else { return }
        router.add(key.view, to: lane)
        digits.truncate(to: 0)
        digits.append(decimal: keyExpiry)
        router.add(digits.view, to: lane)
        router.end(lane, commands.expire, expected: 1)
    }

    /// A listpack has no -0, in Redis as here, so those that came while the sorted set was one are added once more, when
    /// it has the encoding that it keeps. One by one: it must not become empty.
    private mutating func addNegativeZeros() {
        var offset = 0
        for index in 0..<negativeZeroLengths.count {
            let end = offset + negativeZeroLengths[index]
            let member = negativeZeros.view[offset..<end]
            router.add(key.view, to: lane)
            router.add(member, to: lane)
            router.end(lane, commands.removeScored, expected: 1)
            router.add(key.view, to: lane)
            router.add(ByteView("-0"), to: lane)
            router.add(member, to: lane)
            router.end(lane, commands.addScored, expected: 1)
            offset = end
        }
        negativeZeros.clear(keeping: 1 << 16)
        negativeZeroLengths.removeAll(keeping: 1 << 12)
    }

    /// Begins the command where there is none; false where the key is not handed on.
    @inline(__always)
    private mutating func beginElement(_ size: Int) -> Bool {
        if isSkipping { return false }
        if pieceElements == 0 { router.add(key.view, to: lane) }
        pieceElements += 1
        pieceBytes += size
        return true
    }

    @inline(__always)
    private mutating func endElement() {
        if pieceElements >= SnapshotConsumer.pieceCount || pieceBytes >= SnapshotConsumer.pieceSize {
            endPiece()
        }
    }

    private mutating func endPiece() {
        if pieceElements == 0 { return }
        elements += pieceElements
        // A list answers its length, the others how many elements are new.
        switch kind {
        case .list: router.end(lane, commands.push, expected: Int64(elements))
        case .set: router.end(lane, commands.add, expected: Int64(pieceElements))
        case .hash: router.end(lane, commands.set, expected: Int64(pieceElements))
        case .sortedSet: router.end(lane, commands.addScored, expected: Int64(pieceElements))
        }
        pieceElements = 0
        pieceBytes = 0
    }
}
