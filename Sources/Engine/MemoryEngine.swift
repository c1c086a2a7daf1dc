public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The engine in memory: the commands over `MemoryKeyspace`, executed by the calling thread under the locks
/// of the shards that its keys lie in.
public final class MemoryEngine: CommandEngine {
    private let table: MemoryTable
    private let commandTable: CommandTable<MemoryKeyspace>
    /// The commands of `commandTable`, so that one is used where it lies: copying it would count references.
    private nonisolated(unsafe) let handlers: UnsafeMutableBufferPointer<Command<MemoryKeyspace>>

    /// Starts the background thread that reclaims expired keys.
    public init(settings: Settings = Settings(), host: HostInfo = HostInfo()) {
        commandTable = CommandTable<MemoryKeyspace>()
        handlers = .allocate(capacity: commandTable.commands.count)
        _ = handlers.initialize(from: commandTable.commands)
        table = MemoryTable(
            context: EngineContext(
                commands: commandTable.commands.map(\.info), startedAt: Clock.milliseconds(),
                settings: settings, host: host))
        startReclaimer(table)
    }

    deinit {
        table.reclaimer.stop()
        handlers.deinitialize()
        handlers.deallocate()
    }

    /// Every command, by `CommandID`.
    public var commands: [CommandInfo] { table.context.commands }

    /// The command of that name, in whatever case. O(1).
    public func find(_ name: ByteView) -> CommandID? { commandTable.find(name) }

    // MARK: Executing

    @inline(__always)
    private func handler(_ command: CommandID) -> UnsafePointer<Command<MemoryKeyspace>> {
        precondition(command.index < handlers.count, "a command of another engine")
        return UnsafePointer(handlers.baseAddress.unsafelyUnwrapped + command.index)
    }

    /// Which shards the command's keys lie in, as a set of bits, and the first key with its hash.
    @inline(__always)
    private func locks(
        _ command: UnsafePointer<Command<MemoryKeyspace>>, _ arguments: borrowing Arguments,
        _ first: inout (key: ByteView, hash: UInt64)?
    ) -> UInt64 {
        if command.pointee.info.flags.contains(.allKeys) {
            if first == nil {
                command.pointee.info.keys.forEach(in: arguments) { index in
                    if first == nil { first = (arguments[index], KeyHash.of(arguments[index])) }
                }
            }
            return .max
        }
        var set: UInt64 = 0
        command.pointee.info.keys.forEach(in: arguments) { index in
            let key = arguments[index]
            let hash = KeyHash.of(key)
            if first == nil { first = (key, hash) }
            set |= 1 << UInt64(MemoryTable.shard(of: hash))
        }
        return set
    }

    /// Executes a command under the locks of its keys' shards. Its cost is the command's own.
    @discardableResult
    public func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome {
        var outcome = Outcome()
        guard command != .unknown else {
            reply.unknownCommand(arguments)
            outcome.failed = true
            return outcome
        }
        let command = handler(command)
        guard command.pointee.info.accepts(argumentCount: arguments.count) else {
            reply.wrongArity(command.pointee.info.name)
            outcome.failed = true
            return outcome
        }
        var first: (key: ByteView, hash: UInt64)?
        // A command without keys holds a lock too: the settings are guarded by any of them.
        let set = max(locks(command, arguments, &first), 1)
        table.lock(set)
        defer { table.unlock(set) }
        var keyspace = MemoryKeyspace(
            table, now: Clock.milliseconds(), first: first ?? (.empty, KeyHash.of(.empty)))
        table.cells[set.trailingZeroBitCount].shard.statistics.commands += 1
        run(command, arguments, &keyspace, &reply, &outcome)
        outcome.created = keyspace.created
        if let first { outcome.version = table.stripe(of: first.hash).pointee }
        return outcome
    }

