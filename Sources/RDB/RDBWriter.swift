public import Bytes

/// Writes an RDB file as redis-server 7.0.15 does and takes it, or (version 12) as Redis 7.4.
///
/// The order is: `init`, any `auxiliary`, `selectDatabase`, the keys, `finish`. A collection is its `begin`
/// with the number of its elements, so many elements, `end`; nothing is held in memory but what may yet be
/// packed in a listpack. An expiry is a Unix time in milliseconds.
///
/// Methods don't throw: a failed write is kept in `failure`, what comes after is dropped, and `finish` throws
/// it. Traps where the order is broken, since that would be a damaged file; where a collection turns out to have other
/// elements than was said, that is a failure, too.
public struct RDBWriter<Sink: RDBSink & ~Copyable>: ~Copyable {
    var output: RDBOutput<Sink>
    let options: RDBWriterOptions
    /// A DUMP payload has one value, without its key.
    let isPayload: Bool
    var collection = Collection()
    /// The key of a collection whose type is not yet decided.
    var key = ByteBuffer()
    var pack = ListpackBuilder()
    var integers: [Int64] = []
    /// How many expiries of hash fields were left out, because the version has no place for them.
    public internal(set) var droppedFieldExpiries = 0

    /// What was begun and not ended.
    struct Collection {
        var kind: RDBKind?
        var expiry: Int64?
        var count = 0
        var written = 0
        var form = Form.plain
        var leastFieldExpiry: Int64 = 0
    }

    /// How the elements are being written.
    enum Form {
        case plain
        /// Collected, until they turn out not to be packable.
        case listpack
        case intset
        /// With field expiries.
        case metadata
    }

    /// Begins a file on `sink` with its header.
    public init(_ sink: consuming Sink, options: RDBWriterOptions = RDBWriterOptions()) {
        self.init(sink, options: options, isPayload: false)
        output.bytes(ByteView("REDIS00"))
        output.byte(UInt8(ascii: "0") + UInt8(options.version.rawValue / 10))
        output.byte(UInt8(ascii: "0") + UInt8(options.version.rawValue % 10))
    }

    init(_ sink: consuming Sink, options: RDBWriterOptions, isPayload: Bool) {
        self.isPayload = isPayload
        output = RDBOutput(sink, compresses: options.compresses)
        self.options = options
    }

    /// The sink's first failure. The file is of no use after it.
    public var failure: RDBWriteError? { output.failure }

    /// How many bytes there are so far.
    public var count: Int { output.count }

    // MARK: The file

    /// Notes `value` under `name`; readers ignore names that they don't know.
    public mutating func auxiliary(_ name: ByteView, _ value: ByteView) {
        output.byte(RDBOpcode.aux.rawValue)
        output.string(name)
        output.string(value)
    }

    /// The notes at the head of each file: that Redwing wrote it (`isRDBOfRedwing`), and those that Redis writes.
    ///
    /// - Parameters:
    ///   - version: of the server that writes (`redis-ver`).
    ///   - time: of the snapshot, in Unix seconds.
    ///   - memory: in use, in bytes.
    ///   - isAppendOnlyBase: whether the file is the base of an append-only file.
    public mutating func standardAuxiliaries(
        version: ByteView, time: Int64, memory: Int, isAppendOnlyBase: Bool
    ) {
        auxiliary(ByteView(RDBOpcode.redwingMark), ByteView("1"))
        auxiliary(ByteView("redis-ver"), version)
        auxiliary(ByteView("redis-bits"), ByteView("64"))
        var digits = ByteBuffer()
        digits.append(decimal: time)
        auxiliary(ByteView("ctime"), digits.view)
        digits.truncate(to: 0)
        digits.append(decimal: memory)
        auxiliary(ByteView("used-mem"), digits.view)
        auxiliary(ByteView("aof-base"), ByteView(isAppendOnlyBase ? "1" : "0"))
    }

    /// The keys that follow are in database `index`. The numbers of its keys, and of those with an expiry,
    /// let the reader make room; they need not be exact.
    public mutating func selectDatabase(_ index: Int, keys: Int, expiring: Int) {
        output.byte(RDBOpcode.selectDB.rawValue)
        output.length(index)
        output.byte(RDBOpcode.resizeDB.rawValue)
        output.length(keys)
        output.length(expiring)
    }

    /// Writes the end and the checksum, and hands everything to the sink.
    ///
    /// - Returns: how many bytes the file has.
    public mutating func finish() throws(RDBWriteError) -> Int {
        precondition(collection.kind == nil, "a collection was not ended")
        output.byte(RDBOpcode.end.rawValue)
        let checksum = output.checksum()
        output.integer(checksum)
        output.flush()
        if let failure { throw failure }
        return output.count
    }

    /// Ends the writer and gives the sink back; what `finish` has not flushed is lost.
    public consuming func takeSink() -> Sink { output.sink }

    // MARK: Keys

    /// A string key.
    public mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) {
        precondition(collection.kind == nil, "a collection was not ended")
        head(.string, key, expiry)
        output.string(value)
    }

    /// A list key. `forEach` hands each item, in order, to its argument. It is called twice, with the same
    /// items: the number of nodes comes first in the file. Not empty.
    public mutating func list(_ key: ByteView, expiry: Int64?, forEach: ((ByteView) -> Void) -> Void) {
        precondition(collection.kind == nil, "a collection was not ended")
        head(.quicklist2, key, expiry)
        listBody(forEach)
    }

    mutating func head(_ type: RDBType, _ key: ByteView, _ expiry: Int64?) {
        if isPayload { return output.byte(type.rawValue) }
        if let expiry {
            output.byte(RDBOpcode.expireTimeMilliseconds.rawValue)
            output.integer(expiry)
        }
        output.byte(type.rawValue)
        output.string(key)
    }
}
