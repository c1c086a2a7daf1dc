internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

extension LocalEngine where View: ~Copyable {
    /// How many commands a window has at most.
    static var windowLength: Int { 16 }

    /// The bytes of replies after which a window ends.
    private static var windowReplies: Int { 1 << 20 }

    /// Executes a window of commands: their keys' shards are locked together, and what looking the keys up will
    /// read is fetched ahead, so that the waits for memory overlap. A command on the whole keyspace, or one of
    /// very many keys, runs alone.
    package func executeSome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        if table.context.gate.isShut, reply.hasWritten { waitForRoom(&reply) }
        let next = withUnsafeTemporaryAllocation(of: HashedKey.self, capacity: KeyList.usual) { room in
            window(pipeline, step, room, replays: false, &reply)
        }
        if next > step { return next }
        let entry = pipeline.steps[step]
        execute(entry.command, pipeline.arguments(of: entry), into: &reply)
        return step + 1
    }

    /// Waits a while, outside of all locks, until the queue to the disk has room again: what one request writes
    /// in all is not bounded. Past that the commands that are left are refused.
    @inline(never)
    private func waitForRoom(_ reply: inout Reply) {
        let end = Clock.milliseconds() + LocalEngine.patience
        while table.context.gate.isShut(.full), !table.context.gate.isShut(.failing) {
            // Once for a request: it may have very many commands.
            if reply.hasWaited || Clock.milliseconds() >= end { return reply.hasWaited = true }
            usleep(500)
        }
    }

    /// How long a pipeline waits for room, in milliseconds: other requests of its thread wait with it.
    private static var patience: Int64 { 2000 }

    /// As `executeSome`, of commands that a journal tells, or that build what a snapshot tells: nothing expires,
    /// and nothing is written down. The gate may be shut. Of the replies, values that take much room are left out.
    package func replaySome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        reply.limit = min(reply.limit, LocalEngine.windowReplies)
        let next = withUnsafeTemporaryAllocation(of: HashedKey.self, capacity: KeyList.usual) { room in
            window(pipeline, step, room, replays: true, &reply)
        }
        if next > step { return next }
        let entry = pipeline.steps[step]
        let arguments = pipeline.arguments(of: entry)
        if refuses(entry.command, arguments, into: &reply) { return step + 1 }
        let command = handler(entry.command)
        withRoom(forKeys: arguments.count) { room in
            var list = KeyList(room)
            list.add(command.pointee.info.flags, command.pointee.info.keys, arguments)
            let home = table.lock(list.locks)
            defer { table.unlock(list.locks) }
            var keyspace = View(table, home: home, now: Clock.milliseconds(), replays: true)
            keyspace.scope.begin(list.keys)
            let mark = reply.mark
            _ = run(command, arguments, &keyspace, &reply)
            _ = conclude(&keyspace, list.keys, allKeys: false, [], replies: 1, since: mark, &reply)
        }
        return step + 1
    }

    /// Executes a window; it is empty, and `step` the result, where the first command must run alone: it has too many keys,
    /// or what one of the window's reads can't be read.
    @inline(__always)
    private func window(
        _ pipeline: borrowing Transaction, _ step: Int, _ room: UnsafeMutableBufferPointer<HashedKey>,
        replays: Bool, _ reply: inout Reply
    ) -> Int {
        var list = KeyList(room)
        /// Where each command's keys end in the list; one is longer than its room is never in a window.
        var ends = InlineArray<16, UInt8>(repeating: 0)
        let limit = min(pipeline.count, step + LocalEngine.windowLength)
        var end = step
        var writes = false
        while end < limit {
            let entry = pipeline.steps[end]
            if entry.command != .unknown {
                let info = handler(entry.command)
                if info.pointee.info.flags.contains(.allKeys) { break }
                let before = list
                list.add(info.pointee.info, pipeline.arguments(of: entry))
                if list.overflows {
                    list = before
                    break
                }
                if info.pointee.info.flags.contains(.write) { writes = true }
            }
            ends[end - step] = UInt8(list.count)
            end += 1
        }
        if end == step { return step }
        let (locks, home) = lock(list, writes: writes)
        defer { table.unlock(locks) }
        if list.count > 1 { table.prefetch(list.keys) }
        var keyspace = View(table, home: home, now: Clock.milliseconds(), replays: replays)
        let started = Clock.tick()
        let mark = reply.mark
        var index = step
        var position = 0
        var hasRun = false
        while index < end {
            let entry = pipeline.steps[index]
            let arguments = pipeline.arguments(of: entry)
            let keysEnd = Int(ends[index - step])
            index += 1
            if refuses(entry.command, arguments, into: &reply) {
                position = keysEnd
                continue
            }
            let command = handler(entry.command)
            let first = position
            position = keysEnd
            if !replays, stops(command, &reply) { continue }
            keyspace.scope.begin(list[first, keysEnd])
            hasRun = true
            _ = run(command, arguments, &keyspace, &reply)
            // Who waits goes before the next command.
            if keyspace.scope.hasReadyKeys { break }
            // Replies are rendered, and forgotten, after each window.
            if reply.size > LocalEngine.windowReplies { break }
            // Where the queue to the disk is full, the next window waits first.
            if !replays, table.context.gate.isShut { break }
            // Others wait for these locks, and time must go on: after slow work the window ends early.
            if !command.pointee.info.flags.contains(.fast), Clock.tick() != started { break }
        }
        // Refusals show nothing that is to be waited for.
        if hasRun {
            let served = replays ? [] : serveWaiters(&keyspace)
            let conclusion = conclude(
                &keyspace, list.keys, allKeys: false, served, replies: index - step, since: mark, &reply)
            if conclusion == .unread, index > step + 1 {
                // One key that is damaged does not keep the other commands: they run one by one.
                reply.rewind(to: mark)
                return step
            }
        }
        return index
    }
}
