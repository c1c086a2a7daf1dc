internal import Bytes
internal import Engine
internal import Synchronization

/// Hands what is read to the threads that execute it: each key has its *lane*, and a lane keeps the order of what it
/// is given, so each key sees its commands in the file's order.
///
/// A command on keys of several lanes, or on all keys, is executed by the reading thread itself while the lanes
/// rest; and so are the next few hundred after it, because where there is one there are more, and waiting for all
/// lanes costs as much as executing some hundred commands.
///
/// Invariant: `chunks` has `laneCount + 1` chunks, all owned by this value: one to be filled for each lane, and last
/// the one that the reading thread executes.
struct CommandRouter: ~Copyable {
    /// How large a chunk grows before it is handed over, in bytes.
    private static let chunkSize = 128 << 10
    /// The same for what the reading thread executes: it stays in the cache.
    private static let ownChunkSize = 16 << 10
    /// How many commands the reading thread executes after one that needs the lanes to rest.
    private static let patience = 512

    private let commands: [CommandInfo]
    private let progress: LoadingProgress
    private let lanes: [LoadingLane]
    private let laneCount: Int
    private let chunks: UnsafeMutablePointer<LoadingLane.Chunk>
    private let keys: TrivialBuffer<KeyRoute>
    private var replay: ChunkReplay
    private var ownFailure: ReplayFailure?
    private var ordinal = 0
    /// For how many commands yet the reading thread executes them itself.
    private var alone = 0
    private let deletes: [CommandID]
    private let multiSet: CommandID?
    /// Whether something could not be taken in: there is no use in going on.
    private(set) var hasFailed = false

    /// Where a command's keys are.
    private struct KeyRoute: BitwiseCopyable {
        enum Kind: BitwiseCopyable {
            case first
            case others
            case all
            case notWrite
        }
        var kind: Kind
    }

    /// - Parameter threads: how many lanes; with 1 the calling thread executes everything.
    init(_ engine: any LoadableEngine, threads: Int, _ progress: LoadingProgress) {
        commands = engine.commands
        self.progress = progress
        laneCount = threads > 1 ? min(threads, 64) : 0
        lanes = (0..<laneCount).map { _ in LoadingLane(engine) }
        chunks = .allocate(capacity: laneCount + 1)
        for (index, lane) in lanes.enumerated() { (chunks + index).initialize(to: lane.take()) }
        let own = LoadingLane.Chunk.allocate(capacity: 1)
        own.initialize(to: CommandChunk())
        (chunks + laneCount).initialize(to: own)
        replay = ChunkReplay(engine)
        var keys = TrivialBuffer<KeyRoute>()
        for info in commands {
            let kind: KeyRoute.Kind =
                !info.flags.contains(.write)
                ? .notWrite
                : info.flags.contains(.allKeys) ? .all : info.keys == .first ? .first : .others
            keys.append(KeyRoute(kind: kind))
        }
        self.keys = keys
        deletes = ["DEL", "UNLINK"].compactMap { engine.find(ByteView($0 as StaticString)) }
        multiSet = engine.find(ByteView("MSET"))
    }

    deinit {
        for (index, lane) in lanes.enumerated() {
            lane.submit(chunks[index])
            lane.end()
        }
        chunks[laneCount].deinitialize(count: 1)
        chunks[laneCount].deallocate()
        chunks.deallocate()
    }

    /// Executes everything that was handed over.
    /// - Returns: the first failure, in the order of the file.
    mutating func drain() -> ReplayFailure? {
        for lane in 0...laneCount { send(lane) }
        var failures = lanes.compactMap { $0.drain() }
        if let ownFailure { failures.append(ownFailure) }
        hasFailed = !failures.isEmpty
        return failures.min { $0.ordinal < $1.ordinal }
    }

    // MARK: Keys of a snapshot

    /// The lane of the key with that hash.
    @inline(__always)
    func lane(ofHash hash: UInt64) -> Int {
        laneCount == 0 ? 0 : LoadingLanes.lane(ofHash: hash, among: laneCount)
    }

    /// A string key that is not there yet.
    @inline(__always)
    mutating func string(_ key: ByteView, _ value: ByteView, expiry: Int64?) {
        let hash = LoadingLanes.hash(key)
        let lane = lane(ofHash: hash)
        chunks[lane].pointee.add(key)
        chunks[lane].pointee.add(value)
        end(lane, nil, expected: expiry ?? CommandChunk.noExpiry, hash: hash, offset: -1)
    }

