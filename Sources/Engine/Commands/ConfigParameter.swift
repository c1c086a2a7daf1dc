internal import Bytes

/// Where in the settings a number stands.
typealias SettingPath = any WritableKeyPath<Settings, Int> & Sendable

/// A parameter of CONFIG, declared once in `all`: its names, how it is read, how it is set.
struct ConfigParameter: Sendable {
    enum Value: Sendable {
        /// A whole number of `Settings`; `memory` takes and Redis-style units (`64kb`).
        case number(SettingPath, ClosedRange<Int>, memory: Bool)
        /// An option of whoever keeps the data on disk, and what it is where nothing is kept.
        case persistence(whereNone: StaticString)
        /// Which key events are published.
        case events
        /// What is so, and can't be changed while the server runs.
        case fact(@Sendable (EngineContext) -> String)
    }

    /// Lower case, as Redis writes them.
    let name: StaticString
    let value: Value

    /// Redis's parameters that mean something here. An alias is a parameter of its own, as it is in Redis.
    static let all: [ConfigParameter] = [
        number("hash-max-listpack-entries", \.encoding.hashMaxListpackEntries),
        number("hash-max-ziplist-entries", \.encoding.hashMaxListpackEntries),
        memory("hash-max-listpack-value", \.encoding.hashMaxListpackValue),
        memory("hash-max-ziplist-value", \.encoding.hashMaxListpackValue),
        number("list-max-listpack-size", \.encoding.listMaxListpackSize, Int(Int32.min)...Int(Int32.max)),
        number("list-max-ziplist-size", \.encoding.listMaxListpackSize, Int(Int32.min)...Int(Int32.max)),
        number("set-max-intset-entries", \.encoding.setMaxIntsetEntries),
        number("zset-max-listpack-entries", \.encoding.zsetMaxListpackEntries),
        number("zset-max-ziplist-entries", \.encoding.zsetMaxListpackEntries),
        memory("zset-max-listpack-value", \.encoding.zsetMaxListpackValue),
        memory("zset-max-ziplist-value", \.encoding.zsetMaxListpackValue),
        memory("proto-max-bulk-len", \.maxStringLength, 1 << 20...Int.max),
        persistence("appenddirname"),
        persistence("appendfilename"),
        persistence("appendfsync", "everysec"),
        persistence("appendonly", "no"),
        persistence("auto-aof-rewrite-min-size"),
        persistence("auto-aof-rewrite-percentage"),
        persistence("dbfilename"),
        persistence("dir"),
        persistence("save"),
        ConfigParameter(name: "notify-keyspace-events", value: .events),
        fact("cluster-enabled") { _ in "no" },
        fact("databases") { _ in "1" },
        fact("enable-debug-command") { $0.settings.debugCommand ? "yes" : "no" },
        fact("maxclients") { "\($0.host.maxClients())" },
        fact("maxmemory") { _ in "0" },
        fact("maxmemory-policy") { _ in "noeviction" },
        fact("port") { "\($0.host.port())" },
    ]

    private static func number(
        _ name: StaticString, _ path: SettingPath,
        _ range: ClosedRange<Int> = 0...Int.max
    ) -> ConfigParameter {
        ConfigParameter(name: name, value: .number(path, range, memory: false))
    }

    private static func memory(
        _ name: StaticString, _ path: SettingPath,
        _ range: ClosedRange<Int> = 0...Int.max
    ) -> ConfigParameter {
        ConfigParameter(name: name, value: .number(path, range, memory: true))
    }

    private static func persistence(
        _ name: StaticString, _ whereNone: StaticString = ""
    ) -> ConfigParameter {
        ConfigParameter(name: name, value: .persistence(whereNone: whereNone))
    }

    private static func fact(
        _ name: StaticString, _ text: @escaping @Sendable (EngineContext) -> String
    ) -> ConfigParameter {
        ConfigParameter(name: name, value: .fact(text))
    }

    /// The index in `all` of the parameter of that name, in whatever case.
    static func find(_ name: ByteView) -> Int? {
        all.firstIndex { asciiEqualIgnoringCase(ByteView($0.name), name) }
    }

    /// The value as CONFIG GET answers it.
    func text(_ context: EngineContext) -> String {
        switch value {
        case .number(let path, _, _): "\(context.settings[keyPath: path])"
        case .persistence(let whereNone): context.host.persistence?.option(name) ?? "\(whereNone)"
        case .events: context.pubSub.notified.letters
        case .fact(let text): text(context)
        }
    }

    /// Whether `text` is the value it has already.
    func isSo(_ text: ByteView, _ context: EngineContext) -> Bool {
        var present = self.text(context)
        return present.withUTF8 { ByteView($0) == text }
    }

    /// Checks a value for an option of persistence, and takes it where `applies`; answers what is wrong with it.
    func setPersistence(_ text: ByteView, _ context: EngineContext, applies: Bool) -> String? {
        if isSo(text, context) { return nil }
        guard let service = context.host.persistence else { return "nothing is kept on disk" }
        return service.setOption(name, text.string, applies: applies)
    }

    /// Checks which events are to be published, and takes it where `applies`; answers what is wrong with it.
    func setEvents(_ text: ByteView, _ context: EngineContext, applies: Bool) -> String? {
        guard let classes = KeyEventClasses(letters: text) else {
            return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
        }
        if applies { context.pubSub.setNotified(classes) }
        return nil
    }

    /// Sets the parameter in `settings`; answers what is wrong with `text`, in Redis's words.
    func set(_ text: ByteView, in settings: inout Settings) -> String? {
        guard case .number(let path, let range, let isMemory) = value else {
            return "can't set immutable config"
        }
        let number: Int?
        if isMemory {
            guard let bytes = Self.bytes(text) else { return "argument must be a memory value" }
            number = Int(exactly: bytes)
        } else {
            guard let parsed = parseInt64(text) else { return "argument couldn't be parsed into an integer" }
            number = Int(parsed)
        }
        guard let number, range.contains(number) else {
            return "argument must be between \(range.lowerBound) and \(range.upperBound) inclusive"
        }
        settings[keyPath: path] = number
        return nil
    }

    /// A number of bytes as Redis reads one: digits and perhaps a unit, `k` for 1,000 and `kb` for 1,024 and
    /// so on; no digits are 0. Saturates. Nil where it is none.
    static func bytes(_ text: ByteView) -> UInt64? {
        let digitCount = text.buffer.firstIndex { $0 &- UInt8(ascii: "0") > 9 } ?? text.count
        guard digitCount < 128 else { return nil }
        let unit = text.dropFirst(digitCount)
        let units: [(StaticString, UInt64)] = [
            ("", 1), ("B", 1), ("K", 1000), ("KB", 1 << 10), ("M", 1_000_000), ("MB", 1 << 20),
            ("G", 1_000_000_000), ("GB", 1 << 30),
        ]
        guard let factor = units.first(where: { unit.equalsIgnoringCase($0.0) })?.1 else { return nil }
        let number = digitCount == 0 ? 0 : parseUInt64(text[0..<digitCount]) ?? .max
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
