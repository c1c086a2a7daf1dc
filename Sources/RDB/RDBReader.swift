internal import Bytes

/// Reads an RDB file from its source, from the header to the checksum, in one pass and a bounded buffer:
/// only a string longer than the buffer is held whole.
///
/// Nothing in the file is trusted: a length is checked against what is left of the file before it is used,
/// so memory is bounded by the file's size (a compressed string's by 88 times its own).
public struct RDBReader<Source: RDBSource & ~Copyable>: ~Copyable {
    private var input: RDBInput<Source>
    private var values = RDBValueReader()
    private var key = ByteBuffer()
    private var summary = RDBSummary()

    /// A reader of all of `source`.
    public init(_ source: consuming Source) { input = RDBInput(source) }

    /// How many bytes have been read; for showing progress, by the consumer's caller.
    public var offset: Int { input.offset }

    /// Reads the file into `consumer`, once. O(size).
    ///
    /// - Throws: at the first thing that is wrong. The consumer has then taken what came before it, perhaps
    ///   with a collection that has begun and not ended.
    public mutating func read<Consumer: RDBConsumer & ~Copyable>(
        into consumer: inout Consumer
    ) throws(RDBError) -> RDBSummary {
        try readHeader()
        var expiry: Int64?
        while true {
            let at = input.offset
            let byte = try input.byte()
            if let type = RDBType(rawValue: byte) {
                try readKey(type, expiry, at, into: &consumer)
                expiry = nil
                continue
            }
            guard let opcode = RDBOpcode(rawValue: byte) else { throw RDBError(.unknownType(byte), at: at) }
            switch opcode {
            case .expireTime: expiry = Int64(try input.load(Int32.self)) * 1000
            case .expireTimeMilliseconds: expiry = try input.load(Int64.self)
            case .idle: _ = try input.length()
            case .frequency: _ = try input.byte()
            case .slotInfo: for _ in 0..<3 { _ = try input.length() }
            case .selectDB:
                let index = try input.length()
                guard let database = Int32(exactly: index) else {
                    throw RDBError(.corrupt("a database number out of range"), at: at)
                }
                consumer.selectDatabase(Int(database))
            case .resizeDB:
                // A key takes three bytes at least: its type, its name, its value.
                let limit = UInt64(input.remaining / 3)
                let keys = try input.length()
                let expiring = try input.length()
                consumer.resize(keys: Int(min(keys, limit)), expiring: Int(min(expiring, keys, limit)))
            case .aux:
                hold(try input.string())
                consumer.auxiliary(key.view, try input.string())
            case .function2:
                try input.skipFunction()
                skipped(.function, .empty, &consumer)
            case .functionPreview: throw RDBError(.preview("a function library"), at: at)
            case .moduleAux:
                try input.skipModuleAuxiliary()
                skipped(.moduleAuxiliary, .empty, &consumer)
            case .end:
                try checkEnd()
                summary.bytes = input.offset
                return summary
            }
            try checkRejection(&consumer, at)
        }
    }

    private mutating func readHeader() throws(RDBError) {
        guard input.remaining >= 9 else { throw RDBError(.notRDB, at: 0) }
        let header = try input.bytes(9)
        guard header.starts(with: ByteView("REDIS")), let version = parseUInt64(header.dropFirst(5)) else {
            throw RDBError(.notRDB, at: 0)
        }
        guard RDBVersion.readable.contains(Int(version)) else {
            throw RDBError(.unsupportedVersion(Int(version)), at: 5)
        }
        summary.version = Int(version)
    }

    private mutating func readKey<Consumer: RDBConsumer & ~Copyable>(
        _ type: RDBType, _ expiry: Int64?, _ at: Int, into consumer: inout Consumer
    ) throws(RDBError) {
        hold(try input.string())
        try readValue(type, expiry, at, into: &consumer)
    }

    /// The value of the key that is held.
    private mutating func readValue<Consumer: RDBConsumer & ~Copyable>(
        _ type: RDBType, _ expiry: Int64?, _ at: Int, into consumer: inout Consumer
    ) throws(RDBError) {
        switch type {
        case .stream, .stream2, .stream3:
            try input.skipStream(type)
            skipped(.stream, key.view, &consumer)
        case .module2:
            try input.skipModuleValue()
            skipped(.module, key.view, &consumer)
        case .modulePreview: throw RDBError(.preview("a module's value"), at: at)
        default:
            let key = RDBValueReader.Key(name: key.view, expiry: expiry)
            if try values.read(type, key, &input, &consumer) {
                summary.keys += 1
                if expiry != nil { summary.expiring += 1 }
            } else {
                summary.emptyKeys += 1
            }
        }
        try checkRejection(&consumer, at)
    }

    /// Reads a source that is a type and a value alone.
    mutating func readValue<Consumer: RDBConsumer & ~Copyable>(
        _ version: Int, _ key: ByteView, _ expiry: Int64?, into consumer: inout Consumer
    ) throws(RDBError) -> RDBSummary {
        summary.version = version
        let byte = try input.byte()
        guard let type = RDBType(rawValue: byte) else { throw RDBError(.unknownType(byte), at: 0) }
        hold(key)
        try readValue(type, expiry, 0, into: &consumer)
        guard input.remaining == 0 else { throw input.error(.corrupt("something follows the value")) }
        summary.bytes = input.offset
        return summary
    }

    private mutating func hold(_ bytes: ByteView) {
        key.clear(keeping: 1 << 20)
        key.append(bytes)
    }

    private mutating func skipped<Consumer: RDBConsumer & ~Copyable>(
        _ foreign: RDBForeign, _ key: ByteView, _ consumer: inout Consumer
    ) {
        summary.count(foreign)
        consumer.skipped(foreign, key: key)
    }

    private func checkRejection<Consumer: RDBConsumer & ~Copyable>(
        _ consumer: inout Consumer, _ at: Int
    ) throws(RDBError) {
        if let why = consumer.rejection { throw RDBError(.rejected(why), at: at) }
    }

    /// Since version 5 a checksum of all before it follows; zero says that none was made.
    private mutating func checkEnd() throws(RDBError) {
        guard summary.version >= 5 else { return }
        let actual = input.checksum()
        let at = input.offset
        let expected = try input.load(UInt64.self)
        if expected != 0 && expected != actual {
            throw RDBError(.checksumMismatch(expected: expected, actual: actual), at: at)
        }
    }
}