    /// The next argument of a command that ends with `end`, which must name the same lane; nothing comes in between.
    @inline(__always)
    mutating func add(_ argument: ByteView, to lane: Int) { chunks[lane].pointee.add(argument) }

    /// Ends a command.
    @inline(__always)
    mutating func end(
        _ lane: Int, _ command: CommandID?, expected: Int64 = CommandChunk.anyReply, hash: UInt64 = 0,
        offset: Int = -1
    ) {
        chunks[lane].pointee.end(command, expected: expected, hash: hash, ordinal: ordinal, offset: offset)
        ordinal &+= 1
        if chunks[lane].pointee.size
            >= (lane == laneCount ? CommandRouter.ownChunkSize : CommandRouter.chunkSize)
        {
            send(lane)
        }
    }

    // MARK: Commands of a file

    /// Whether an append-only file may hold the command.
    func isWrite(_ command: CommandID) -> Bool { keys[command.number].kind != .notWrite }

    /// A command of a file, with its arguments, which are copied.
    mutating func command(_ command: CommandID, _ arguments: UnsafeBufferPointer<ByteView>, offset: Int) {
        if laneCount == 0 { return put(command, arguments, 0, offset) }
        let lane: Int? =
            switch keys[command.number].kind {
            case .first: arguments.isEmpty ? nil : lane(ofHash: LoadingLanes.hash(arguments[0]))
            case .others: commonLane(command, arguments)
            case .all, .notWrite: nil
            }
        if alone > 0 {
            alone = lane == nil && stride(of: command) == 0 ? CommandRouter.patience : alone - 1
            put(command, arguments, laneCount, offset)
            if alone == 0 { send(laneCount) }
            return
        }
        if let lane { return put(command, arguments, lane, offset) }
        if divide(command, arguments, offset) { return }
        // Waits for the lanes; what failed there, if anything did, is found at the end.
        _ = drain()
        alone = CommandRouter.patience
        put(command, arguments, laneCount, offset)
    }

    private mutating func put(
        _ command: CommandID, _ arguments: UnsafeBufferPointer<ByteView>, _ lane: Int, _ offset: Int
    ) {
        for argument in arguments { chunks[lane].pointee.add(argument) }
        end(lane, command, offset: offset)
    }

    /// The one lane of all keys that the command names; nil where there are several, or no key.
    private func commonLane(_ command: CommandID, _ arguments: UnsafeBufferPointer<ByteView>) -> Int? {
        var common: Int?
        var differ = false
        commands[command.number].keys.forEach(in: Arguments(arguments)) {
            let lane = lane(ofHash: LoadingLanes.hash(arguments[$0]))
            if common != nil && common != lane { differ = true }
            common = lane
        }
        return differ ? nil : common
    }

    /// How many arguments go with each key, of a command whose keys don't depend on each other; 0 of others.
    private func stride(of command: CommandID) -> Int {
        deletes.contains(command) ? 1 : command == multiSet ? 2 : 0
    }

    /// Makes one command for each key of one whose keys don't depend on each other.
    private mutating func divide(
        _ command: CommandID, _ arguments: UnsafeBufferPointer<ByteView>, _ offset: Int
    ) -> Bool {
        let step = stride(of: command)
        guard step > 0, !arguments.isEmpty, arguments.count % step == 0 else { return false }
        for start in Swift.stride(from: 0, to: arguments.count, by: step) {
            let part = UnsafeBufferPointer(rebasing: arguments[start..<start + step])
            put(command, part, lane(ofHash: LoadingLanes.hash(part[0])), offset)
        }
        return true
    }

    // MARK: Handing over

    /// Has what was collected for a lane executed.
    @inline(never)
    private mutating func send(_ lane: Int) {
        let chunk = chunks[lane]
        if chunk.pointee.isEmpty { return }
        progress.items.add(chunk.pointee.items.count, ordering: .relaxed)
        if lane == laneCount {
            if !hasFailed, let failure = replay.run(chunk.pointee) {
                ownFailure = failure
                hasFailed = true
            }
            chunk.pointee.clear()
        } else {
            if lanes[lane].hasFailed { hasFailed = true }
            lanes[lane].submit(chunk)
            chunks[lane] = lanes[lane].take()
        }
    }
}
