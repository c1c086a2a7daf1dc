internal import Bytes

/// Reads the values, each of its encodings as the elements that it holds.
struct RDBValueReader: ~Copyable {
    /// A field or member that is needed while the next string is read.
    private var held = ByteBuffer()
    /// The digits of packed integers: of a field or member, and of a value.
    private var digits = ByteBuffer()
    private var valueDigits = ByteBuffer()

    /// A key, which outlives its value's reading.
    struct Key {
        let name: ByteView
        let expiry: Int64?
    }

    /// Reads the value of `key` and hands it to `consumer`.
    ///
    /// - Returns: whether there was something to hand on: a collection that says it is empty is not.
    mutating func read<Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable>(
        _ type: RDBType, _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer
    ) throws(RDBError) -> Bool {
        switch type {
        case .string: consumer.string(key.name, expiry: key.expiry, value: try input.string())
        case .list:
            guard try begin(.list, key, &input, &consumer, 1) else { return false }
        case .set:
            guard try begin(.set, key, &input, &consumer, 1) else { return false }
        case .hash:
            guard try begin(.hash, key, &input, &consumer, 2) else { return false }
        case .zset, .zset2:
            let least = type == .zset ? 2 : 9
            guard try begin(.sortedSet, key, &input, &consumer, least, binaryScores: type == .zset2) else {
                return false
            }
        case .quicklist, .quicklist2: return try quicklist(type, key, &input, &consumer)
        case .hashMetadata, .hashMetadataPreview: return try fieldExpiries(type, key, &input, &consumer)
        case .hashListpackEx: return try packedExpiries(key, &input, &consumer, withLeast: true)
        case .hashListpackExPreview: return try packedExpiries(key, &input, &consumer, withLeast: false)
        case .setIntset: return try packed(.set, key, &input, &consumer, Intset.init)
        case .setListpack: return try packed(.set, key, &input, &consumer, Listpack.init)
        case .listZiplist: return try packed(.list, key, &input, &consumer, Ziplist.init)
        case .hashZipmap: return try packed(.hash, key, &input, &consumer, Zipmap.init)
        case .hashZiplist: return try packed(.hash, key, &input, &consumer, Ziplist.init)
        case .hashListpack: return try packed(.hash, key, &input, &consumer, Listpack.init)
        case .zsetZiplist: return try packed(.sortedSet, key, &input, &consumer, Ziplist.init)
        case .zsetListpack: return try packed(.sortedSet, key, &input, &consumer, Listpack.init)
        case .modulePreview, .module2, .stream, .stream2, .stream3:
            preconditionFailure("skipped before it comes here")
        }
        return true
    }

    // MARK: One string after the other

    private mutating func begin<Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable>(
        _ kind: RDBKind, _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer,
        _ least: Int, binaryScores: Bool = false
    ) throws(RDBError) -> Bool {
        let count = try input.count(ofAtLeast: least)
        if count == 0 { return false }
        consumer.begin(kind, key.name, expiry: key.expiry, expectedCount: count)
        for _ in 0..<count {
            switch kind {
            case .list: consumer.item(try input.string())
            case .set: consumer.member(try input.string())
            case .hash:
                hold(try input.string())
                consumer.field(held.view, value: try input.string(), expiry: nil)
            case .sortedSet:
                hold(try input.string())
                let at = input.offset
                let score: Double
                if binaryScores {
                    score = Double(bitPattern: try input.load(UInt64.self))
                } else {
                    score = try textScore(&input)
                }
                if score.isNaN { throw RDBError(.corrupt("a score that is not a number"), at: at) }
                consumer.member(held.view, score: score)
            }
        }
        consumer.end()
        return true
    }

    private mutating func hold(_ bytes: ByteView) {
        held.clear(keeping: 1 << 20)
        held.append(bytes)
    }

    /// A length of one byte, three of which are special, and the text.
    private func textScore<Source: RDBSource & ~Copyable>(
        _ input: inout RDBInput<Source>
    ) throws(RDBError) -> Double {
        let at = input.offset
        switch try input.byte() {
        case 253: return .nan
        case 254: return .infinity
        case 255: return -.infinity
        case let length:
            guard let score = parseScoreBound(try input.bytes(Int(length))) else {
                throw RDBError(.corrupt("a score that is not a number"), at: at)
            }
            return score
        }
    }

    private mutating func quicklist<Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable>(
        _ type: RDBType, _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer
    ) throws(RDBError) -> Bool {
        let nodes = try input.count(ofAtLeast: type == .quicklist ? 1 : 2)
        if nodes == 0 { return false }
        consumer.begin(.list, key.name, expiry: key.expiry, expectedCount: nodes)
        for _ in 0..<nodes {
            let container = type == .quicklist ? QuicklistContainer.packed : try input.length()
            let at = input.offset
            let blob = try input.string()
            switch container {
            case QuicklistContainer.plain: consumer.item(blob)
            case QuicklistContainer.packed:
                do throws(PackedError) {
                    if type == .quicklist {
                        var node = try Ziplist(blob)
                        try items(&node, &consumer)
                    } else {
                        var node = try Listpack(blob)
                        try items(&node, &consumer)
                    }
                } catch {
                    throw RDBError(.corrupt(error.what), at: at)
                }
            default: throw RDBError(.corrupt("a list node of an unknown kind"), at: at)
            }
        }
        consumer.end()
        return true
    }

