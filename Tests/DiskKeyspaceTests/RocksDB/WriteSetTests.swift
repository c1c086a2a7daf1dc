import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct WriteSetTests {
    @Test func seesItsOwnChanges() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        let unit = WriteSet(database)
        unit.put(.elements, ByteView("a"), ByteView("1"))
        unit.put(.elements, ByteView("b"), ByteView("2"))
        #expect(unit.get(.elements, ByteView("a"))?.string == "1")
        try database.write(unit)
        unit.clear()
        #expect(unit.get(.elements, ByteView("b"))?.string == "2")
        unit.delete(.elements, ByteView("a"))
        unit.put(.elements, ByteView("c"), ByteView("3"))
        #expect(unit.get(.elements, ByteView("a")) == nil)
        var seen: [String] = []
        unit.withIterator(.elements, from: ByteView("a"), to: ByteView("z")) { cursor in
            cursor.seekToFirst()
            while cursor.isValid {
                seen.append(cursor.key.string + cursor.value.string)
                cursor.next()
            }
        }
        #expect(seen == ["b2", "c3"])
        unit.clear()
        #expect(unit.get(.elements, ByteView("a"))?.string == "1")
    }

    /// RocksDB keeps the room of a batch: of 64 units each would keep that of the largest value it has ever written.
    @Test(arguments: [(100, true), (1 << 20, false)])
    func roomForLargeChangesIsNotKept(_ size: Int, _ isKept: Bool) throws {
        let directory = try TemporaryDirectory()
        let unit = try WriteSet(Database(path: directory.path))
        let batch = unit.batch
        let value = [UInt8](repeating: 1, count: size)
        value.withByteView { unit.put(.elements, ByteView("a"), $0) }
        unit.clear()
        #expect((unit.batch == batch) == isKept)
        #expect(unit.get(.elements, ByteView("a")) == nil)
        unit.put(.elements, ByteView("b"), ByteView("2"))
        #expect(unit.get(.elements, ByteView("b"))?.string == "2")
    }
}
