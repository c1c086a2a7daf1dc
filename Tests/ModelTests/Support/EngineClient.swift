import Bytes
import Engine

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

    /// Executes the commands as one transaction and answers their replies.
    func transaction(_ commands: [Words]) -> [Value] {
        withViews(Array(commands.joined())) { views in
            var transaction = Transaction()
            var next = 0
            for words in commands {
                guard let command = engine.find(views[next]) else { return [] }
                transaction.command(command)
                for index in next + 1..<next + words.count { transaction.argument(views[index]) }
                next += words.count
            }
            var reply = Reply()
            _ = engine.execute(transaction, into: &reply)
            var reader = reply.reader
            var values: [Value] = []
            while !reader.isAtEnd { values.append(Value(&reader)) }
            return values
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

    private func withViews<R>(_ words: Words, _ body: ([ByteView]) -> R) -> R {
        var storage = ByteBuffer()
        for word in words { storage.append(word) }
        let all = storage.view
        var offset = 0
        var views: [ByteView] = []
        for word in words {
            views.append(all[offset..<offset + word.count])
            offset += word.count
        }
        let result = body(views)
        // The views point into the storage.
        withExtendedLifetime(storage.count) {}
        return result
    }
}
