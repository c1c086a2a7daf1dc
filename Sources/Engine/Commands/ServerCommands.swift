internal import Bytes

/// TIME, INFO and MEMORY.
enum ServerCommands<K: Keyspace & ~Copyable> {
    @Sendable static func time(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let now = Clock.microseconds()
        reply.array(2)
        reply.bytes(decimal: now / 1_000_000)
        reply.bytes(decimal: now % 1_000_000)
    }

    @Sendable static func info(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var report = InfoReport()
        let storage = InfoReport.selects(.disk, a) ? keys.storage : []
        for section in InfoReport.Section.allCases where InfoReport.selects(section, a) {
            if section == .disk, storage.isEmpty { continue }
            report.write(
                section, keys.context, keys.statistics, storage: storage, keyCount: keys.count,
                now: keys.now)
        }
        reply.bytes(report.text.view)
    }

    // MARK: MEMORY

    private static var memorySubcommands: [Subcommand<K>] {
        [
            Subcommand("USAGE", arity: -3, run: memoryUsage),
            Subcommand("HELP", arity: 2, run: memoryHelp),
        ]
    }

    @Sendable static func memory(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try Subcommand.dispatch(memorySubcommands, of: "MEMORY", a, &keys, &reply)
    }

    /// SAMPLES is checked and has no effect: the figure is exact, and no sample is needed for it.
    @Sendable private static func memoryUsage(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var index = 1
        while index < a.count {
            guard index + 1 < a.count, a.matches(index, "SAMPLES") else { throw .syntax }
            if try a.integer(index + 1) < 0 { throw .syntax }
            index += 2
        }
        guard let info = keys.info(of: a[0]) else { return reply.null() }
        reply.integer(info.memory)
    }

    @Sendable private static func memoryHelp(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "MEMORY",
            [
                "USAGE <key> [SAMPLES <count>]",
                "    Return memory in bytes used by <key> and its value. It is exact: SAMPLES is",
                "    accepted and has no effect.",
            ])
    }

    /// The whole family.
    static var table: [Command<K>] {
        CommandCommands<K>.table + ConfigCommands<K>.table + DebugCommands<K>.table
            + PersistenceCommands<K>.table + [
                Command(
                    "INFO", arity: -1, [.loading, .dangerous, .allKeys], family: .server,
                    syntax: "[section [section ...]]",
                    summary: "Get information and statistics about the server", complexity: "O(1)",
                    since: "1.0.0", run: info),
                Command(
                    "MEMORY", arity: -2, [.readonly], keys: .range(first: 1, last: 1, step: 1),
                    family: .server, syntax: "USAGE key [SAMPLES count] | HELP",
                    summary: "A container for memory diagnostics commands",
                    complexity: "Depends on subcommand.", since: "4.0.0",
                    subcommands: memorySubcommands.map(\.info),
                    run: memory),
                Command(
                    "TIME", arity: 1, [.fast, .loading, .random], family: .server,
                    summary: "Return the current server time", complexity: "O(1)", since: "2.6.0", run: time),
            ]
    }
}
