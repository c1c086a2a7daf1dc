public import Bytes

extension RDBWriter where Sink: ~Copyable {
    // MARK: Sets

    /// Begins a set of `count` members, at least one.
    public mutating func beginSet(_ key: ByteView, expiry: Int64?, count: Int) {
        begin(.set, key, expiry, count, count <= options.intsetEntries ? .intset : .plain)
        integers.removeAll(keepingCapacity: true)
        if collection.form == .plain { plainHead() }
    }

    /// The next member of the set.
    public mutating func member(_ member: ByteView) {
        countElement(.set)
        if collection.form == .intset {
            if let value = parseInt64(member) { return integers.append(value) }
            unpackIntset()
        }
        output.string(member)
    }

    private mutating func unpackIntset() {
        plainHead()
        var digits = ByteBuffer()
        for value in integers {
            digits.truncate(to: 0)
            digits.append(decimal: value)
            output.string(digits.view)
        }
    }

    private mutating func writeIntset() {
        integers.sort()
        let first = integers.first ?? 0
        let last = integers.last ?? 0
        let width =
            Int16(exactly: first) != nil && Int16(exactly: last) != nil
            ? 2 : Int32(exactly: first) != nil && Int32(exactly: last) != nil ? 4 : 8
        var blob = ByteBuffer(capacity: Intset.headerSize + integers.count * width)
        func append(_ value: UInt64, _ count: Int) {
            for index in 0..<count { blob.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
        }
        append(UInt64(width), 4)
        append(UInt64(integers.count), 4)
        for value in integers { append(UInt64(bitPattern: value), width) }
        output.string(blob.view)
    }

    // MARK: Hashes

    /// Begins a hash of `count` fields, at least one.
    ///
    /// - Parameter leastFieldExpiry: the earliest expiry of its fields, nil where none has one.
    public mutating func beginHash(
        _ key: ByteView, expiry: Int64?, count: Int, leastFieldExpiry: Int64? = nil
    ) {
        if let leastFieldExpiry, options.version == .redis74 {
            begin(.hash, key, expiry, count, .metadata)
            collection.leastFieldExpiry = leastFieldExpiry
            head(.hashMetadata)
            output.integer(leastFieldExpiry)
            output.length(count)
            return
        }
        begin(.hash, key, expiry, count, count <= options.hashListpackEntries ? .listpack : .plain)
        if collection.form == .plain { plainHead() }
    }

    /// The next field of the hash. Its expiry is not before the hash's `leastFieldExpiry`.
    public mutating func field(_ field: ByteView, value: ByteView, expiry: Int64? = nil) {
        countElement(.hash)
        if collection.form == .metadata {
            if let expiry {
                if expiry < collection.leastFieldExpiry { output.fail(.inconsistent) }
                output.length(UInt64(max(0, expiry &- collection.leastFieldExpiry)) + 1)
            } else {
                output.length(0)
            }
        } else {
            if expiry != nil { droppedFieldExpiries += 1 }
            if collection.form == .listpack {
                if max(field.count, value.count) <= options.hashListpackValue {
                    pack.append(field)
                    return pack.append(value)
                }
                unpackListpack()
            }
        }
        output.string(field)
        output.string(value)
    }

    // MARK: Sorted sets

    /// Begins a sorted set of `count` members, at least one.
    public mutating func beginSortedSet(_ key: ByteView, expiry: Int64?, count: Int) {
        begin(.sortedSet, key, expiry, count, count <= options.sortedSetListpackEntries ? .listpack : .plain)
        if collection.form == .plain { plainHead() }
    }

    /// The next member of the sorted set. Members come in ascending order of score, then of bytes: Redis
    /// takes a packed sorted set as it is.
    public mutating func member(_ member: ByteView, score: Double) {
        if score.isNaN { output.fail(.inconsistent) }
        countElement(.sortedSet)
        if collection.form == .listpack {
            if member.count <= options.sortedSetListpackValue {
                pack.append(member)
                return pack.append(score: score)
            }
            unpackListpack()
        }
        output.string(member)
        output.integer(score.bitPattern)
    }

    // MARK: All of them

    /// Ends the collection, which has as many elements as it announced.
    public mutating func end() {
        precondition(collection.kind != nil, "no collection was begun")
        if collection.written != collection.count { output.fail(.inconsistent) }
        switch collection.form {
        case .plain, .metadata: break
        case .intset:
            head(.setIntset)
            writeIntset()
        case .listpack:
            head(collection.kind == .hash ? .hashListpack : .zsetListpack)
            writePack()
        }
        collection = Collection()
    }

    private mutating func begin(
        _ kind: RDBKind, _ key: ByteView, _ expiry: Int64?, _ count: Int, _ form: Form
    ) {
        precondition(collection.kind == nil, "a collection was not ended")
        precondition(count > 0, "a collection without elements")
        collection = Collection(kind: kind, expiry: expiry, count: count, form: form)
        self.key.clear(keeping: 64 << 10)
        self.key.append(key)
        pack.clear()
    }

    private mutating func countElement(_ kind: RDBKind) {
        precondition(collection.kind == kind, "an element of another kind of collection")
        collection.written += 1
    }

    /// The collection is not packed: its type, key and number of elements.
    private mutating func plainHead() {
        collection.form = .plain
        head(collection.kind == .set ? .set : collection.kind == .hash ? .hash : .zset2)
        output.length(collection.count)
    }

    /// Writes the collected elements one by one after all, because one that follows is too long.
    private mutating func unpackListpack() {
        plainHead()
        var digits = ByteBuffer()
        let isHash = collection.kind == .hash
        var pack = ListpackBuilder()
        swap(&pack, &self.pack)
        pack.withListpack { bytes in
            // What was just built is well-formed.
            guard var walker = try? Listpack(bytes) else { preconditionFailure("a listpack built wrong") }
            while let first = try? walker.next(), let second = try? walker.next() {
                output.string(first.text(&digits))
                if isHash {
                    output.string(second.text(&digits))
                } else {
                    output.integer((second.score ?? 0).bitPattern)
                }
            }
        }
        swap(&pack, &self.pack)
        self.pack.clear()
    }

    private mutating func head(_ type: RDBType) {
        var key = ByteBuffer()
        swap(&key, &self.key)
        head(type, key.view, collection.expiry)
        swap(&key, &self.key)
    }
}
