import Bytes
import Testing

@testable import Engine

@Suite struct EntryTests {
    private func with(_ key: [UInt8], _ value: [UInt8], _ body: (ByteView, ByteView) -> Void) {
        key.withByteView { key in value.withByteView { value in body(key, value) } }
    }

    @Test(arguments: [0, 1, 15, 65_534, 65_535, 65_536, 200_000], [0, 1, 16_383, 16_384, 100_000])
    func keepsKeyAndValueOfEveryLength(keyLength: Int, valueLength: Int) {
        let key = (0..<keyLength).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let value = (0..<valueLength).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 1) }
        with(key, value) { key, value in
            for expiry in [nil, Int64(1_000)] {
                let entry = Entry.string(key: key, value: value, expiry: expiry, clock: 5)
                defer { entry.free() }
                #expect(entry.key == key)
                #expect(entry.string == value)
                #expect(entry.expiry == expiry)
                #expect(entry.type == .string)
                #expect(entry.memory >= keyLength + valueLength)
            }
        }
    }

    @Test(arguments: [10, 70_000], [3, 20_000])
    func expiryComesAndGoesWithoutChangingAnythingElse(keyLength: Int, valueLength: Int) {
        with(Array(repeating: 1, count: keyLength), Array(repeating: 2, count: valueLength)) { key, value in
            var entry = Entry.string(key: key, value: value, expiry: nil, clock: 9)
            entry = entry.settingExpiry(77)
            #expect(entry.expiry == 77 && entry.key == key && entry.string == value)
            entry = entry.settingExpiry(78)
            #expect(entry.expiry == 78 && entry.idleSeconds(at: 11) == 2)
            #expect(entry.isExpired(at: 78) && !entry.isExpired(at: 77))
            entry = entry.settingExpiry(nil)
            #expect(entry.expiry == nil && entry.key == key && entry.string == value)
            entry.free()
        }
    }

    @Test func overwritesInPlaceOnlyWhereItFits() {
        with(Array("key".utf8), Array(repeating: 7, count: 32)) { key, value in
            let entry = Entry.string(key: key, value: value, expiry: nil, clock: 0)
            defer { entry.free() }
            // 8 + 3 + 32 bytes take a block of 48, as those with a value of 22 to 37 do.
            let fits = entry.overwrite(value[0..<30], clock: 1)
            #expect(fits && entry.string.count == 30)
            #expect(!entry.overwrite(value[0..<21], clock: 1) && entry.overwrite(value[0..<22], clock: 1))
            Array(repeating: UInt8(1), count: 500).withByteView { #expect(!entry.overwrite($0, clock: 1)) }
            // Too small a value would waste what it leaves.
            let large = Entry.string(key: key, value: value, expiry: nil, clock: 0).resizingString(to: 400)
            #expect(!large.overwrite(value[0..<2], clock: 1))
            large.free()
        }
    }

    @Test func resizingFillsWithZerosAcrossTheBlobThreshold() {
        with(Array("k".utf8), Array("abc".utf8)) { key, value in
            var entry = Entry.string(key: key, value: value, expiry: 5, clock: 0)
            for count in [10, 16_383, 16_384, 50_000] {
                entry = entry.resizingString(to: count)
                #expect(entry.string.count == count && entry.expiry == 5 && entry.key == key)
                #expect(entry.string[0..<3] == value)
                #expect(entry.string.dropFirst(3).buffer.allSatisfy { $0 == 0 })
                #expect(entry.encoding.description == "raw")
            }
            entry.free()
        }
    }

    /// Grown out of the pool into malloc's memory, cut short there, grown again.
    @Test func aStringThatIsAppendedToKeepsItsBytes() {
        with(Array("k".utf8), Array("abc".utf8)) { key, value in
            var entry = Entry.string(key: key, value: value, expiry: nil, clock: 0)
            for count in [4, 7, 8, 40, 3, 500, 505, 600, 3, 9_000] {
                entry = entry.resizingString(to: count)
                #expect(entry.string.count == count && entry.key == key && entry.string[0..<3] == value)
                #expect(entry.memory >= 9 + count)
            }
            entry = entry.settingExpiry(7)
            #expect(entry.key == key && entry.string[0..<3] == value && entry.string.count == 9_000)
            entry.free()
        }
    }

    @Test func aCopyOfALargeStringIsSharedUntilOneChanges() {
        with(Array("k".utf8), Array(repeating: 3, count: 40_000)) { key, value in
            let original = Entry.string(key: key, value: value, expiry: nil, clock: 0)
            var copy = original.copy(key: ByteView("other"), expiry: 9, clock: 0)
            #expect(copy.string.pointer == original.string.pointer)
            copy = copy.resizingString(to: 40_001)
            copy.mutableString[0] = 99
            #expect(original.string == value && copy.string[0] == 99)
            original.free()
            #expect(copy.string.count == 40_001 && copy.expiry == 9)
            copy.free()
        }
    }

    @Test(arguments: KeyType.allCases.filter { $0 != .string })
    func collectionsStartEmpty(type: KeyType) {
        let entry = Entry.collection(key: ByteView("c"), type: type, clock: 3)
        #expect(entry.type == type && entry.elementCount == 0 && !entry.isLarge && entry.key == ByteView("c"))
        entry.free()
    }

    @Test func encodingIsNamedAsRedisNamesIt() {
        for (text, name) in [
            ("12", "int"), ("-9223372036854775808", "int"), ("9223372036854775808", "embstr"),
            ("012", "embstr"),
            (String(repeating: "x", count: 44), "embstr"), (String(repeating: "x", count: 45), "raw"),
            ("", "embstr"),
        ] {
            with([1], Array(text.utf8)) { key, value in
                let entry = Entry.string(key: key, value: value, expiry: nil, clock: 0)
                #expect(entry.encoding.description == name, "\(text)")
                entry.free()
            }
        }
    }

    @Test func theAccessClockWraps() {
        let entry = Entry.collection(key: .empty, type: .set, clock: 0xFF_FFFF)
        #expect(entry.idleSeconds(at: 4) == 5)
        entry.touch(3)
        #expect(entry.idleSeconds(at: 4) == 1)
        entry.free()
    }
}
