internal import Bytes
internal import Synchronization

extension LocalEngine where View: ~Copyable {
    /// Executes a command as `execute` does; one that waits and finds nothing goes on waiting.
    /// - Parameter waiter: set to the command that waits; `reply` is then what it answers when its time is over.
    @discardableResult
    package func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, waiter: inout Waiter?
    ) -> Outcome {
        execute(command, arguments, into: &reply, mayWait: true, &waiter)
    }

    /// Whether a command waits where it finds nothing. O(1).
    package func waits(_ command: CommandID) -> Bool {
        command != .unknown && handler(command).pointee.info.flags.contains(.blocking)
    }

    /// Has a command wait no more.
    /// - Returns: whether it was served before: then its reply is there.
    package func end(_ waiter: Waiter) -> Bool { table.waiters.end(waiter) }

    /// How many commands wait.
    package var waiterCount: Int { table.waiters.count }

    /// Takes the locks of what is about to be executed, and of all that serving those who wait for its keys would write
    /// to: nothing is executed yet, so that they can be let go and taken anew, in their order.
    /// - Parameter writes: whether a key may become ready by it.
    /// - Returns: the locks, and the lowest.
    @inline(__always)
    func lock(_ list: borrowing KeyList, writes: Bool) -> (locks: UInt64, home: Int) {
        let locks = list.locks
        let home = table.lock(locks)
        if !writes || table.waiters.count == 0 || locks == .max { return (locks, home) }
        return widen(locks, list.keys)
    }

    @inline(never)
    private func widen(_ first: UInt64, _ keys: UnsafeBufferPointer<HashedKey>) -> (locks: UInt64, home: Int)
    {
        var locks = first
        while true {
            let wanted = locks | table.waiters.shards(reachedFrom: keys)
            if wanted == locks { return (locks, locks.trailingZeroBitCount) }
            table.unlock(locks)
            locks = wanted
            table.lock(locks)
        }
    }

    /// Executes those who wait for what an execution, whose locks are still held, has made ready. Their effects and
    /// events follow the execution's own.
    @inline(__always)
    func serveWaiters(_ keyspace: inout View) -> [Waiter] {
        keyspace.scope.hasReadyKeys ? serveReady(&keyspace) : []
    }

    @inline(never)
    private func serveReady(_ keyspace: inout View) -> [Waiter] {
        var served: [Waiter] = []
        keyspace.scope.begin(UnsafeBufferPointer(start: nil, count: 0))
        keyspace.isReading = false
        // Those who watch have seen the command when it came.
        keyspace.scope.showsCommands = false
        defer { keyspace.scope.showsCommands = true }
        var index = 0
        // Serving one may make another key ready.
        while let key = keyspace.scope.readyKey(index) {
            index += 1
            key.withByteView { view in
                while let type = keyspace.peekType(of: view), let waiter = table.waiters.take(for: key, type)
                {
                    guard waiter.isConnected else {
                        waiter.progress.store(.ended, ordering: .releasing)
                        waiter.letGo()
                        continue
                    }
                    waiter.outcome.failed = !waiter.withArguments(for: view) {
                        run(handler(waiter.command), $0, &keyspace, &waiter.reply)
                    }
                    waiter.outcome.version = keyspace.version(of: view)
                    served.append(waiter)
                }
            }
        }
        keyspace.scope.forgetReadyKeys()
        return served
    }

    /// Tells those who were served, once what they did has its ticket.
    @inline(__always)
    func complete(_ served: [Waiter], after ticket: UInt64) {
        if !served.isEmpty { completeAll(served, after: ticket) }
    }

    @inline(never)
    private func completeAll(_ served: [Waiter], after ticket: UInt64) {
        for waiter in served {
            if ticket > 0, table.journal?.isAwaited == true {
                if let destination = waiter.destination {
                    table.noteWritten(destination.withByteView { KeyHash.of($0) }, ticket)
                }
                waiter.reply.await(ticket)
            }
            waiter.complete()
        }
    }
}
