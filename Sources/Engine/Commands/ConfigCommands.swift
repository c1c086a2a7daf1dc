internal import Bytes

/// CONFIG GET, SET, RESETSTAT. It locks every shard, which is what guards the settings.
enum ConfigCommands<K: Keyspace & ~Copyable> {
    private static var subcommands: [Subcommand<K>] {
        [
            Subcommand("GET", arity: -3, run: get),
            Subcommand("SET", arity: -4, run: set),
            Subcommand("RESETSTAT", arity: 2, run: resetStatistics),
            Subcommand("HELP", arity: 2, run: help),
        ]
    }

    @Sendable static func config(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try Subcommand.dispatch(subcommands, of: "CONFIG", a, &keys, &reply)
    }

    @Sendable private static func get(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let context = keys.context
        // Which argument asks for each parameter first.
        var asked: [Int?] = Array(repeating: nil, count: ConfigParameter.all.count)
        for index in 0..<a.count {
            if isGlobPattern(a[index]) {
                for (parameter, declared) in ConfigParameter.all.enumerated() where asked[parameter] == nil {
                    let name = ByteView(declared.name)
                    if globMatches(pattern: a[index], text: name, ignoringCase: true) {
                        asked[parameter] = index
                    }
                }
            } else if let parameter = ConfigParameter.find(a[index]), asked[parameter] == nil {
                asked[parameter] = index
            }
        }
        reply.map(asked.count { $0 != nil })
        for (parameter, index) in asked.enumerated() {
            guard let index else { continue }
            let declared = ConfigParameter.all[parameter]
            // A name is answered in the case it was asked in, as Redis does.
            reply.bytes(isGlobPattern(a[index]) ? ByteView(declared.name) : a[index])
            reply.bytes(text: declared.text(context))
        }
    }

    /// Every pair is looked up and set aside before any takes effect.
    @Sendable private static func set(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count % 2 != 0 { throw .syntax }
        func fail(_ index: Int, _ reason: String, _ reply: inout Reply) {
            reply.error(
                "ERR CONFIG SET failed (possibly related to argument '\(a[index].excerpt(limit: .max))') - \(reason)"
            )
        }
        let context = keys.context
        var chosen: [Int] = []
        for index in stride(from: 0, to: a.count, by: 2) {
            guard let parameter = ConfigParameter.find(a[index]) else {
                return reply.error(
                    "ERR Unknown option or number of arguments for CONFIG SET - '\(a[index].excerpt(limit: .max))'"
                )
            }
            if case .fact = ConfigParameter.all[parameter].value {
                // Saying what is so anyway changes nothing, and clients' set-up code does it.
                let isSo = ConfigParameter.all[parameter].isSo(a[index + 1], context)
                if !isSo { return fail(index, "can't set immutable config", &reply) }
            }
            if chosen.contains(parameter) { return fail(index, "duplicate parameter", &reply) }
            chosen.append(parameter)
        }
        var settings = context.settings
        for (position, parameter) in chosen.enumerated() {
            let declared = ConfigParameter.all[parameter]
            let text = a[2 * position + 1]
            let reason: String?
            switch declared.value {
            case .fact: reason = nil
            case .persistence: reason = declared.setPersistence(text, context, applies: false)
            case .events: reason = declared.setEvents(text, context, applies: false)
            case .number: reason = declared.set(text, in: &settings)
            }
            if let reason { return fail(2 * position, reason, &reply) }
        }
        for (position, parameter) in chosen.enumerated() {
            let declared = ConfigParameter.all[parameter]
            let text = a[2 * position + 1]
            switch declared.value {
            case .persistence: _ = declared.setPersistence(text, context, applies: true)
            case .events: _ = declared.setEvents(text, context, applies: true)
            case .fact, .number: break
            }
        }
        context.settings = settings
        reply.ok()
    }

    @Sendable private static func resetStatistics(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        keys.resetStatistics()
        reply.ok()
    }

    @Sendable private static func help(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "CONFIG",
            [
                "GET <pattern>",
                "    Return parameters matching the glob-like <pattern> and their values.",
                "SET <directive> <value>",
                "    Set the configuration <directive> to <value>.",
                "RESETSTAT",
                "    Reset statistics reported by the INFO command.",
            ])
    }

    static var table: [Command<K>] {
        [
            Command(
                "CONFIG", arity: -2, [.admin, .loading, .dangerous, .allKeys], family: .server,
                syntax:
                    "GET pattern [pattern ...] | SET parameter value [parameter value ...] | RESETSTAT | HELP",
                summary: "A container for server configuration commands",
                complexity: "Depends on subcommand.", since: "2.0.0",
                subcommands: subcommands.map(\.info), run: config)
        ]
    }
}
