internal import Bytes

/// The commands that push to, pop from and read a list; the rest are in `ListEditCommands`.
enum ListCommands<K: Keyspace & ~Copyable> {
    // MARK: Pushing

    @Sendable
    static func lpush(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try push(.left, .create, a, &keys, &reply)
    }

    @Sendable
    static func lpushx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try push(.left, .write, a, &keys, &reply)
    }

    @Sendable
    static func rpush(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try push(.right, .create, a, &keys, &reply)
    }

    @Sendable
    static func rpushx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try push(.right, .write, a, &keys, &reply)
    }

    private static func push(
        _ end: ListEnd, _ access: Access, _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let list = try keys.list(a[0], access) else { return reply.integer(0) }
        for i in 1..<a.count { end.push(a[i], to: list) }
        keys.event(.list, end.pushEvent, a[0])
        reply.integer(list.count)
    }

    // MARK: Popping

    @Sendable
    static func lpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count <= 2 else {
            return reply.error("ERR wrong number of arguments for 'lpop' command")
        }
        try pop(.left, a, &keys, &reply)
    }

    @Sendable
    static func rpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count <= 2 else {
            return reply.error("ERR wrong number of arguments for 'rpop' command")
        }
        try pop(.right, a, &keys, &reply)
    }

    private static func pop(
        _ end: ListEnd, _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 1 {
            guard let list = try keys.list(a[0], .write) else { return reply.null() }
            return popOne(end, list, a[0], &keys, &reply)
        }
        guard let count = parseInt64(a[1]), count >= 0 else { throw .notPositive }
        guard let list = try keys.list(a[0], .write) else { return reply.nullArray() }
        pop(Int(count), end, list, a[0], &keys, &reply)
    }

    /// Removes the item at an end, of which there is one, and answers it.
    static func popOne(
        _ end: ListEnd, _ list: K.List, _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) {
        let range = end.range(1, of: list.count)
        reply.bytes(list.get(range.lowerBound))
        list.remove(range)
        keys.eventOfRemoval(.list, end.popEvent, key, left: list.count)
    }

    /// Removes up to `count` items at an end and answers them as an array, the outermost first.
    private static func pop(
        _ count: Int, _ end: ListEnd, _ list: K.List, _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) {
        let range = end.range(min(count, list.count), of: list.count)
        reply.array(range.count)
        list.forEach(range, reverse: end == .right) {
            reply.bytes($0)
            return true
        }
        if range.isEmpty { return }
        list.remove(range)
        keys.eventOfRemoval(.list, end.popEvent, key, left: list.count)
    }

    @Sendable
    static func lmpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        _ = try popFirst(MultiplePop(a), a, &keys, &reply)
    }

    /// What LMPOP's arguments ask for: up to `count` items at an end of the first list that is not empty, of so many
    /// whose keys are the arguments from 1 on.
    struct MultiplePop {
        let keys: ClosedRange<Int>
        let end: ListEnd
        let count: Int

        init(_ a: borrowing Arguments) throws(CommandError) {
            guard let number = parseInt64(a[0]), number > 0 else { throw .numkeysNotPositive }
            guard number < Int64(a.count - 1) else { throw .syntax }
            let numkeys = Int(number)
            guard let end = ListEnd(a[numkeys + 1]) else { throw .syntax }
            var count: Int64 = 1
            if a.count > numkeys + 2 {
                guard a.count > numkeys + 3, a.matches(numkeys + 2, "COUNT") else { throw .syntax }
                guard let given = parseInt64(a[numkeys + 3]), given > 0 else { throw .popCountNotPositive }
                guard a.count == numkeys + 4 else { throw .syntax }
                count = given
            }
            keys = 1...numkeys
            self.end = end
            self.count = Int(count)
        }
    }

    /// Answers what LMPOP does.
    /// - Returns: what it has taken; nil where all lists are empty.
    static func popFirst(
        _ wanted: MultiplePop, _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) -> (key: ByteView, count: Int)? {
        for index in wanted.keys {
            guard let list = try keys.list(a[index], .write), list.count > 0 else { continue }
            reply.array(2)
            reply.bytes(a[index])
            let taken = min(wanted.count, list.count)
            pop(taken, wanted.end, list, a[index], &keys, &reply)
            return (a[index], taken)
        }
        reply.nullArray()
        return nil
    }

    // MARK: Moving

    @Sendable
    static func lmove(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let from = ListEnd(a[2]), let to = ListEnd(a[3]) else { throw .syntax }
        _ = try move(a, from, to, &keys, &reply)
    }

    @Sendable
    static func rpoplpush(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        _ = try move(a, .right, .left, &keys, &reply)
    }

    /// Moves an item from an end of the list at the first argument to one at the second, and answers it: nil, and
    /// false, where there is none.
    static func move(
        _ a: borrowing Arguments, _ from: ListEnd, _ to: ListEnd, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) -> Bool {
        guard let source = try keys.list(a[0], .write) else {
            reply.null()
            return false
        }
        let destination = try keys.list(a[1], .create)!
        // The destination may be the source: the item has to outlive its removal.
        var item = ByteBuffer()
        let range = from.range(1, of: source.count)
        item.append(source.get(range.lowerBound))
        source.remove(range)
        to.push(item.view, to: destination)
        keys.event(.list, to.pushEvent, a[1])
        keys.eventOfRemoval(.list, from.popEvent, a[0], left: source.count)
        reply.bytes(item.view)
        return true
    }

    // MARK: Reading

    @Sendable
    static func lindex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let list = try keys.list(a[0], .read) else { return reply.null() }
        let index = try a.integer(1)
        guard let place = listIndex(index, of: list.count) else { return reply.null() }
        reply.bytes(list.get(place))
    }

    @Sendable
    static func llen(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.list(a[0], .read)?.count ?? 0)
    }

    @Sendable
    static func lrange(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let start = try a.integer(1)
        let stop = try a.integer(2)
        guard let list = try keys.list(a[0], .read) else { return reply.array(0) }
        let range = listRange(start, stop, of: list.count)
        reply.array(range.count)
        list.forEach(range, reverse: false) {
            reply.bytes($0)
            return true
        }
    }

    /// The family's commands, those of `ListEditCommands` included.
    static var table: [Command<K>] {
        endTable + readTable + ListEditCommands<K>.table + WaitingListCommands<K>.table
    }

    private static var endTable: [Command<K>] {
        [
            Command(
                "LMOVE", arity: 5, [.write, .denyoom], keys: .firstTwo, family: .list,
                syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT>",
                summary: "Pop an element from a list, push it to another list and return it",
                complexity: "O(1)", since: "6.2.0", run: lmove),
            Command(
                "LMPOP", arity: -4, [.write], keys: .counted(count: 0, also: nil), family: .list,
                syntax: "numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
                summary: "Pop elements from a list",
                complexity:
                    "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
                since: "7.0.0", run: lmpop),
            Command(
                "LPOP", arity: -2, [.write, .fast], keys: .first, family: .list, syntax: "key [count]",
                summary: "Remove and get the first elements in a list",
                complexity: "O(N) where N is the number of elements returned", since: "1.0.0", run: lpop),
            Command(
                "LPUSH", arity: -3, [.write, .denyoom, .fast], keys: .first, family: .list,
                syntax: "key element [element ...]",
                summary: "Prepend one or multiple elements to a list",
                complexity:
                    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
                since: "1.0.0", run: lpush),
            Command(
                "LPUSHX", arity: -3, [.write, .denyoom, .fast], keys: .first, family: .list,
                syntax: "key element [element ...]",
                summary: "Prepend an element to a list, only if the list exists",
                complexity:
                    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
                since: "2.2.0", run: lpushx),
            Command(
                "RPOP", arity: -2, [.write, .fast], keys: .first, family: .list, syntax: "key [count]",
                summary: "Remove and get the last elements in a list",
                complexity: "O(N) where N is the number of elements returned", since: "1.0.0", run: rpop),
            Command(
                "RPOPLPUSH", arity: 3, [.write, .denyoom], keys: .firstTwo, family: .list,
                syntax: "source destination",
                summary: "Remove the last element in a list, prepend it to another list and return it",
                complexity: "O(1)", since: "1.2.0", run: rpoplpush),
            Command(
                "RPUSH", arity: -3, [.write, .denyoom, .fast], keys: .first, family: .list,
                syntax: "key element [element ...]",
                summary: "Append one or multiple elements to a list",
                complexity:
                    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
                since: "1.0.0", run: rpush),
            Command(
                "RPUSHX", arity: -3, [.write, .denyoom, .fast], keys: .first, family: .list,
                syntax: "key element [element ...]",
                summary: "Append an element to a list, only if the list exists",
                complexity:
                    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
                since: "2.2.0", run: rpushx),
        ]
    }

    private static var readTable: [Command<K>] {
        [
            Command(
                "LINDEX", arity: 3, [.readonly], keys: .first, family: .list, syntax: "key index",
                summary: "Get an element from a list by its index",
                complexity:
                    "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
                since: "1.0.0", run: lindex),
            Command(
                "LLEN", arity: 2, [.readonly, .fast], keys: .first, family: .list, syntax: "key",
                summary: "Get the length of a list", complexity: "O(1)", since: "1.0.0", run: llen),
            Command(
                "LRANGE", arity: 4, [.readonly], keys: .first, family: .list, syntax: "key start stop",
                summary: "Get a range of elements from a list",
                complexity:
                    "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
                since: "1.0.0", run: lrange),
        ]
    }
}
