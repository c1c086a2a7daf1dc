import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct CursorTests {
    private func fill(_ database: Database, _ names: String...) throws {
        let unit = WriteSet(database)
        for name in names { with(name) { unit.put(.order, $0, $0) } }
        try database.write(unit)
    }

    private func walk(_ unit: WriteSet, _ lower: String, _ upper: String, reverse: Bool = false) -> [String] {
        var seen: [String] = []
        with(lower) { lower in
            with(upper) { upper in
                unit.walk(.order, from: lower, to: upper, reverse: reverse) { key, value in
                    #expect(key == value)
                    seen.append(key.string)
                    return true
                }
            }
        }
        return seen
    }

    /// What a unit has changed outside of the bounds is no more seen than what is stored there.
    @Test func boundsHoldForChangesToo() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        try fill(database, "a", "c", "e", "g")
        let unit = WriteSet(database)
        for name in ["b", "d", "f", "h"] { with(name) { unit.put(.order, $0, $0) } }
        with("e") { unit.delete(.order, $0) }
        #expect(walk(unit, "b", "g") == ["b", "c", "d", "f"])
        #expect(walk(unit, "b", "g", reverse: true) == ["f", "d", "c", "b"])
        #expect(walk(unit, "", "z", reverse: true) == ["h", "g", "f", "d", "c", "b", "a"])
        #expect(walk(unit, "e", "f") == [])
        #expect(walk(unit, "h", "i", reverse: true) == ["h"])
        #expect(walk(unit, "g", "g") == [])
        unit.clear()
        #expect(walk(unit, "b", "g") == ["c", "e"])
        #expect(walk(unit, "c", "g", reverse: true) == ["e", "c"])
    }

    @Test func seekingIsWithinTheBounds() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        try fill(database, "a", "c", "e", "g")
        let unit = WriteSet(database)
        for changed in [false, true] {
            if changed { for name in ["b", "h"] { with(name) { unit.put(.order, $0, $0) } } }
            unit.withIterator(.order, from: ByteView("c"), to: ByteView("g")) { cursor in
                func name() -> String? { cursor.isValid ? cursor.key.string : nil }
                var names: [String?] = []
                cursor.seek(ByteView("a"))
                names.append(name())
                for target: StaticString in ["z", "d", "b"] {
                    cursor.seekForPrevious(ByteView(target))
                    names.append(name())
                }
                cursor.seek(ByteView("f"))
                names.append(name())
                #expect(names == ["c", "e", "c", nil, nil])
            }
        }
    }

    /// The visitor may change what it does not visit; what it sees stays as it is.
    @Test func aWalkBearsChangesElsewhere() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        let names = (0..<300).map { "k\(1000 + $0)" }
        let unit = WriteSet(database)
        for name in names { with(name) { unit.put(.order, $0, $0) } }
        var seen: [String] = []
        unit.walk(.order, from: ByteView("k"), to: ByteView("l")) { key, value in
            // Enough to move the batch many times over.
            for number in 0..<10 { with("m\(seen.count).\(number)") { unit.put(.order, $0, value) } }
            #expect(key == value)
            seen.append(key.string)
            return true
        }
        #expect(seen == names)
    }

    @Test func aValueThatIsOnlyLookedAtIsNotKept() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        try fill(database, "a")
        let unit = WriteSet(database)
        let kept = unit.get(.order, ByteView("a"))
        for _ in 0..<10_000 { #expect(unit.withValue(.order, ByteView("a")) { $0?.string } == "a") }
        #expect(unit.contains(.order, ByteView("a")))
        #expect(!unit.contains(.order, ByteView("b")))
        #expect(kept?.string == "a")
    }
}
