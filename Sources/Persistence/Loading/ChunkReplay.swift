internal import Bytes
internal import Engine

/// A command or key that could not be taken in.
struct ReplayFailure: Sendable {
    /// Its number among all that is loaded: the lowest is the one to tell of.
    let ordinal: Int
    /// Where it is in the file; -1: not known.
    let offset: Int
    /// What it is and what is wrong: `the key "a" is there twice`.
    let description: String
}

/// Executes chunks, one after the other, and checks what the commands answer. Used by one thread.
struct ChunkReplay: ~Copyable {
    private let engine: any LoadableEngine
    private var transaction = Transaction()
    private var reply = Reply()
    private var strings = TrivialBuffer<LoadedString>()

    /// Commands that are executed under the same locks, at most (the engine's own window).
    private static let window = 16

    init(_ engine: any LoadableEngine) { self.engine = engine }

    /// Executes all of the chunk; nil, or the first failure, after which nothing more of it was executed.
    mutating func run(_ chunk: borrowing CommandChunk) -> ReplayFailure? {
        var index = 0
        let count = chunk.items.count
        while index < count {
            let start = index
            if chunk.items[index].command == nil {
                while index < count, index - start < LoadedString.window,
                    chunk.items[index].command == nil
                {
                    index += 1
                }
                if let failure = store(chunk, start..<index) { return failure }
            } else {
                while index < count, index - start < ChunkReplay.window, chunk.items[index].command != nil {
                    index += 1
                }
                if let failure = execute(chunk, start..<index) { return failure }
            }
        }
        return nil
    }

    private mutating func store(_ chunk: borrowing CommandChunk, _ range: Range<Int>) -> ReplayFailure? {
        strings.removeAll()
        for index in range {
            let item = chunk.items[index]
            let arguments = chunk.arguments(of: index)
            strings.append(
                LoadedString(
                    key: chunk.argument(arguments.lowerBound), hash: item.hash,
                    value: chunk.argument(arguments.lowerBound + 1),
                    expiry: item.expected == CommandChunk.noExpiry ? nil : item.expected))
        }
        let stored: Int
        do throws(StorageFailure) {
            stored = try engine.load(strings.elements)
        } catch {
            let item = chunk.items[range.lowerBound]
            return ReplayFailure(ordinal: item.ordinal, offset: item.offset, description: error.message)
        }
        if stored == range.count { return nil }
        let item = chunk.items[range.lowerBound + stored]
        return ReplayFailure(
            ordinal: item.ordinal, offset: item.offset,
            description: "the key \(excerpt(strings[stored].key)) is there twice")
    }

    private mutating func execute(_ chunk: borrowing CommandChunk, _ range: Range<Int>) -> ReplayFailure? {
        transaction.clear()
        for index in range {
            guard let command = chunk.items[index].command else { continue }
            transaction.command(command)
            for argument in chunk.arguments(of: index) { transaction.argument(chunk.argument(argument)) }
        }
        var step = 0
        while step < range.count {
            reply.clear()
            let next = engine.replaySome(of: transaction, from: step, into: &reply)
            var reader = reply.reader
            while step < next {
                let index = range.lowerBound + step
                let expected = chunk.items[index].expected
                switch reader.next() {
                case .error(let message): return failure(chunk, index, message.string)
                case .integer(let n) where expected != CommandChunk.anyReply && n != expected:
                    return failure(
                        chunk, index, "an element is there twice, or the key is (\(n), not \(expected))")
                case .array(let n): for _ in 0..<n { reader.skip() }
                case .map(let n): for _ in 0..<2 * n { reader.skip() }
                default: break
                }
                step += 1
            }
        }
        return nil
    }

    private func failure(
        _ chunk: borrowing CommandChunk, _ index: Int, _ why: String
    ) -> ReplayFailure {
        let item = chunk.items[index]
        let name = item.command.map { engine.commands[$0.number].name } ?? "SET"
        let arguments = chunk.arguments(of: index)
        let key = arguments.isEmpty ? "" : " " + excerpt(chunk.argument(arguments.lowerBound))
        return ReplayFailure(
            ordinal: item.ordinal, offset: item.offset, description: "\(name)\(key) failed: \(why)")
    }
}

/// The beginning of a key in quotes, for messages: what is not printable ASCII as `\xNN`.
func excerpt(_ bytes: ByteView) -> String {
    var text = ByteBuffer()
    text.append(UInt8(ascii: "\""))
    for byte in bytes[0..<min(bytes.count, 60)].buffer {
        if byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C {
            text.append(byte)
        } else {
            text.append("\\x")
            text.append(hex: UInt64(byte), width: 2)
        }
    }
    text.append(bytes.count > 60 ? "\"…" : "\"")
    return text.view.string
}
