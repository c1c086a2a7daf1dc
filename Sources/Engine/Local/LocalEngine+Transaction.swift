internal import Bytes

extension LocalEngine where View: ~Copyable {
    /// Executes a transaction under the locks of all its keys' shards.
    @discardableResult
    package func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        let keys = transaction.arguments.count + transaction.conditions.count + 1
        return withRoom(forKeys: keys) { execute(transaction, in: $0, &reply) }
    }

    private func execute(
        _ transaction: borrowing Transaction, in room: UnsafeMutableBufferPointer<HashedKey>,
        _ reply: inout Reply
    ) -> Outcome {
        var outcome = Outcome()
        var list = KeyList(room)
        if let precondition = transaction.precondition { list.add(precondition.key) }
        if let probe = transaction.probe {
            list.add(handler(probe.command).pointee.info, transaction.arguments(of: probe))
        }
        for condition in transaction.conditions.elements { list.add(condition.key) }
        let stepKeys = list.count
        for step in transaction.steps.elements where step.command != .unknown {
            list.add(handler(step.command).pointee.info, transaction.arguments(of: step))
        }
        let (locks, home) = lock(list, writes: true)
        defer { table.unlock(locks) }
        var keyspace = View(table, home: home, now: Clock.milliseconds(), replays: false)
        keyspace.scope.begin(list[0, stepKeys])
        if stops(transaction, &reply) {
            outcome.failed = true
            return outcome
        }
        let mark = reply.mark
        outcome = execute(transaction, list, from: stepKeys, &keyspace, &reply)
        let served = outcome.preconditionFailed ? [] : serveWaiters(&keyspace)
        // Also what a condition has shown is to be durable.
        let conclusion = conclude(
            &keyspace, list.keys, allKeys: list.locks == .max, served, replies: transaction.count,
            since: mark, &reply)
        if conclusion != .kept {
            outcome = Outcome()
            outcome.failed = true
        } else if !outcome.preconditionFailed {
            if let key = transaction.versionKey {
                outcome.version = table.stripe(of: KeyHash.of(key)).pointee
            } else if let first = list.keys.first {
                outcome.version = table.stripe(of: first.hash).pointee
            }
        }
        return outcome
    }

    /// Executes the steps, whose keys are in the list from `stepKeys` on, if what the transaction demands holds.
    @inline(__always)
    private func execute(
        _ transaction: borrowing Transaction, _ list: KeyList, from stepKeys: Int,
        _ keyspace: inout View, _ reply: inout Reply
    ) -> Outcome {
        var outcome = Outcome()
        if let precondition = transaction.precondition {
            var exists = true
            if let probe = transaction.probe {
                var answer = Reply()
                keyspace.scope.showsCommands = false
                _ = run(handler(probe.command), transaction.arguments(of: probe), &keyspace, &answer)
                keyspace.scope.showsCommands = true
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
        if keyspace.isJournalled { keyspace.scope.beginUnit() }
        keyspace.scope.isTransaction = true
        outcome.failed = !run(transaction, list, from: stepKeys, &keyspace, &reply)
        keyspace.scope.isTransaction = false
        if keyspace.isJournalled { keyspace.scope.endUnit() }
        outcome.created = keyspace.scope.created
        return outcome
    }

    /// Answers the error of a transaction of which a command is not executed at the moment, for each command: all
    /// or none are executed.
    @inline(__always)
    private func stops(_ transaction: borrowing Transaction, _ reply: inout Reply) -> Bool {
        guard table.context.gate.isShut else { return false }
        var flags = CommandFlags.loading
        for step in transaction.steps.elements where step.command != .unknown {
            let info = handler(step.command).pointee.info
            if info.flags.contains(.write) { flags.insert(.write) }
            if !info.flags.contains(.loading) { flags.remove(.loading) }
        }
        let mark = reply.mark
        guard stops(flags, &reply) else { return false }
        reply.rewind(to: mark)
        for _ in 0..<transaction.count { _ = stops(flags, &reply) }
        return true
    }

    /// Runs the steps, whose keys are in the list from `start` on; false where one has answered an error.
    @inline(__always)
    private func run(
        _ transaction: borrowing Transaction, _ list: KeyList, from start: Int,
        _ keyspace: inout View, _ reply: inout Reply
    ) -> Bool {
        var succeeded = true
        var position = start
        var fetched = start
        for step in transaction.steps.elements {
            let arguments = transaction.arguments(of: step)
            var keys = 0
            if step.command != .unknown {
                keys = handler(step.command).pointee.info.keys.count(in: arguments)
            }
            if position + keys > fetched, list.count - fetched > 1 {
                let end = min(list.count, max(position + keys, fetched + 2 * LocalEngine.windowLength))
                table.prefetch(list[fetched, end])
                fetched = end
            }
            if refuses(step.command, arguments, into: &reply) {
                succeeded = false
            } else {
                keyspace.scope.begin(list[position, position + keys])
                if !run(handler(step.command), arguments, &keyspace, &reply) { succeeded = false }
                if handler(step.command).pointee.info.flags.contains(.admin) { keyspace.scope.listen() }
            }
            if !succeeded, transaction.stopsAtError { break }
            position += keys
        }
        return succeeded
    }

    /// Whether all conditions hold; if not, the indices of those that do not are the reply.
    private func hold(
        _ conditions: borrowing TrivialBuffer<KeyCondition>, _ keyspace: inout View,
        _ reply: inout Reply
    ) -> Bool {
        // What has expired goes first, all of it: versions are shared, and each is then read in its last state.
        for condition in conditions.elements { _ = keyspace.peekType(of: condition.key) }
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
}
