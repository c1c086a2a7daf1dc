internal import Bytes
internal import Engine

/// A collection that a command has open, whichever handles speak of it: its record, and what changes it.
final class OpenCollection {
    // The unit keeps its open collections; the table keeps the unit, and the context.
    unowned(unsafe) let unit: DiskUnit
    unowned(unsafe) let context: EngineContext
    let key: [UInt8]
    /// As of `CommandScope.hash(of:)`.
    let hash: UInt64
    var record: KeyRecord
    /// The record as the unit has it; nil where the key was missing.
    private var stored: KeyRecord?
    private var isDirty: Bool
    /// The key's version counter, and that of all changes.
    private let stripe: UnsafeMutablePointer<UInt64>
    private let changes: UnsafeMutablePointer<UInt64>
    private var countedSpans: CountedSpans?
    private var keyBuffer = ByteBuffer()
    private var valueBuffer = ByteBuffer()

    /// - Parameter stored: nil where it is new, which is to be written whatever happens.
    init(
        _ record: KeyRecord, stored: KeyRecord?, key: ByteView, hash: UInt64, unit: DiskUnit,
        changes: UnsafeMutablePointer<UInt64>
    ) {
        self.record = record
        self.stored = stored
        self.key = key.array
        self.hash = hash
        self.unit = unit
        context = unit.table.context
        isDirty = stored != record
        stripe = unit.table.stripe(of: hash)
        self.changes = changes
    }

    var changeSet: WriteSet { unit.changes }
    var limits: EncodingLimits { context.settings.encoding }
    var version: UInt64 { record.version }

    /// The counts over the elements in order.
    var spans: CountedSpans {
        if let countedSpans { return countedSpans }
        let spans = CountedSpans(
            unit.changes, version: record.version, height: record.height, width: unit.table.spanWidth)
        countedSpans = spans
        updateEnds()
        return spans
    }

    /// Tells the spans where the elements begin and end, as the record has it now.
    func updateEnds() {
        guard let countedSpans, record.count > 0 else { return }
        if record.type == .list {
            countedSpans.floor = ListLabels.bytes(record.first)
            // That very label.
            countedSpans.ceiling = ListLabels.bytes(record.last) + [0]
        } else {
            countedSpans.floor = record.lowest
            countedSpans.ceiling = ScorePosition.bound(behind: record.highest)
        }
    }

    /// Notes a change.
    @inline(__always)
    func changed() {
        stripe.pointee &+= 1
        changes.pointee &+= 1
        isDirty = true
    }

    /// Notes a change that its owner counts.
    func touch() { isDirty = true }

    /// Begins anew, without an element; what there was is swept later. O(1).
    func removeAll() {
        flush()
        unit.discard(record)
        let old = record
        record = KeyRecord(collection: old.type, version: unit.newVersion())
        record.expiry = old.expiry
        record.isConverted = old.isConverted
        record.isTimed = old.isTimed
        countedSpans = nil
    }

    /// Begins to file all elements anew, under another version: what lies under this one is swept later.
    func leaveVersion() {
        flush()
        unit.discard(record)
        record.version = unit.newVersion()
        record.height = 0
        countedSpans = nil
    }

    private func flush() {
        guard let countedSpans else { return }
        countedSpans.flush()
        record.height = countedSpans.height
    }

    /// Writes the record where it has changed.
    func store(removesEmpty: Bool) {
        guard isDirty else { return }
        guard record.count >= 0 else { return damaged() }
        flush()
        isDirty = false
        let shard = DiskTable.shard(of: hash)
        if removesEmpty, record.count == 0 {
            removeStored()
        } else {
            key.withByteView { unit.put(record, of: $0, shard: shard, replacing: stored) }
            stored = record
        }
    }

    /// Removes the key with all that it holds now.
    func removeStored() {
        flush()
        isDirty = false
        if var stored {
            // What it held then may be filed under another version, which was discarded when it was left.
            stored.version = record.version
            stored.count = record.count
            stored.height = record.height
            key.withByteView { unit.remove(stored, of: $0, shard: DiskTable.shard(of: hash)) }
        } else {
            unit.discard(record)
        }
        stored = nil
    }

    // MARK: Elements

    /// Calls `body` with the key of an element.
    @inline(__always)
    private func withKey<R>(_ name: ByteView, _ body: (ByteView) -> R) -> R {
        keyBuffer.clear(keeping: 4 << 10)
        ElementKey.write(record.version, unit.table.hash(of: name), name, to: &keyBuffer)
        return body(keyBuffer.view)
    }

    /// What is filed under a name, nil where it is missing; valid until the unit ends.
    func get(_ name: ByteView) -> ByteView? {
        if record.count == 0 { return nil }
        return withKey(name) { unit.changes.get(.elements, $0) }
    }

    /// As `get`, but valid during the call only: of any number of them nothing is kept.
    func withValue<R>(_ name: ByteView, _ body: (ByteView?) -> R) -> R {
        if record.count == 0 { return body(nil) }
        return withKey(name) { unit.changes.withValue(.elements, $0, body) }
    }

    /// Files what `write` appends under a name.
    func put(_ name: ByteView, _ write: (inout ByteBuffer) -> Void) {
        valueBuffer.clear()
        write(&valueBuffer)
        withKey(name) { unit.changes.put(.elements, $0, valueBuffer.view) }
    }

    func delete(_ name: ByteView) { withKey(name) { unit.changes.delete(.elements, $0) } }

    /// Visits all elements, in the order of hashes: name and value.
    func forEach(_ visit: (ByteView, ByteView) -> Bool) { walk(from: 0, visit) }

    /// Visits the elements whose hashes are not below `hash`, in that order.
    func walk(from hash: UInt64, _ visit: (ByteView, ByteView) -> Bool) {
        walk(from: hash) { _, name, value in visit(name, value) }
    }

    private func walk(from hash: UInt64, _ visit: (_ hash: UInt64, ByteView, ByteView) -> Bool) {
        if record.count == 0 { return }
        let start = ElementKey.bound(record.version, hash)
        let end = VersionKey.end(record.version)
        unit.changes.walk(.elements, from: start.view, to: end.view) { key, value in
            guard key.count >= ElementKey.prefix else {
                damaged()
                return false
            }
            return visit(key.bigEndian(at: 8), key.dropFirst(ElementKey.prefix), value)
        }
    }

    /// Visits elements from the cursor on: `count` of them, and those whose cursors are the last one's.
    /// - Returns: where to go on, 0 at the end.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, ByteView) -> Void) -> UInt64 {
        guard cursor < 1 << 48 else { return 0 }
        var window = ScanWindow(count: count)
        walk(from: cursor << 16) { hash, name, value in
            if window.ends(before: hash >> 16) { return false }
            window.visit()
            visit(name, value)
            return true
        }
        return window.next
    }

    /// Gives the unit up: a record makes no sense.
    func damaged() {
        unit.changes.fail(
            RocksError(.corruption, "Corruption: a record of collection \(version) makes no sense"))
    }
}
