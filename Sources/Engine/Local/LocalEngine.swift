package import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An engine of this process: the commands over the keyspace of a table, executed by the calling thread under the locks
/// of the shards that its keys lie in.
package final class LocalEngine<View: LocalKeyspace & ~Copyable>: CommandEngine {
    package let table: View.Table
    private let commandTable: CommandTable<View>
    /// The commands of `commandTable`, so that one is used where it lies: copying it would count references.
    ///
    /// Safe from any thread: `init` fills it before anyone else has the engine, nothing writes to it until `deinit`,
    /// when nobody has it any more, and a command itself is Sendable.
    private nonisolated(unsafe) let handlers: UnsafeMutablePointer<Command<View>>
    private let handlerCount: Int

    /// Starts what goes on in the background.
    /// - Parameter makeTable: makes the table; what goes wrong is the caller's to tell.
    package init<Failure: Error>(
        settings: Settings, host: HostInfo, pubSub: PubSub,
        makeTable: (EngineContext) throws(Failure) -> View.Table
    ) throws(Failure) {
        let commandTable = CommandTable<View>()
        table = try makeTable(
            EngineContext(
                commands: commandTable.commands.map(\.info), startedAt: Clock.milliseconds(),
                settings: settings, host: host, pubSub: pubSub))
        self.commandTable = commandTable
        handlerCount = commandTable.commands.count
        handlers = .allocate(capacity: handlerCount)
        _ = UnsafeMutableBufferPointer(start: handlers, count: handlerCount)
            .initialize(from: commandTable.commands)
        table.start()
    }

    deinit {
        table.stop()
        handlers.deinitialize(count: handlerCount)
        handlers.deallocate()
    }

    /// What the effects of commands go to; nil where they are not kept.
    package var journal: Journal? { table.journal }

    /// Channels, and who is subscribed to them.
    package var pubSub: PubSub { table.context.pubSub }

    /// Why commands are not executed at the moment.
    package var gate: WriteGate { table.context.gate }

    /// Every command, by `CommandID`.
    package var commands: [CommandInfo] { table.context.commands }

    /// The command of that name, in whatever case. O(1).
    package func find(_ name: ByteView) -> CommandID? { commandTable.find(name) }

    /// Fetches the key's slot into the cache. O(1).
    /// - Returns: its hash.
    package func prefetchSlot(of key: ByteView) -> UInt64 {
        let hash = KeyHash.of(key)
        table.prefetchSlot(hash)
        return hash
    }

    /// Fetches the entry of the key with that hash into the cache. O(1).
    package func prefetchEntry(_ place: UInt64) { table.prefetchEntry(place) }

    // MARK: Executing

    @inline(__always)
    func handler(_ command: CommandID) -> UnsafePointer<Command<View>> {
        precondition(
            UInt(bitPattern: command.index) < UInt(bitPattern: handlerCount), "another engine's command")
        return UnsafePointer(handlers + command.index)
    }

    /// Calls `body` with room for keys; up to `KeyList.usual` of them are on the stack.
    @inline(__always)
    func withRoom<R>(
        forKeys count: Int, _ body: (UnsafeMutableBufferPointer<HashedKey>) -> R
    ) -> R {
        if count <= KeyList.usual {
            return withUnsafeTemporaryAllocation(of: HashedKey.self, capacity: KeyList.usual, body)
        }
        return withUnsafeTemporaryAllocation(of: HashedKey.self, capacity: count, body)
    }

    /// Executes a command under the locks of its keys' shards. Its cost is the command's own.
    @discardableResult
    package func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome {
        var waiter: Waiter?
        return execute(command, arguments, into: &reply, mayWait: false, &waiter)
    }

    /// As `execute(_:_:into:)`; where it may wait and does, `waiter` is set.
    @inline(__always)
    func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, mayWait: Bool,
        _ waiter: inout Waiter?
    ) -> Outcome {
        if refuses(command, arguments, into: &reply) {
            var outcome = Outcome()
            outcome.failed = true
            return outcome
        }
        var waiting: AfterUnlocking?
        let mark = reply.mark
        var outcome = withRoom(forKeys: arguments.count) {
            execute(command, arguments, in: $0, mayWait: mayWait, &waiter, &waiting, &reply)
        }
        if let waiting, !perform(waiting, &reply, since: mark) { outcome.failed = true }
        return outcome
    }

    /// Has the worker do what a command has asked for; false where it refuses.
    @inline(never)
    private func perform(_ action: AfterUnlocking, _ reply: inout Reply, since mark: Reply.Mark) -> Bool {
        do throws(PersistenceRefusal) {
            guard let persistence = table.context.host.persistence else {
                throw PersistenceRefusal(
                    "ERR nothing is kept on disk: the server was started with --ephemeral")
            }
            switch action {
            case .save: try persistence.saveAndWait()
            case .reload: try persistence.reloadAndWait()
            }
            return true
        } catch {
            reply.rewind(to: mark)
            reply.error(error.message)
            return false
        }
    }

    private func execute(
        _ id: CommandID, _ arguments: borrowing Arguments, in room: UnsafeMutableBufferPointer<HashedKey>,
        mayWait: Bool, _ waiter: inout Waiter?, _ waiting: inout AfterUnlocking?, _ reply: inout Reply
    ) -> Outcome {
        let command = handler(id)
        var outcome = Outcome()
        var list = KeyList(room)
        list.add(command.pointee.info.flags, command.pointee.info.keys, arguments)
        let (locks, home) = lock(list, writes: command.pointee.info.flags.contains(.write))
        defer { table.unlock(locks) }
        if list.count > 1 { table.prefetch(list[0, min(list.count, 256)]) }
        var keyspace = View(table, home: home, now: Clock.milliseconds(), replays: false)
        keyspace.scope.begin(list.keys)
        keyspace.scope.mayWait = true
        keyspace.scope.mayWaitForKeys = mayWait
        if stops(command, &reply) {
            // It shows nothing, so there is nothing to wait for.
            outcome.failed = true
            if let first = list.keys.first { outcome.version = table.stripe(of: first.hash).pointee }
            return outcome
        }
        let mark = reply.mark
        outcome.failed = !run(command, arguments, &keyspace, &reply)
        waiting = keyspace.scope.waiting
        outcome.created = keyspace.scope.created
        let awaited = keyspace.scope.awaited
        keyspace.scope.mayWaitForKeys = false
        let served = serveWaiters(&keyspace)
        // INFO, CONFIG and the like show no data: they are needed most where the disk fails.
        let flags = command.pointee.info.flags
        let allKeys = flags.contains(.allKeys) && !flags.isDisjoint(with: [.write, .readonly])
        let conclusion = conclude(
            &keyspace, list.keys, allKeys: allKeys, served, replies: 1, since: mark, &reply)
        if conclusion != .kept {
            outcome.failed = true
            outcome.created = 0
            waiting = nil
        } else if let awaited {
            let new = Waiter(
                id, command.pointee.info, arguments, for: awaited.type, milliseconds: awaited.milliseconds)
            table.waiters.insert(new)
            waiter = new
        }
        if let first = list.keys.first { outcome.version = table.stripe(of: first.hash).pointee }
        return outcome
    }

    /// Makes permanent what was executed, tells its effects and events, and notes on the reply what that must wait for;
    /// the locks are still held. Where the disk does not take it, nothing has happened, and each reply is the error.
    /// - Parameters:
    ///   - allKeys: whether it has worked on the whole keyspace.
    ///   - served: who waited, and was served by it.
    ///   - count: how many replies were written since `mark`.
    /// - Returns: what has become of it.
    @inline(__always)
    func conclude(
        _ keyspace: inout View, _ keys: UnsafeBufferPointer<HashedKey>, allKeys: Bool,
        _ served: [Waiter], replies count: Int, since mark: Reply.Mark, _ reply: inout Reply
    ) -> Conclusion {
        let home = keyspace.scope.home
        do throws(StorageFailure) {
            let hasStored = try keyspace.store()
            let ticket = table.commit(at: home, keys, allKeys: allKeys, hasStored: hasStored, &reply)
            complete(served, after: ticket)
            return .kept
        } catch {
            undo(error, at: home, served, replies: count, since: mark, &reply)
            return error.isUnwritten ? .unread : .undone
        }
    }

    /// What has become of what was executed.
    enum Conclusion {
        case kept
        /// The disk does not take it, though some may be there after all: nothing has happened.
        case undone
        /// As `undone`, but surely nothing is there: something could not be read.
        case unread
    }

    @inline(never)
    private func undo(
        _ failure: StorageFailure, at home: Int, _ served: [Waiter], replies count: Int,
        since mark: Reply.Mark, _ reply: inout Reply
    ) {
        table.forget(at: home)
        reply.rewind(to: mark)
        for _ in 0..<count { reply.error(failure.message) }
        for waiter in served {
            waiter.reply.clear()
            waiter.reply.error(failure.message)
            waiter.outcome.failed = true
            waiter.complete()
        }
    }

    /// Answers the error of a command that is not there or gets too few or too many arguments.
    @inline(__always)
    func refuses(_ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply) -> Bool {
        if command == .unknown {
            reply.unknownCommand(arguments)
            return true
        }
        let command = handler(command)
        if command.pointee.info.accepts(argumentCount: arguments.count) { return false }
        reply.wrongArity(command.pointee.info.name)
        return true
    }

    /// Answers the error of a command that is not executed at the moment: while data is loaded, or the disk does
    /// not take what it would write.
    @inline(__always)
    func stops(_ command: UnsafePointer<Command<View>>, _ reply: inout Reply) -> Bool {
        table.context.gate.isShut && stops(command.pointee.info.flags, &reply)
    }

    @inline(never)
    func stops(_ flags: CommandFlags, _ reply: inout Reply) -> Bool {
        guard let refusal = table.context.gate.refusal(of: flags) else { return false }
        if case .full = refusal {
            // What has begun goes on, unless the pipeline has waited in vain: it is not made twice.
            if reply.hasWritten, !reply.hasWaited { return false }
            reply.isPostponable = !reply.hasWritten
        }
        reply.error(refusal.message)
        return true
    }

    /// Runs a command whose keys are locked; false where it answers an error.
    @inline(__always)
    func run(
        _ command: UnsafePointer<Command<View>>, _ arguments: borrowing Arguments,
        _ keyspace: inout View, _ reply: inout Reply
    ) -> Bool {
        let mark = reply.mark
        keyspace.isReading = command.pointee.info.flags.contains(.readonly)
        keyspace.scope.countCommand()
        let changes = keyspace.scope.changeMark
        if keyspace.isJournalled { keyspace.scope.beginUnit() }
        var succeeded = true
        do throws(CommandError) {
            try command.pointee.run(arguments, &keyspace, &reply)
            if reply.overflows {
                // A replay reads no output, and what has happened is no error.
                if keyspace.replays {
                    reply.dropOutput(since: mark)
                } else {
                    reply.refuseOverflow(since: mark)
                }
            }
            succeeded = !reply.isError(at: mark)
        } catch {
            reply.replace(since: mark, by: error)
            succeeded = false
        }
        keyspace.isReading = false
        keyspace.finish()
        keyspace.scope.monitor(command.pointee.info, arguments)
        if keyspace.scope.isKept, command.pointee.info.flags.contains(.write) {
            reply.hasWritten = true
            if keyspace.isJournalled {
                keyspace.scope.journal(command.pointee.info.name, arguments, since: changes)
            }
        }
        if keyspace.isJournalled { keyspace.scope.endUnit() }
        return succeeded
    }

    /// A number that grows with every change of any key. O(1).
    package var changes: UInt64 { table.changes }

    /// The process's resident memory in bytes, 0 where that can't be told.
    package var residentMemory: Int { table.context.host.residentMemory() }

    /// How snapshots and the append-only file are; nil where nothing is kept on disk.
    package var persistence: PersistenceStatus? { table.context.host.persistence?.status }

    /// The newest snapshot as an RDB file; nil: there is none.
    package func openSnapshot() -> SnapshotBody? { table.context.host.persistence?.openSnapshot() }
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
    package var saysPresent: Bool {
        var reader = reader
        switch reader.next() {
        case .null, .nullArray, .error: return false
        case .integer(let n): return n > 0
        case .array(let n), .map(let n): return n > 0
        default: return true
        }
    }
}