    // MARK: Packed in one string

    private mutating func packed<
        Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable, Walker: PackedWalker
    >(
        _ kind: RDBKind, _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer,
        _ open: (ByteView) throws(PackedError) -> Walker
    ) throws(RDBError) -> Bool {
        let at = input.offset
        let blob = try input.string()
        do throws(PackedError) {
            var walker = try open(blob)
            let paired = kind == .hash || kind == .sortedSet
            let expected = paired ? walker.expectedCount / 2 : walker.expectedCount
            consumer.begin(kind, key.name, expiry: key.expiry, expectedCount: min(expected, blob.count))
            switch kind {
            case .list: try items(&walker, &consumer)
            case .set:
                while let member = try walker.next() { consumer.member(member.text(&digits)) }
            case .hash:
                while let field = try walker.next() {
                    let value = try second(&walker)
                    consumer.field(field.text(&digits), value: value.text(&valueDigits), expiry: nil)
                }
            case .sortedSet:
                while let member = try walker.next() {
                    guard let score = try second(&walker).score, !score.isNaN else {
                        throw PackedError("a score that is not a number")
                    }
                    consumer.member(member.text(&digits), score: score)
                }
            }
        } catch {
            throw RDBError(.corrupt(error.what), at: at)
        }
        consumer.end()
        return true
    }

    private mutating func items<Consumer: RDBConsumer & ~Copyable, Walker: PackedWalker>(
        _ walker: inout Walker, _ consumer: inout Consumer
    ) throws(PackedError) {
        while let item = try walker.next() { consumer.item(item.text(&digits)) }
    }

    /// What must follow a field or member.
    private func second<Walker: PackedWalker>(_ walker: inout Walker) throws(PackedError) -> PackedElement {
        guard let element = try walker.next() else {
            throw PackedError("a packed hash or sorted set with an odd number of elements")
        }
        return element
    }

    // MARK: Hashes with field expiries

    /// Redis's times end where 48 bits do.
    private static let latestExpiry: UInt64 = 1 << 48 - 1

    /// The least expiry, the number of fields, then for each how much later than the least it expires, plus
    /// one (0: never), the field and the value.
    private mutating func fieldExpiries<Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable>(
        _ type: RDBType, _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer
    ) throws(RDBError) -> Bool {
        var least: UInt64 = 0
        if type == .hashMetadata {
            let at = input.offset
            least = try input.load(UInt64.self)
            // 2^48 is "none".
            guard least <= Self.latestExpiry + 1 else {
                throw RDBError(.corrupt("a field expiry out of range"), at: at)
            }
        }
        let count = try input.count(ofAtLeast: 3)
        if count == 0 { return false }
        consumer.begin(.hash, key.name, expiry: key.expiry, expectedCount: count)
        for _ in 0..<count {
            let at = input.offset
            var time = try input.length()
            if time > 0, type == .hashMetadata {
                let (sum, overflow) = (time - 1).addingReportingOverflow(least)
                time = overflow ? .max : sum
            }
            guard time <= Self.latestExpiry else {
                throw RDBError(.corrupt("a field expiry out of range"), at: at)
            }
            hold(try input.string())
            consumer.field(held.view, value: try input.string(), expiry: time == 0 ? nil : Int64(time))
        }
        consumer.end()
        return true
    }

    /// A listpack of field, value and expiry (0: never), behind the least of the expiries.
    private mutating func packedExpiries<Source: RDBSource & ~Copyable, Consumer: RDBConsumer & ~Copyable>(
        _ key: Key, _ input: inout RDBInput<Source>, _ consumer: inout Consumer, withLeast: Bool
    ) throws(RDBError) -> Bool {
        if withLeast { _ = try input.load(UInt64.self) }
        let at = input.offset
        let blob = try input.string()
        do throws(PackedError) {
            var walker = try Listpack(blob)
            let expected = min(walker.expectedCount / 3, blob.count)
            consumer.begin(.hash, key.name, expiry: key.expiry, expectedCount: expected)
            while let field = try walker.next() {
                let value = try second(&walker)
                guard let time = try second(&walker).integer, time >= 0, time <= Self.latestExpiry else {
                    throw PackedError("a field expiry out of range")
                }
                consumer.field(
                    field.text(&digits), value: value.text(&valueDigits), expiry: time == 0 ? nil : time)
            }
        } catch {
            throw RDBError(.corrupt(error.what), at: at)
        }
        consumer.end()
        return true
    }
}
