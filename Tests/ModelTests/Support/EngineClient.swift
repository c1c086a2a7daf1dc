import Bytes
import Engine
import TestSupport

/// Executes commands given as words on an engine and answers what RESP2 would carry.
struct EngineClient: Sendable {
    let engine: any CommandEngine
    private let infos: [String: CommandInfo]

    init(_ engine: any CommandEngine) {
        self.engine = engine
        infos = Dictionary(uniqueKeysWithValues: engine.commands.map { ("\($0.name)", $0) })
    }

    @discardableResult
    func execute(_ words: Words) -> Value {
        withViews(words) { views in
            guard let command = engine.find(views[0]) else {
                return .error("ERR unknown command '\(views[0].string)'")
            }
            var reply = Reply()
            views.withUnsafeBufferPointer { buffer in
                let arguments = Arguments(UnsafeBufferPointer(rebasing: buffer[1...]))
                _ = engine.execute(command, arguments, into: &reply)
            }
            var reader = reply.reader
            let value = Value(&reader)
            precondition(reader.isAtEnd, "\(commandLine(words)) wrote more than one reply")
            return value
        }
    }

    @discardableResult
    func execute(_ line: String) -> Value { execute(words(line)) }

    /// Whether there is such a command.
    func knows(_ words: Words) -> Bool { withViews([words[0]]) { engine.find($0[0]) != nil } }

    /// Executes the commands as one transaction and answers their replies.
    func transaction(_ commands: [Words]) -> [Value] { execute(commands, as: .transaction) }

    /// A way of sending several commands.
    enum Mode: CaseIterable {
        case oneByOne, pipeline, transaction
    }

    /// Executes the commands in order and answers their replies.
    @discardableResult
    func execute(_ commands: [Words], as mode: Mode) -> [Value] {
        if mode == .oneByOne { return commands.map { execute($0) } }
        return withTransaction(commands) { transaction in
            var reply = Reply()
            if mode == .transaction {
                _ = engine.execute(transaction, into: &reply)
            } else {
                var step = 0
                while step < transaction.count {
                    step = engine.executeSome(of: transaction, from: step, into: &reply)
                }
            }
            var reader = reply.reader
            var values: [Value] = []
            while !reader.isAtEnd { values.append(Value(&reader)) }
            precondition(
                values.count == commands.count, "\(values.count) replies to \(commands.count) commands")
            return values
        }
    }

    /// Replays the commands on `engine`, which is this client's, and answers their replies.
    func replay(_ commands: [Words], on engine: MemoryEngine) -> [Value] {
        withTransaction(commands) { transaction in
            var reply = Reply()
            var step = 0
            while step < transaction.count {
                step = engine.replaySome(of: transaction, from: step, into: &reply)
            }
            var reader = reply.reader
            var values: [Value] = []
            while !reader.isAtEnd { values.append(Value(&reader)) }
            return values
        }
    }

    /// Calls `body` with the commands, to be changed or executed.
    private func withTransaction<R>(_ commands: [Words], _ body: (inout Transaction) -> R) -> R {
        withViews(Array(commands.joined())) { views in
            var transaction = Transaction()
            var next = 0
            for words in commands {
                if let command = engine.find(views[next]) {
                    transaction.command(command)
                } else {
                    transaction.unknownCommand(views[next])
                }
                for index in next + 1..<next + words.count { transaction.argument(views[index]) }
                next += words.count
            }
            return body(&transaction)
        }
    }

    /// What a command reads, and the versions of keys as they were before it.
    func versions(of line: String, keys: [String]) -> (Value, [String: UInt64]) {
        var versions: [String: UInt64] = [:]
        for key in keys {
            versions[key] = withTransaction([words("EXISTS \(key)")]) { transaction in
                var reply = Reply()
                return engine.execute(transaction, into: &reply).version
            }
        }
        return (execute(line), versions)
    }

    /// Sets all strings where all keys have these versions still; whether it did.
    func set(_ strings: [String: String], ifStill versions: [String: UInt64]) -> Bool {
        let names = versions.map { (Array($0.key.utf8), $0.value) }
        return withTransaction(strings.map { words("SET \($0.key) \($0.value)") }) { transaction in
            withViews(names.map(\.0)) { views in
                for (view, name) in zip(views, names) { transaction.require(view, .version(name.1)) }
                var reply = Reply()
                return !engine.execute(transaction, into: &reply).preconditionFailed
            }
        }
    }

    /// The keys that the command names.
    func keys(of words: Words) -> [[UInt8]] {
        let name = String(decoding: words[0].map(asciiUppercased), as: UTF8.self)
        guard let info = infos[name] else { return [] }
        return withViews(words) { views in
            views.withUnsafeBufferPointer { buffer in
                let arguments = Arguments(UnsafeBufferPointer(rebasing: buffer[1...]))
                var keys: [[UInt8]] = []
                info.keys.forEach(in: arguments) { keys.append(arguments[$0].array) }
                return keys
            }
        }
    }
}
