import Bytes
import Engine
import RDB

/// What an engine, or an RDB file, holds: of each key its type, expiry and elements as text, those of a collection
/// without order sorted.
struct Contents: Equatable {
    var keys: [String: String] = [:]

    private static func text(_ type: String, _ expiry: Int64?, _ elements: [String]) -> String {
        "\(type) \(expiry ?? -1) \(elements.joined(separator: ","))"
    }
}

extension Contents {
    /// What the engine holds, what has expired included.
    init(_ engine: MemoryEngine) {
        for key in engine.replay("KEYS", "*").sorted() {
            let type = engine.replay("TYPE", key)[0]
            let expiry = Int64(engine.replay("PEXPIRETIME", key)[0])
            let elements: [String]
            switch type {
            case "string": elements = engine.replay("GET", key)
            case "list": elements = engine.replay("LRANGE", key, "0", "-1")
            case "set": elements = engine.replay("SMEMBERS", key).sorted()
            case "hash": elements = Contents.fields(engine, key)
            default: elements = engine.replay("ZRANGE", key, "0", "-1", "WITHSCORES")
            }
            keys[key] = Contents.text(type, expiry == -1 ? nil : expiry, elements)
        }
    }

    private static func fields(_ engine: MemoryEngine, _ key: String) -> [String] {
        let all = engine.replay("HGETALL", key)
        return stride(from: 0, to: all.count, by: 2).map { index in
            let expiry = engine.replay("HPEXPIRETIME", key, "FIELDS", "1", all[index])[0]
            return "\(all[index])=\(all[index + 1])@\(expiry)"
        }.sorted()
    }
}

extension Contents {
    /// Up to five keys that differ, with both values.
    func differences(from other: Contents?) -> [String] {
        let other = other?.keys ?? [:]
        let names = Set(keys.keys).union(other.keys).filter { keys[$0] != other[$0] }.sorted().prefix(5)
        return names.map { name in
            "\(name): \((keys[name] ?? "missing").prefix(200)) / \((other[name] ?? "missing").prefix(200))"
        }
    }
}

extension MemoryEngine {
    /// What a command answers, as flat text; nothing expires meanwhile.
    func replay(_ words: String...) -> [String] { replay(words) }

    func replay(_ words: [String]) -> [String] {
        let arguments = words.map { Array($0.utf8.map { $0 }) }
        return replay(bytes: arguments)
    }

    func replay(bytes words: [[UInt8]]) -> [String] {
        var transaction = Transaction()
        var reply = Reply()
        var arena = ByteBuffer(capacity: words.reduce(1) { $0 + $1.count })
        for word in words { arena.append(word) }
        var start = words[0].count
        guard let command = find(arena.view[0..<start]) else { preconditionFailure("\(words[0])") }
        transaction.command(command)
        for word in words.dropFirst() {
            transaction.argument(arena.view[start..<start + word.count])
            start += word.count
        }
        _ = replaySome(of: transaction, from: 0, into: &reply)
        var reader = reply.reader
        var texts: [String] = []
        while !reader.isAtEnd {
            switch reader.next() {
            case .integer(let n): texts.append("\(n)")
            case .bytes(let bytes), .status(let bytes): texts.append(Contents.printable(bytes))
            case .error(let message): texts.append("error: \(message.string)")
            case .double(let value): texts.append(Contents.score(value))
            case .null: texts.append("nil")
            default: break
            }
        }
        return texts
    }
}

extension Contents {
    /// Bytes as text that tells them apart; of long ones the length and a checksum.
    static func printable(_ bytes: ByteView) -> String {
        if bytes.count > 100 { return "(\(bytes.count):\(crc64(bytes)))" }
        return bytes.buffer.reduce(into: "") { text, byte in
            text += byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "%\(byte)"
        }
    }

    static func score(_ value: Double) -> String {
        var text = ByteBuffer()
        text.append(double: value)
        return text.view.string
    }
}

/// Takes what an RDB file holds.
struct ContentsConsumer: RDBConsumer {
    var databases: [Int: Contents] = [0: Contents()]
    private var current = 0
    private var open: (kind: RDBKind, key: String, expiry: Int64?, elements: [(order: Double, text: String)])?

    mutating func selectDatabase(_ index: Int) { current = index }
    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) {
        put(key.string, "string", expiry, [Contents.printable(value)])
    }
    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        open = (kind, key.string, expiry, [])
    }
    mutating func item(_ value: ByteView) { open?.elements.append((0, Contents.printable(value))) }
    mutating func member(_ member: ByteView) { item(member) }
    mutating func member(_ member: ByteView, score: Double) {
        open?.elements.append((score, Contents.printable(member) + "," + Contents.score(score)))
    }
    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {
        open?.elements.append(
            (0, "\(Contents.printable(field))=\(Contents.printable(value))@\(expiry ?? -1)"))
    }
    mutating func end() {
        guard let open else { return }
        switch open.kind {
        case .list: put(open.key, "list", open.expiry, open.elements.map(\.text))
        case .set: put(open.key, "set", open.expiry, open.elements.map(\.text).sorted())
        case .hash: put(open.key, "hash", open.expiry, open.elements.map(\.text).sorted())
        case .sortedSet:
            let sorted = open.elements.sorted { ($0.order, $0.text) < ($1.order, $1.text) }
            put(open.key, "zset", open.expiry, sorted.map(\.text))
        }
        self.open = nil
    }
    mutating func skipped(_ what: RDBForeign, key: ByteView) {}

    private mutating func put(_ key: String, _ type: String, _ expiry: Int64?, _ elements: [String]) {
        databases[current, default: Contents()].keys[key] =
            "\(type) \(expiry ?? -1) \(elements.joined(separator: ","))"
    }

    /// What the file at `path` holds, by database.
    static func read(_ path: String) throws -> [Int: Contents] {
        var consumer = ContentsConsumer()
        var reader = RDBReader(try RDBFileSource(path: path))
        _ = try reader.read(into: &consumer)
        return consumer.databases
    }
}
