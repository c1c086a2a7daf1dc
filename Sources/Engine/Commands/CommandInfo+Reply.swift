internal import Bytes

// How COMMAND INFO and COMMAND DOCS describe a command. The layout is Redis 7.0's.

extension CommandInfo {
    /// The command's name and its subcommands', as Redis writes them: `config`, `config|get` …
    var fullNames: [String] {
        [name.lowercased] + subcommands.map { "\(name.lowercased)|\($0.name.lowercased)" }
    }

    /// The categories of Redis's access control lists, without their `@`.
    var categories: [StaticString] {
        var result: [StaticString] = []
        let touchesKeys = flags.contains(.readonly) || flags.contains(.write)
        if family == .generic || family == .server && touchesKeys && keys == .none {
            result.append("keyspace")
        }
        if flags.contains(.readonly) { result.append("read") }
        if flags.contains(.write) { result.append("write") }
        switch family {
        case .string: result.append("string")
        case .bitmap: result.append("bitmap")
        case .hash: result.append("hash")
        case .list: result.append("list")
        case .set: result.append("set")
        case .sortedSet: result.append("sortedset")
        case .generic, .pubsub, .connection, .server: break
        }
        if flags.contains(.admin) { result.append("admin") }
        if flags.contains(.pubsub) { result.append("pubsub") }
        result.append(flags.contains(.fast) ? "fast" : "slow")
        if flags.contains(.blocking) { result.append("blocking") }
        if flags.contains(.dangerous) || flags.contains(.admin) { result.append("dangerous") }
        if family == .connection { result.append("connection") }
        return result
    }

    private var flagNames: [StaticString] {
        let all: [(CommandFlags, StaticString)] = [
            (.write, "write"), (.readonly, "readonly"), (.denyoom, "denyoom"), (.admin, "admin"),
            (.pubsub, "pubsub"), (.loading, "loading"), (.fast, "fast"), (.blocking, "blocking"),
        ]
        var names = all.filter { flags.contains($0.0) }.map(\.1)
        switch keys {
        case .counted, .sort: names.append("movablekeys")
        case .none, .range: break
        }
        return names
    }

    /// First key, last key and step, counting the command's name, as clients read them.
    private var keyRange: (first: Int, last: Int, step: Int) {
        switch keys {
        case .none: (0, 0, 0)
        case .range(let first, let last, let step): (first + 1, last < 0 ? last : last + 1, step)
        case .counted(_, let also): also.map { ($0 + 1, $0 + 1, 1) } ?? (0, 0, 0)
        case .sort: (1, 1, 1)
        }
    }

    // MARK: COMMAND INFO

    /// One element of COMMAND INFO's answer.
    func writeInfo(to reply: inout Reply) {
        // A container has no keys of its own: its subcommands have them.
        let isContainer = !subcommands.isEmpty
        writeHead(
            name: name.lowercased, arity: arity, range: isContainer ? (0, 0, 0) : keyRange, to: &reply)
        if isContainer { reply.array(0) } else { writeKeySpecifications(to: &reply) }
        reply.array(subcommands.count)
        for subcommand in subcommands { writeSubcommandInfo(subcommand, to: &reply) }
    }

    /// As `writeInfo`, of a subcommand, which is told from its container by its name and arity.
    func writeSubcommandInfo(_ subcommand: SubcommandInfo, to reply: inout Reply) {
        writeHead(
            name: "\(name.lowercased)|\(subcommand.name.lowercased)", arity: subcommand.arity,
            range: keyRange,
            to: &reply)
        writeKeySpecifications(to: &reply)
        reply.array(0)
    }

