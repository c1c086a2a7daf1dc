internal import Bytes

/// The commands that search a list or change its inside: LINSERT, LPOS, LREM, LSET and LTRIM.
enum ListEditCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func linsert(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let after = a.matches(1, "AFTER")
        guard after || a.matches(1, "BEFORE") else { throw .syntax }
        guard let list = try keys.list(a[0], .write) else { return reply.integer(0) }
        let pivot = a[2]
        var index = 0
        var found = false
        list.forEach(0..<list.count, reverse: false) { item in
            found = item == pivot
            if !found { index += 1 }
            return !found
        }
        guard found else { return reply.integer(-1) }
        list.insert(a[3], at: after ? index + 1 : index)
        keys.event(.list, "linsert", a[0])
        reply.integer(list.count)
    }

    @Sendable
    static func lpos(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let options = try PositionOptions(a)
        guard let list = try keys.list(a[0], .read) else {
            return options.count == nil ? reply.null() : reply.array(0)
        }
        let length = list.count
        let reverse = options.rank < 0
        let compared = options.maxlen == 0 ? length : Int(min(options.maxlen, Int64(length)))
        let range = reverse ? length - compared..<length : 0..<compared
        let wanted = options.count ?? 1
        let element = a[1]
        var skip = options.rank.magnitude - 1
        var index = reverse ? length : -1
        var first: Int?
        var found: Int64 = 0
        let mark = reply.mark
        let start = reply.beginArray()
        list.forEach(range, reverse: reverse) { item in
            index += reverse ? -1 : 1
            guard item == element else { return true }
            if skip > 0 {
                skip -= 1
                return true
            }
            if first == nil { first = index }
            reply.integer(index)
            found += 1
            return found != wanted
        }
        if options.count != nil { return reply.endArray(start, count: Int(found)) }
        reply.rewind(to: mark)
        if let first { reply.integer(first) } else { reply.null() }
    }

    @Sendable
    static func lrem(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let count = try a.integer(1)
        guard let list = try keys.list(a[0], .write) else { return reply.integer(0) }
        let length = list.count
        let reverse = count < 0
        let limit = count == 0 ? UInt64.max : count.magnitude
        let element = a[2]
        // Neighbours are removed together.
        var runs: [Range<Int>] = []
        var removed = 0
        var index = reverse ? length : -1
        list.forEach(0..<length, reverse: reverse) { item in
            index += reverse ? -1 : 1
            guard item == element else { return true }
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else if let last = runs.last, last.lowerBound == index + 1 {
                runs[runs.count - 1] = index..<last.upperBound
            } else {
                runs.append(index..<index + 1)
            }
            removed += 1
            return UInt64(removed) < limit
        }
        // From the right, so that the indices of the others stay true.
        if !reverse { runs.reverse() }
        for run in runs { list.remove(run) }
        if removed > 0 { keys.eventOfRemoval(.list, "lrem", a[0], left: list.count) }
        reply.integer(removed)
    }

    @Sendable
    static func lset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let list = try keys.list(a[0], .write) else { throw .noSuchKey }
        let index = try a.integer(1)
        guard let place = listIndex(index, of: list.count) else { throw .indexOutOfRange }
        list.set(place, a[2])
        keys.event(.list, "lset", a[0])
        reply.ok()
    }

    @Sendable
    static func ltrim(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let start = try a.integer(1)
        let stop = try a.integer(2)
        if let list = try keys.list(a[0], .write) {
            let kept = listRange(start, stop, of: list.count)
            if kept.upperBound < list.count { list.remove(kept.upperBound..<list.count) }
            if kept.lowerBound > 0 { list.remove(0..<kept.lowerBound) }
            keys.eventOfRemoval(.list, "ltrim", a[0], left: list.count)
        }
        reply.ok()
    }

    static var table: [Command<K>] {
        [
            Command(
                "LINSERT", arity: 5, [.write, .denyoom], keys: .first, family: .list,
                syntax: "key <BEFORE | AFTER> pivot element",
                summary: "Insert an element before or after another element in a list",
                complexity:
                    "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
                since: "2.2.0", run: linsert),
            Command(
                "LPOS", arity: -3, [.readonly], keys: .first, family: .list,
                syntax: "key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
                summary: "Return the index of matching elements on a list",
                complexity:
                    "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
                since: "6.0.6", run: lpos),
            Command(
                "LREM", arity: 4, [.write], keys: .first, family: .list, syntax: "key count element",
                summary: "Remove elements from a list",
                complexity:
                    "O(N+M) where N is the length of the list and M is the number of elements removed.",
                since: "1.0.0", run: lrem),
            Command(
                "LSET", arity: 4, [.write, .denyoom], keys: .first, family: .list,
                syntax: "key index element",
                summary: "Set the value of an element in a list by its index",
                complexity:
                    "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
                since: "1.0.0", run: lset),
            Command(
                "LTRIM", arity: 4, [.write], keys: .first, family: .list, syntax: "key start stop",
                summary: "Trim a list to the specified range",
                complexity: "O(N) where N is the number of elements to be removed by the operation.",
                since: "1.0.0", run: ltrim),
        ]
    }
}

/// LPOS's options.
private struct PositionOptions {
    /// Which match is the first answered: 1 is the first, -1 the last. Not 0.
    var rank: Int64 = 1
    /// How many matches to answer, 0 for all; nil for a single one that is not in an array.
    var count: Int64?
    /// How many items to compare, 0 for all.
    var maxlen: Int64 = 0

    init(_ a: borrowing Arguments) throws(CommandError) {
        var i = 2
        while i < a.count {
            guard i + 1 < a.count else { throw .syntax }
            if a.matches(i, "RANK") {
                rank = try a.integer(i + 1)
                guard rank != 0 else { throw .rankZero }
            } else if a.matches(i, "COUNT") {
                let value = try a.integer(i + 1, or: .countNegative)
                guard value >= 0 else { throw .countNegative }
                count = value
            } else if a.matches(i, "MAXLEN") {
                maxlen = try a.integer(i + 1, or: .maxlenNegative)
                guard maxlen >= 0 else { throw .maxlenNegative }
            } else {
                throw .syntax
            }
            i += 2
        }
    }
}
