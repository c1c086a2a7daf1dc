import Bytes
import Testing

@testable import DiskKeyspace

@Suite struct WriteSetTests {
    @Test func seesItsOwnChanges() throws {
        let directory = TemporaryDirectory()
        let database = try Database(path: directory.path)
        let unit = WriteSet(database)
        unit.put(.elements, "a", "1")
        unit.put(.elements, "b", "2")
        #expect(unit.get(.elements, "a")?.string == "1")
        try database.write(unit)
        unit.clear()
        #expect(unit.get(.elements, "b")?.string == "2")
        unit.delete(.elements, "a")
        unit.put(.elements, "c", "3")
        #expect(unit.get(.elements, "a") == nil)
        var seen: [String] = []
        unit.withIterator(.elements, from: "a", to: "z") { cursor in
            cursor.seekToFirst()
            while cursor.isValid {
                seen.append(cursor.key.string + cursor.value.string)
                cursor.next()
            }
        }
        #expect(seen == ["b2", "c3"])
        unit.clear()
        #expect(unit.get(.elements, "a")?.string == "1")
    }
}