    /// All ten parts but the last two.
    private func writeHead(
        name: String, arity: Int, range: (first: Int, last: Int, step: Int), to reply: inout Reply
    ) {
        reply.array(10)
        reply.bytes(text: name)
        reply.integer(arity)
        let flags = flagNames
        reply.array(flags.count)
        for flag in flags { reply.status(flag) }
        reply.integer(range.first)
        reply.integer(range.last)
        reply.integer(range.step)
        let categories = categories
        reply.array(categories.count)
        for category in categories { Array("@\(category)".utf8).withByteView { reply.status($0) } }
        if self.flags.contains(.random) {
            reply.array(1)
            reply.bytes("nondeterministic_output")
        } else {
            reply.array(0)
        }
    }

    private func writeKeySpecifications(to reply: inout Reply) {
        switch keys {
        case .none: reply.array(0)
        case .range(let first, let last, let step):
            reply.array(1)
            writeRange(at: first + 1, last: last < 0 ? last : last - first, step: step, to: &reply)
        case .sort:
            reply.array(1)
            writeRange(at: 1, last: 0, step: 1, to: &reply)
        case .counted(let count, let also):
            reply.array(also == nil ? 1 : 2)
            if let also { writeRange(at: also + 1, last: 0, step: 1, isDestination: true, to: &reply) }
            let isWrite = flags.contains(.write) && also == nil
            writeBeginning(at: count + 1, access: isWrite ? "RW" : "RO", to: &reply)
            reply.bytes("keynum")
            reply.bytes("spec")
            reply.map(3)
            write("keynumidx", 0, to: &reply)
            write("firstkey", 1, to: &reply)
            write("keystep", 1, to: &reply)
        }
    }

    private func writeRange(
        at index: Int, last: Int, step: Int, isDestination: Bool = false, to reply: inout Reply
    ) {
        let access: StaticString = isDestination ? "OW" : flags.contains(.write) ? "RW" : "RO"
        writeBeginning(at: index, access: access, to: &reply)
        reply.bytes("range")
        reply.bytes("spec")
        reply.map(3)
        write("lastkey", last, to: &reply)
        write("keystep", step, to: &reply)
        write("limit", 0, to: &reply)
    }

    /// A key specification up to the kind of its `find_keys`, which the caller goes on with.
    private func writeBeginning(at index: Int, access: StaticString, to reply: inout Reply) {
        reply.map(3)
        reply.bytes("flags")
        reply.array(1)
        reply.status(access)
        reply.bytes("begin_search")
        reply.map(2)
        reply.bytes("type")
        reply.bytes("index")
        reply.bytes("spec")
        reply.map(1)
        write("index", index, to: &reply)
        reply.bytes("find_keys")
        reply.map(2)
        reply.bytes("type")
    }

    private func write(_ name: StaticString, _ value: Int, to reply: inout Reply) {
        reply.bytes(name)
        reply.integer(value)
    }

    // MARK: COMMAND DOCS

    /// One name and value of COMMAND DOCS's answer. Beside Redis's members it has `syntax`: the arguments in
    /// one line, where Redis describes them one by one.
    func writeDocumentation(to reply: inout Reply) {
        let group = family.rawValue
        reply.bytes(text: name.lowercased)
        reply.map(4 + (syntax.utf8CodeUnitCount > 0 ? 1 : 0) + (subcommands.isEmpty ? 0 : 1))
        reply.bytes("summary")
        reply.bytes(summary)
        reply.bytes("since")
        reply.bytes(since)
        reply.bytes("group")
        reply.bytes(text: group)
        reply.bytes("complexity")
        reply.bytes(complexity)
        if syntax.utf8CodeUnitCount > 0 {
            reply.bytes("syntax")
            reply.bytes(syntax)
        }
        if !subcommands.isEmpty {
            reply.bytes("subcommands")
            reply.map(subcommands.count)
            for subcommand in subcommands {
                reply.bytes(text: "\(name.lowercased)|\(subcommand.name.lowercased)")
                reply.map(2)
                reply.bytes("since")
                reply.bytes(since)
                reply.bytes("group")
                reply.bytes(text: group)
            }
        }
    }
}
