internal import Bytes
internal import Engine

/// The answer to one command, made of what the nodes have answered.
final class Answer {
    /// How the nodes' answers become one.
    enum Joining: Sendable {
        /// There is one.
        case one(ReplyShape)
        /// Nobody is asked: it is known.
        case known
        /// The replies of a transaction's commands, with how many of its key there were before and after them where that is `counted`.
        case transaction([ReplyShape], counted: Bool)
        /// One value for each key: which work has the next one.
        case values([Int])
        /// Numbers are added.
        case sum
        /// All are OK.
        case ok
        /// Arrays are put together.
        case concatenated
        /// One of those that are there, at random.
        case random
        /// A page of a walk over all nodes.
        case page(ScanCursor, next: ScanCursor?)
    }

    /// A command that asks all primaries, until these are known.
    enum Spread {
        case all
        case scan(ScanCursor)
    }

    var joining: Joining
    var works: [Work] = []
    var known = Reply()
    var spread: Spread?
    /// As it is sent, where it is spread; of SCAN what comes before the node's cursor.
    var text = ByteBuffer()
    /// Of SCAN what follows the cursor.
    var scanOptions = ByteBuffer()
    var isRepeatable = true
    /// How many keys were made, where that is counted.
    private(set) var created = 0
    /// Whether what must hold does not: then nothing was executed.
    var isRefused: Bool { works.contains { $0.isRefused } }

    init(_ joining: Joining) { self.joining = joining }

    /// Whether nobody need be asked.
    var isKnown: Bool {
        if case .known = joining { return true }
        return false
    }

    /// The work whose reply is the answer as it is.
    var wholeReply: Work? {
        if case .one(.plain) = joining { return works[0] }
        return nil
    }

    /// Appends the answer; where a node has answered an error, the first of them.
    func join(into reply: inout Reply) {
        for work in works {
            var reader = work.reply.reader
            if !reader.isAtEnd, case .error = reader.peek() { return reply.copy(&reader) }
        }
        switch joining {
        case .one(let shape):
            var reader = works[0].reply.reader
            shape.copy(&reader, to: &reply)
        case .known:
            var reader = known.reader
            while !reader.isAtEnd { reply.copy(&reader) }
        case .transaction(let shapes, let counted): joinTransaction(shapes, counted, into: &reply)
        case .values(let owners): joinValues(owners, into: &reply)
        case .sum: reply.integer(works.reduce(0) { $0 &+ $1.integer })
        case .ok: reply.ok()
        case .concatenated: joinArrays(into: &reply)
        case .random: joinRandom(into: &reply)
        case .page(let cursor, let next): joinPage(cursor, next, into: &reply)
        }
    }

    /// Asks all primaries, now that they are known; SCAN the one that its cursor stands at.
    func spread(over map: SlotMap, _ request: Request) {
        switch spread {
        case nil: break
        case .scan(let cursor): scan(from: cursor, map, request)
        case .all:
            works = []
            for shard in map.shards { works.append(work(for: shard, request)) }
        }
    }

    private func work(for shard: SlotMap.Shard, _ request: Request) -> Work {
        var copy = ByteBuffer(capacity: text.count)
        copy.append(text.view)
        return Work(copy, node: shard.primary, isRepeatable: isRepeatable, request)
    }

    private func scan(from cursor: ScanCursor, _ map: SlotMap, _ request: Request) {
        let index = map.shards.lastIndex { $0.first <= cursor.slot } ?? 0
        let shard = map.shards[index]
        let tag = ScanCursor.tag(of: shard.id)
        let here = ScanCursor(slot: shard.first, tag: tag, position: cursor.tag == tag ? cursor.position : 0)
        let next = index + 1 < map.shards.count ? map.shards[index + 1] : nil
        joining = .page(here, next: next.map { ScanCursor(slot: $0.first, tag: ScanCursor.tag(of: $0.id)) })
        var command = ByteBuffer()
        command.append(text.view)
        var position = ByteBuffer()
        position.append(decimal: here.position)
        command.append(bulk: position.view)
        command.append(scanOptions.view)
        works = [Work(command, node: shard.primary, isRepeatable: true, request)]
    }

    private func joinTransaction(_ shapes: [ReplyShape], _ counted: Bool, into reply: inout Reply) {
        var reader = works[0].reply.reader
        if isRefused {
            while !reader.isAtEnd { reply.copy(&reader) }
            return
        }
        if works[0].isPlain { return shapes[0].copy(&reader, to: &reply) }
        let count = shapes.count + (counted ? 2 : 0)
        guard case .array(count) = reader.next() else {
            return reply.error("ERR a node has answered EXEC with something else than \(count) replies")
        }
        var before: Int64 = 0
        if counted, case .integer(let value) = reader.next() { before = value }
        for shape in shapes { shape.copy(&reader, to: &reply) }
        if counted, case .integer(let after) = reader.next() { created = max(Int(after - before), 0) }
    }

    private func joinValues(_ owners: [Int], into reply: inout Reply) {
        var readers = works.map { $0.reply.reader }
        var counts = readers.indices.map { index -> Int in
            if case .array(let count) = readers[index].next() { return count }
            return 0
        }
        reply.array(owners.count)
        for owner in owners {
            counts[owner] -= 1
            if counts[owner] >= 0 { reply.copy(&readers[owner]) } else { reply.null() }
        }
    }

    private func joinArrays(into reply: inout Reply) {
        let mark = reply.beginArray()
        var total = 0
        for work in works {
            var reader = work.reply.reader
            guard case .array(let count) = reader.next() else { continue }
            for _ in 0..<count { reply.copy(&reader) }
            total += count
        }
        reply.endArray(mark, count: total)
    }

    private func joinRandom(into reply: inout Reply) {
        let found = works.filter { if case .bytes = $0.reply.reader.peek() { true } else { false } }
        guard let work = found.randomElement() else { return reply.null() }
        var reader = work.reply.reader
        reply.copy(&reader)
    }

    private func joinPage(_ cursor: ScanCursor, _ next: ScanCursor?, into reply: inout Reply) {
        var reader = works[0].reply.reader
        guard case .array(2) = reader.next(), case .bytes(let text) = reader.next(),
            let position = UInt64(text.string)
        else { return reply.error("ERR a node has answered SCAN with something else") }
        reply.array(2)
        var onward = cursor
        onward.position = position
        let value = position == 0 ? next?.value ?? 0 : onward.value
        guard let value else {
            return reply.error("ERR a node's cursor is too large to be handed on")
        }
        var decimal = ByteBuffer()
        decimal.append(decimal: value)
        reply.bytes(decimal.view)
        reply.copy(&reader)
    }
}

extension Work {
    fileprivate var integer: Int64 {
        if case .integer(let value) = reply.reader.peek() { return value }
        return 0
    }
}
