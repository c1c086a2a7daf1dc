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
}
