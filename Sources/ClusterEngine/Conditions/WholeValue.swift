internal import Bytes
internal import CGnuTLS
internal import Engine

/// How the whole value of a key is read, and what tells two values apart.
enum WholeValue: UInt8, Sendable {
    case string = 1
    case hash, list, set, sortedSet

    /// By TYPE's answer; nil where there is no key, or none whose value could be compared.
    init?(type: ByteView) {
        switch type.string {
        case "string": self = .string
        case "hash": self = .hash
        case "list": self = .list
        case "set": self = .set
        case "zset": self = .sortedSet
        default: return nil
        }
    }

    /// Where a command reads the whole of its first key.
    init?(_ name: StaticString, _ arguments: borrowing Arguments) {
        switch (name.description, arguments.count) {
        case ("GET", 1): self = .string
        case ("HGETALL", 1): self = .hash
        case ("SMEMBERS", 1): self = .set
        case ("LRANGE", 3) where arguments.isWhole: self = .list
        case ("ZRANGE", 4) where arguments.isWhole && arguments.matches(3, "WITHSCORES"): self = .sortedSet
        default: return nil
        }
    }

    /// The command that reads it.
    func appendRead(of key: ByteView, to text: inout ByteBuffer) {
        let (name, words): (StaticString, [StaticString]) =
            switch self {
            case .string: ("GET", [])
            case .hash: ("HGETALL", [])
            case .list: ("LRANGE", ["0", "-1"])
            case .set: ("SMEMBERS", [])
            case .sortedSet: ("ZRANGE", ["0", "-1", "WITHSCORES"])
            }
        text.begin(command: ByteView(name), arguments: 1 + words.count)
        text.append(bulk: key)
        for word in words { text.append(bulk: ByteView(word)) }
    }

    /// The shape of what that answers.
    var shape: ReplyShape {
        switch self {
        case .hash: .map
        case .sortedSet: .scored
        case .string, .list, .set: .plain
        }
    }

    /// A number that is the same for the same value, wherever and however it is kept: 64 bits of SHA-256 (FIPS 180-4). Sets and
    /// hashes have no order, so they are sorted before. 0 where there is none. O(n log n).
    /// - Parameter reply: stands at the value, in its shape.
    func digest(_ reply: ReplyReader) -> UInt64 {
        var reader = reply
        // What belongs together, and is sorted by its first: a member, a field with its value, a member with its score.
        var entries: [(ByteView, ByteView?, Double?)] = []
        switch reader.next() {
        case .bytes(let value) where self == .string: entries = [(value, nil, nil)]
        case .array(let count) where self == .list || self == .set:
            for _ in 0..<count { entries.append((reader.nextBytes(), nil, nil)) }
        case .array(let count) where self == .sortedSet:
            for _ in 0..<count / 2 {
                let member = reader.nextBytes()
                guard case .double(let score) = reader.next() else { return 0 }
                entries.append((member, nil, score))
            }
        case .map(let count) where self == .hash:
            for _ in 0..<count {
                let field = reader.nextBytes()
                entries.append((field, reader.nextBytes(), nil))
            }
        default: return 0
        }
        if entries.isEmpty { return 0 }
        if self != .list { entries.sort { $0.0.precedes($1.0) } }
        var hash = SHA256()
        hash.add(number: UInt64(rawValue))
        for (first, second, score) in entries {
            hash.add(first)
            if let second { hash.add(second) }
            if let score { hash.add(number: score.bitPattern) }
        }
        return max(hash.finish(), 1)
    }
}

/// A hash under way, of pieces that can't be taken for others: each goes with its length.
private struct SHA256: ~Copyable {
    // Made by `init`, freed by `finish`, which ends it.
    private let handle: gnutls_hash_hd_t

    init() {
        var handle: gnutls_hash_hd_t?
        // Only without memory, or where the system forbids the algorithm.
        guard gnutls_hash_init(&handle, GNUTLS_DIG_SHA256) == 0, let handle else {
            fatalError("SHA-256 is not to be had")
        }
        self.handle = handle
    }

    mutating func add(number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { _ = gnutls_hash(handle, $0.baseAddress, 8) }
    }

    mutating func add(_ bytes: ByteView) {
        add(number: UInt64(bytes.count))
        gnutls_hash(handle, bytes.pointer, bytes.count)
    }

    consuming func finish() -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { out in
            gnutls_hash_deinit(handle, out.baseAddress)
            return UInt64(littleEndian: out.load(as: UInt64.self))
        }
    }
}

extension ReplyReader {
    fileprivate mutating func nextBytes() -> ByteView {
        if case .bytes(let bytes) = next() { return bytes }
        return .empty
    }
}

extension ByteView {
    /// In the order of their bytes.
    fileprivate func precedes(_ other: ByteView) -> Bool { buffer.lexicographicallyPrecedes(other.buffer) }
}

extension Arguments {
    /// Whether the range after the key is all there is.
    fileprivate var isWhole: Bool { self[1] == ByteView("0") && self[2] == ByteView("-1") }
}
