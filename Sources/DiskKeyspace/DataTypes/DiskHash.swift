// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes
public import Engine

/// An open hash of the disk keyspace. Fields are filed by their hashes; the times at which some expire, in order.
public struct DiskHash: HashType {
    // The unit keeps it until the command ends.
    unowned(unsafe) let open: OpenCollection

    init(_ open: OpenCollection) { self.open = open }

    public var count: Int { open.record.count }

    private func read(_ bytes: ByteView?) -> FieldValue? {
        guard let bytes else { return nil }
        guard let field = FieldValue(bytes) else {
            open.damaged()
            return nil
        }
        return field
    }

    public func get(_ field: ByteView) -> ByteView? { read(open.get(field))?.value }

    public func set(_ field: ByteView, _ value: ByteView, expiry: ExpiryChange) -> Bool {
        open.changed()
        let limits = open.limits
        if max(field.count, value.count) > limits.hashMaxListpackValue { open.record.isConverted = true }
        let old: (expiry: Int64?, place: UInt32?)? = open.withValue(field) {
            read($0).map { ($0.expiry, $0.place) }
        }
        let instant: Int64?
        switch expiry {
        case .clear: instant = nil
        case .keep: instant = old?.expiry
        case .at(let time): instant = time
        }
        var place = old?.place
        if old == nil, !open.record.isConverted {
            place = open.record.nextField
            // It would have to be emptied field by field four billion times over; then the order is another.
            open.record.nextField &+= 1
        }
        open.put(field) { FieldValue(value, expiry: instant, place: place).write(to: &$0) }
        if old == nil { open.record.count += 1 }
        // As in Redis also where the field was present: the limit may have been lowered.
        if count > limits.hashMaxListpackEntries { open.record.isConverted = true }
        open.moveFieldExpiry(of: field, from: old?.expiry, to: instant)
        return old == nil
    }

    public func remove(_ field: ByteView) -> Bool {
        let found: Int64?? = open.withValue(field) { read($0).map(\.expiry) }
        guard let old = found else { return false }
        open.delete(field)
        open.record.count -= 1
        open.moveFieldExpiry(of: field, from: old, to: nil)
        open.changed()
        return true
    }

    public func expiry(of field: ByteView) -> Expiry {
        open.withValue(field) { bytes in
            guard let field = read(bytes) else { return .missing }
            return field.expiry.map { .at($0) } ?? .never
        }
    }

    public func setExpiry(of field: ByteView, at instant: Int64?) -> Bool {
        guard var value = read(open.get(field)) else { return false }
        let old = value.expiry
        value.expiry = instant
        if old != instant { open.put(field) { value.write(to: &$0) } }
        open.moveFieldExpiry(of: field, from: old, to: instant)
        open.changed()
        return true
    }

    /// Of a small hash in the order of insertion, as Redis's.
    public func forEach(_ visit: (ByteView, ByteView) -> Bool) {
        if open.record.isConverted {
            return open.forEach { name, bytes in
                guard let field = read(bytes) else { return false }
                return visit(name, field.value)
            }
        }
        var bytes = ByteBuffer()
        var fields: [(place: UInt32, start: Int, middle: Int, end: Int)] = []
        open.forEach { name, value in
            guard let field = read(value) else { return false }
            let start = bytes.count
            bytes.append(name)
            bytes.append(field.value)
            fields.append((field.place ?? 0, start, start + name.count, bytes.count))
            return true
        }
        fields.sort { $0.place < $1.place }
        let view = bytes.view
        for field in fields {
            guard visit(view[field.start..<field.middle], view[field.middle..<field.end]) else { return }
        }
    }

    public func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, ByteView) -> Void) -> UInt64 {
        if open.record.isConverted {
            return open.scan(from: cursor, count: count) { name, bytes in
                if let field = read(bytes) { visit(name, field.value) }
            }
        }
        forEach {
            visit($0, $1)
            return true
        }
        return 0
    }

    public func random(_ visit: (ByteView, ByteView) -> Void) {
        open.random { name, bytes in
            if let field = read(bytes) { visit(name, field.value) }
        }
    }
}
