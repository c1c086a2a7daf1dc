internal import Bytes
internal import Engine

/// Files the records of a new version, which nothing refers to until the unit is written. The first go with the unit;
/// of many, the others go ahead of it a part at a time, so that they need not all be in memory.
final class VersionWriter {
    /// Bytes that go with the unit, and bytes of each part that goes ahead.
    private static let limit = 4 << 20

    private let unit: DiskUnit
    private let version: UInt64
    private let type: KeyType
    private let count: Int
    /// Bytes of what is not written.
    private var size = 0
    private var ahead: WriteSet?

    init(_ unit: DiskUnit, _ version: UInt64, _ type: KeyType, count: Int) {
        self.unit = unit
        self.version = version
        self.type = type
        self.count = count
    }

    /// Files a record; its key begins with the version.
    func put(_ family: Family, _ key: ByteView, _ value: ByteView) {
        (ahead ?? unit.changes).put(family, key, value)
        size += key.count + value.count
        if size < VersionWriter.limit { return }
        if ahead == nil { ahead = unit.beginAhead(version, type, count: count) } else { write() }
        size = 0
    }

    /// Writes what is left. What goes wrong fails the unit.
    func finish() { if ahead != nil { write() } }

    private func write() {
        guard let ahead, unit.changes.failure == nil else { return }
        do throws(RocksError) {
            try unit.table.database.write(ahead)
        } catch {
            unit.changes.fail(error)
        }
        ahead.clear()
    }
}
