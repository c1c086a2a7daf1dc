internal import Bytes
internal import RDB

/// What a file holds, as plain collections.
struct RDBModel: RDBConsumer, Equatable {
    enum Value: Equatable {
        case string([UInt8])
        case list([[UInt8]])
        case set(Set<[UInt8]>)
        case hash([[UInt8]: HashValue])
        case sortedSet([[UInt8]: Double])
    }

    struct HashValue: Equatable {
        let value: [UInt8]
        var expiry: Int64?
    }

    struct Entry: Equatable {
        var value: Value
        var expiry: Int64?
    }

    var entries: [[UInt8]: Entry] = [:]
    var notes: [String: String] = [:]
    var databases: [Int] = []
    var foreign: [String] = []
    var rejectAfter = Int.max
    private var open: (key: [UInt8], entry: Entry)?

    static func == (a: RDBModel, b: RDBModel) -> Bool { a.entries == b.entries }

    var rejection: String? { entries.count > rejectAfter ? "enough" : nil }

    mutating func auxiliary(_ name: ByteView, _ value: ByteView) { notes[name.string] = value.string }
    mutating func selectDatabase(_ index: Int) { databases.append(index) }
    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) {
        entries[key.array] = Entry(value: .string(value.array), expiry: expiry)
    }
    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        precondition(open == nil && expectedCount >= 0)
        let empty: Value =
            switch kind {
            case .list: .list([])
            case .set: .set([])
            case .hash: .hash([:])
            case .sortedSet: .sortedSet([:])
            }
        open = (key.array, Entry(value: empty, expiry: expiry))
    }
    mutating func item(_ value: ByteView) {
        guard case .list(var items)? = open?.entry.value else { preconditionFailure("an item of no list") }
        open!.entry.value = .list([])
        items.append(value.array)
        open!.entry.value = .list(items)
    }
    mutating func member(_ member: ByteView) {
        guard case .set(var members)? = open?.entry.value else { preconditionFailure("a member of no set") }
        open!.entry.value = .set([])
        members.insert(member.array)
        open!.entry.value = .set(members)
    }
    mutating func member(_ member: ByteView, score: Double) {
        guard case .sortedSet(var members)? = open?.entry.value else { preconditionFailure("a stray member") }
        open!.entry.value = .sortedSet([:])
        members[member.array] = score
        open!.entry.value = .sortedSet(members)
    }
    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {
        guard case .hash(var fields)? = open?.entry.value else { preconditionFailure("a field of no hash") }
        open!.entry.value = .hash([:])
        fields[field.array] = HashValue(value: value.array, expiry: expiry)
        open!.entry.value = .hash(fields)
    }
    mutating func end() {
        let (key, entry) = open!
        entries[key] = entry
        open = nil
    }
    mutating func skipped(_ what: RDBForeign, key: ByteView) { foreign.append("\(what) \(key.string)") }

    /// Writes everything with `writer`.
    func write<Sink: RDBSink & ~Copyable>(to writer: inout RDBWriter<Sink>) {
        for (key, entry) in entries { key.withByteView { write($0, entry, to: &writer) } }
    }

    func write<Sink: RDBSink & ~Copyable>(_ key: ByteView, _ entry: Entry, to writer: inout RDBWriter<Sink>) {
        switch entry.value {
        case .string(let value):
            value.withByteView { writer.string(key, expiry: entry.expiry, value: $0) }
        case .list(let items):
            writer.list(key, expiry: entry.expiry) { take in
                for item in items { item.withByteView { take($0) } }
            }
        case .set(let members):
            writer.beginSet(key, expiry: entry.expiry, count: members.count)
            for member in members { member.withByteView { writer.member($0) } }
            writer.end()
        case .hash(let fields):
            let least = fields.values.compactMap(\.expiry).min()
            writer.beginHash(key, expiry: entry.expiry, count: fields.count, leastFieldExpiry: least)
            for (field, value) in fields {
                field.withByteView { field in
                    value.value.withByteView { writer.field(field, value: $0, expiry: value.expiry) }
                }
            }
            writer.end()
        case .sortedSet(let members):
            writer.beginSortedSet(key, expiry: entry.expiry, count: members.count)
            let inOrder = members.sorted {
                $0.value != $1.value ? $0.value < $1.value : $0.key.lexicographicallyPrecedes($1.key)
            }
            for (member, score) in inOrder { member.withByteView { writer.member($0, score: score) } }
            writer.end()
        }
    }

    /// The whole file.
    func file(_ options: RDBWriterOptions = RDBWriterOptions()) throws -> [UInt8] {
        var writer = RDBWriter(RDBMemorySink(), options: options)
        writer.standardAuxiliaries(
            version: ByteView("7.0.15"), time: 1_700_000_000, memory: 1 << 20, isAppendOnlyBase: false)
        writer.selectDatabase(0, keys: entries.count, expiring: entries.values.count { $0.expiry != nil })
        write(to: &writer)
        let count = try writer.finish()
        let sink = writer.takeSink()
        precondition(sink.bytes.count == count)
        return sink.bytes.view.array
    }

    /// What `file` holds.
    static func read(_ file: [UInt8]) throws(RDBError) -> (model: RDBModel, summary: RDBSummary) {
        try file.withByteView { bytes throws(RDBError) in
            var model = RDBModel()
            var reader = RDBReader(RDBMemorySource(bytes))
            let summary = try reader.read(into: &model)
            return (model, summary)
        }
    }

    /// Every type and, by size, encoding.
    static let sample: RDBModel = {
        var model = RDBModel()
        func put(_ name: String, _ value: Value, expiry: Int64? = nil) {
            model.entries[Array(name.utf8)] = Entry(value: value, expiry: expiry)
        }
        let integers: [Int64] = [
            0, 1, -1, 12, 127, 128, -128, -129, 4095, 4096, -4096, -4097, 32767, 32768, -32769, 8_388_607,
            8_388_608, -8_388_609, 2_147_483_647, 2_147_483_648, -2_147_483_649, .max, .min,
        ]
        func text(_ value: Int64) -> [UInt8] { Array(String(value).utf8) }
        func filled(_ count: Int, _ seed: Int = 0) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 7919 &+ seed) >> 3 ^ $0 &* $0) }
        }
        for value in integers { put("integer:\(value)", .string(text(value))) }
        for size in [0, 1, 20, 21, 63, 64, 16383, 16384, 70_000, 400_000] {
            put("zeros:\(size)", .string([UInt8](repeating: 48, count: size)))
            put("bytes:\(size)", .string(filled(size)), expiry: 4_000_000_000_000 + Int64(size))
        }
        model.entries[[0, 255, 10, 13, 37]] = Entry(value: .string([0, 254]))
        let lengths = [0, 1, 63, 64, 65, 126, 127, 4095, 4096, 9000, 20_000]
        let strings = lengths.map { filled($0, $0) } + integers.map(text)
        for copies in [1, 3, 40] {
            put("list:\(copies)", .list((0..<copies).flatMap { _ in strings }), expiry: 4_000_000_000_123)
        }
        for (name, bound) in [("16", 30000), ("32", 1 << 30), ("64", 1 << 62)] as [(String, Int64)] {
            put("intset:\(name)", .set(Set((0..<100).map { text(bound - $0 * ($0 % 2 == 0 ? 1 : 3)) })))
        }
        put("set:late", .set(Set(integers.map(text) + [Array("word".utf8)])))
        put("set:large", .set(Set((0..<2000).map { text($0) })))
        func hash(_ count: Int, _ size: Int) -> Value {
            .hash(
                [[UInt8]: HashValue](
                    uniqueKeysWithValues: (0..<count).map {
                        (Array("field\($0)".utf8), HashValue(value: filled($0 % 5 == 4 ? size : $0 % 30, $0)))
                    }))
        }
        put("hash:packed", hash(100, 64))
        put("hash:long", hash(100, 65))
        put("hash:many", hash(1000, 10))
        func sorted(_ count: Int, _ size: Int) -> Value {
            let scores: [Double] = [0, -0.5, 1e300, .infinity, -.infinity, 3.141592653589793, 0x1p53, -7]
            return .sortedSet(
                [[UInt8]: Double](
                    uniqueKeysWithValues: (0..<count).map {
                        (
                            Array("m\($0)".utf8) + [UInt8](repeating: 97, count: $0 == count - 1 ? size : 0),
                            $0 < scores.count ? scores[$0] : Double($0) / 3
                        )
                    }))
        }
        put("zset:packed", sorted(100, 5))
        put("zset:long", sorted(100, 100))
        put("zset:many", sorted(1000, 5))
        return model
    }()
}