    /// Executes a transaction under the locks of all its keys' shards.
    @discardableResult
    public func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        var outcome = Outcome()
        var first: (key: ByteView, hash: UInt64)?
        var set: UInt64 = 1
        if let precondition = transaction.precondition {
            let hash = KeyHash.of(precondition.key)
            first = (precondition.key, hash)
            set |= 1 << UInt64(MemoryTable.shard(of: hash))
        }
        if let probe = transaction.probe {
            set |= locks(handler(probe.command), transaction.arguments(of: probe), &first)
        }
        for condition in transaction.conditions.elements {
            let hash = KeyHash.of(condition.key)
            if first == nil { first = (condition.key, hash) }
            set |= 1 << UInt64(MemoryTable.shard(of: hash))
        }
        for step in transaction.steps.elements where step.command != .unknown {
            set |= locks(handler(step.command), transaction.arguments(of: step), &first)
        }
        table.lock(set)
        defer { table.unlock(set) }
        var keyspace = MemoryKeyspace(
            table, now: Clock.milliseconds(), first: first ?? (.empty, KeyHash.of(.empty)))
        table.cells[set.trailingZeroBitCount].shard.statistics.commands += transaction.steps.count
        if let precondition = transaction.precondition {
            var exists = true
            if let probe = transaction.probe {
                var answer = Reply()
                var ignored = Outcome()
                run(handler(probe.command), transaction.arguments(of: probe), &keyspace, &answer, &ignored)
                exists = answer.saysPresent
            }
            let version = keyspace.version(of: precondition.key)
            if !precondition.holds(version: version, exists: exists) {
                outcome.preconditionFailed = true
                outcome.version = version
                return outcome
            }
        }
        if !transaction.conditions.isEmpty, !hold(transaction.conditions, &keyspace, &reply) {
            outcome.preconditionFailed = true
            return outcome
        }
        for step in transaction.steps.elements {
            var result = Outcome()
            if step.command == .unknown {
                reply.unknownCommand(transaction.arguments(of: step))
                outcome.failed = true
                if transaction.stopsAtError { break }
                continue
            }
            let command = handler(step.command)
            if command.pointee.info.accepts(argumentCount: step.end - step.first) {
                run(command, transaction.arguments(of: step), &keyspace, &reply, &result)
            } else {
                reply.wrongArity(command.pointee.info.name)
                result.failed = true
            }
            outcome.failed = outcome.failed || result.failed
            if result.failed, transaction.stopsAtError { break }
        }
        outcome.created = keyspace.created
        if let key = transaction.versionKey {
            outcome.version = table.stripe(of: KeyHash.of(key)).pointee
        } else if let first {
            outcome.version = table.stripe(of: first.hash).pointee
        }
        return outcome
    }

    /// Whether all conditions hold; if not, the indices of those that do not are the reply.
    private func hold(
        _ conditions: borrowing TrivialBuffer<KeyCondition>, _ keyspace: inout MemoryKeyspace,
        _ reply: inout Reply
    ) -> Bool {
        var failed = 0
        let start = reply.mark
        let mark = reply.beginArray()
        for (index, condition) in conditions.elements.enumerated() {
            let exists = keyspace.peekType(of: condition.key) != nil
            if !condition.holds(version: keyspace.version(of: condition.key), exists: exists) {
                reply.integer(index)
                failed += 1
            }
        }
        if failed == 0 { reply.rewind(to: start) } else { reply.endArray(mark, count: failed) }
        return failed == 0
    }

    /// Executes commands of a pipeline, each under its own locks.
    public func executeSome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        let entry = pipeline.steps[step]
        execute(entry.command, pipeline.arguments(of: entry), into: &reply)
        return step + 1
    }

    /// A number that grows with every change of any key.
    public var changes: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<MemoryTable.stripeCount { sum &+= table.stripes[index] }
        return sum
    }

    @inline(__always)
    private func run(
        _ command: UnsafePointer<Command<MemoryKeyspace>>, _ arguments: borrowing Arguments,
        _ keyspace: inout MemoryKeyspace, _ reply: inout Reply, _ outcome: inout Outcome
    ) {
        let mark = reply.mark
        keyspace.countsAccesses = command.pointee.info.flags.contains(.readonly)
        do throws(CommandError) {
            try command.pointee.run(arguments, &keyspace, &reply)
            outcome.failed = reply.isError(at: mark)
        } catch {
            reply.rewind(to: mark)
            reply.error(error)
            outcome.failed = true
        }
        keyspace.finish()
    }
}

/// Runs the table's reclaimer on a thread of its own until it is told to stop.
private func startReclaimer(_ table: MemoryTable) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(table).toOpaque()
    let failed = pthread_create(
        &thread, nil,
        { argument in
            let table = Unmanaged<MemoryTable>.fromOpaque(argument.unsafelyUnwrapped).takeRetainedValue()
            table.reclaimer.run { table.reclaimExpired(budget: 4) }
            return nil
        }, argument)
    precondition(failed == 0, "cannot start the background thread")
    pthread_detach(thread)
}

extension Reply {
    /// The error of a command given too few or too many arguments, as Redis words it.
    mutating func wrongArity(_ name: StaticString) {
        error("ERR wrong number of arguments for '\(name.lowercased)' command")
    }

    /// Whether the value written at `mark` is an error.
    @inline(__always)
    func isError(at mark: Mark) -> Bool {
        mark.offset < tape.count && tape.view[mark.offset] == Tag.error.rawValue
    }

    /// Whether the one value on the tape says that something is there.
    var saysPresent: Bool {
        var reader = reader
        switch reader.next() {
        case .null, .nullArray, .error: return false
        case .integer(let n): return n > 0
        case .array(let n), .map(let n): return n > 0
        default: return true
        }
    }
}
