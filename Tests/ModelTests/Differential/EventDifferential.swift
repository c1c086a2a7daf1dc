import Engine
import TestSupport

/// The same commands on redis-server and on an engine of our own, compared by the key events that they raise.
final class EventDifferential {
    typealias Event = EventRecorder.Event

    struct Mismatch: CustomStringConvertible {
        var commands: [Words]
        var redis: [Event]
        var engine: [Event]

        var description: String {
            let same = zip(redis, engine).prefix { $0 == $1 }.count
            func excerpt(_ events: [Event]) -> [Event] { Array(events.dropFirst(max(same - 3, 0)).prefix(8)) }
            return "\(commands.map { commandLine($0) }.joined(separator: "\n  "))\n"
                + "  after \(same) events\n  redis:   \(excerpt(redis))\n  redwing: \(excerpt(engine))"
        }
    }

    private let redis: RedisConnection
    private let listener: RedisConnection
    private let engine = TestEngine()
    private let client: EngineClient
    private let recorder = EventRecorder()
    private let subscription: Subscription
    private static let patterns = ["__key*__:*", "mark"]

    init(_ server: RedisServer) throws {
        redis = try server.connect()
        listener = try server.connect()
        client = EngineClient(engine)
        subscription = engine.pubSub.subscribe(recorder, to: [.pattern(Array("__key*__:*".utf8))])
        let subscribe = words("PSUBSCRIBE") + Self.patterns.map { Array($0.utf8) }
        _ = try listener.execute(subscribe)
        _ = try listener.receive()
    }

    deinit { engine.pubSub.unsubscribe(subscription) }

    /// Sets which events are raised, on empty keyspaces.
    func begin(events letters: String) throws {
        for line in ["FLUSHALL", "CONFIG SET notify-keyspace-events \(letters)", "DEBUG SET-ACTIVE-EXPIRE 0"]
        {
            _ = try redis.execute(words(line))
            client.execute(line)
        }
        _ = recorder.take()
    }

    /// The engine's setting as it tells it, and redis-server's.
    func settings(after letters: String) throws -> (engine: Value, redis: Value) {
        let set = [Array("CONFIG".utf8), Array("SET".utf8), Array("notify-keyspace-events".utf8)]
        let get = words("CONFIG GET notify-keyspace-events")
        let answer = client.execute(set + [Array(letters.utf8)])
        let expected = try redis.execute(set + [Array(letters.utf8)])
        return (
            .array([answer, client.execute(get)]), .array([expected, try redis.execute(get)])
        )
    }

    /// redis-server's reply to a command that raises nothing.
    func ask(_ words: Words) throws -> Value { try redis.execute(words) }

    /// Executes the commands on both sides, here in one of the ways of sending several.
    func run(_ commands: [Words], as mode: EngineClient.Mode) throws -> Mismatch? {
        let mark = words("PUBLISH mark x")
        _ = try redis.execute(commands.flatMap { [$0, mark] })
        var all: (redis: [Event], engine: [Event]) = ([], [])
        for words in commands {
            let expected = try raised()
            all.redis += expected
            if mode != .oneByOne { continue }
            client.execute(words)
            let events = recorder.take()
            if !Self.agree(expected, events, [words]) {
                return Mismatch(commands: [words], redis: expected, engine: events)
            }
        }
        if mode == .oneByOne { return nil }
        client.execute(commands, as: mode)
        all.engine = recorder.take()
        return Self.agree(all.redis, all.engine, commands)
            ? nil : Mismatch(commands: commands, redis: all.redis, engine: all.engine)
    }

    /// The messages up to the next mark.
    private func raised() throws -> [Event] {
        var events: [Event] = []
        while true {
            guard let message = try listener.receive().elements, message.count == 4,
                let channel = message[2].bytes, let payload = message[3].bytes
            else { throw RedisServer.Failure(description: "not a message of a pattern") }
            if channel == Array("mark".utf8) { return events }
            events.append(Event(channel: channel, payload: payload))
        }
    }

    /// SORT looks up what it needs of a set's members in no particular order.
    private static func agree(_ redis: [Event], _ engine: [Event], _ commands: [Words]) -> Bool {
        if redis == engine { return true }
        guard commands.contains(where: { upper($0[0]).hasPrefix("SORT") }) else { return false }
        func counts(_ events: [Event]) -> [Event: Int] {
            Dictionary(events.map { ($0, 1) }, uniquingKeysWith: +)
        }
        return counts(redis) == counts(engine)
    }
}
