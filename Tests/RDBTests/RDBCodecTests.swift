internal import Bytes
import Testing

import TestSupport

@testable internal import RDB

@Suite struct RDBCodecTests {
    /// A file with a bit of everything, small enough to be damaged at each byte.
    private static let small: RDBModel = {
        var model = RDBModel()
        for (index, name) in ["a", "b"].enumerated() {
            let member = [UInt8](repeating: 120, count: index == 0 ? 3 : 70)
            func put(_ kind: String, _ value: RDBModel.Value) {
                model.entries[Array((kind + name).utf8)] = .init(value: value, expiry: index == 0 ? nil : 77)
            }
            put("string", .string(member))
            put("list", .list([member, Array("-70000".utf8), member]))
            put("set", .set(index == 0 ? [Array("5".utf8), Array("-70000".utf8)] : [member]))
            put("hash", .hash([member: .init(value: Array("300".utf8)), [0]: .init(value: [])]))
            put("zset", .sortedSet([member: 1.5, [0]: -.infinity]))
        }
        return model
    }()

    @Test func whatIsWrittenIsRead() throws {
        let (model, summary) = try RDBModel.read(RDBModel.sample.file())
        #expect(model == RDBModel.sample)
        #expect(summary.keys == model.entries.count)
        #expect(model.notes["redis-bits"] == "64" && model.notes["aof-base"] == "0")
    }

    @Test func fieldExpiriesNeedVersion12() throws {
        var model = RDBModel()
        model.entries[[1]] = .init(
            value: .hash([
                [1]: .init(value: [1]), [2]: .init(value: [2], expiry: 4_000_000_000_000),
                [3]: .init(value: [3], expiry: 4_000_000_000_001),
            ]))
        var options = RDBWriterOptions()
        options.version = .redis74
        let (read, summary) = try RDBModel.read(model.file(options))
        #expect(read == model)
        #expect(summary.version == 12)

        var writer = RDBWriter(RDBMemorySink())
        model.write(to: &writer)
        _ = try writer.finish()
        #expect(writer.droppedFieldExpiries == 2)
    }

    @Test func everyTruncationIsAnError() throws {
        let file = try Self.small.file()
        for count in 0..<file.count {
            #expect(throws: RDBError.self) { try RDBModel.read(Array(file[..<count])) }
        }
    }

    /// The checksum finds each; with it left out, as a reader of such files must bear, none may crash.
    @Test(arguments: [true, false]) func everyFlippedBitIsBorne(_ checked: Bool) throws {
        var file = try Self.small.file()
        if !checked { file.replaceSubrange((file.count - 8)..., with: repeatElement(0, count: 8)) }
        for bit in 0..<file.count * 8 {
            var damaged = file
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(RDBError) {
                _ = try RDBModel.read(damaged)
                // Version 1 to 4 have no checksum.
                #expect(!checked || (5..<9).contains(bit / 8), "bit \(bit)")
            } catch {
                #expect(error.offset <= file.count)
            }
        }
    }

    @Test func aLengthIsCheckedBeforeItIsUsed() {
        let huge: [UInt8] = [0x81, 0x7f, 255, 255, 255, 255, 255, 255, 255]
        let compressed: [UInt8] = [0xc3, 1] + huge + [0]
        for (type, body) in [
            (0, huge), (0, compressed), (1, huge), (2, huge), (4, huge), (5, huge), (18, huge), (15, huge),
            (24, [0, 0, 0, 0, 0, 0, 0, 0] + huge),
        ] {
            let file = Array("REDIS0012".utf8) + [UInt8(type), 1, 107] + body
            #expect(throws: RDBError.self) { try RDBModel.read(file) }
        }
    }

    @Test func errorsNameTheOffset() {
        let expected = RDBError(.unknownType(99), at: 9)
        #expect(throws: expected) { try RDBModel.read(Array("REDIS0010".utf8) + [99]) }
        #expect(throws: RDBError(.notRDB, at: 0)) { try RDBModel.read(Array("REDIX0010".utf8)) }
        let version = RDBError(.unsupportedVersion(13), at: 5)
        #expect(throws: version) { try RDBModel.read(Array("REDIS0013".utf8) + [255]) }
    }

    /// Encodings that redis-server 7.0 no longer writes, by hand.
    @Test func olderEncodings() throws {
        func blob(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }
        // "a" and 5, behind the lengths of what is before each.
        let ziplist: [UInt8] = [15, 0, 0, 0, 13, 0, 0, 0, 2, 0, 0, 1, 97, 3, 0xf6, 255]
        let sized = [UInt8(ziplist.count)] + ziplist[1...]
        let zipmap: [UInt8] = [1, 1, 97, 1, 2, 53, 0, 0, 255]
        let a = Array("a".utf8), five = Array("5".utf8)
        let cases: [(UInt8, [UInt8], RDBModel.Value)] = [
            (1, [2, 1, 97, 0xc0, 5], .list([a, five])),
            (3, [2, 1, 97, 1, 53, 1, 98, 254], .sortedSet([a: 5, Array("b".utf8): .infinity])),
            (9, blob(zipmap), .hash([a: .init(value: five)])),
            (10, blob(sized), .list([a, five])),
            (12, blob(sized), .sortedSet([a: 5])),
            (13, blob(sized), .hash([a: .init(value: five)])),
            (14, [2] + blob(sized) + blob(sized), .list([a, five, a, five])),
            (20, blob([12, 0, 0, 0, 2, 0, 0x81, 97, 2, 5, 1, 255]), .set([a, five])),
            (
                22, [2, 0, 1, 97, 1, 53, 9, 1, 98, 1, 54],
                .hash([a: .init(value: five), [98]: .init(value: [54], expiry: 9)])
            ),
            (
                24, [9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 97, 1, 53, 2, 1, 98, 1, 54],
                .hash([a: .init(value: five), [98]: .init(value: [54], expiry: 10)])
            ),
            (
                23, blob([14, 0, 0, 0, 3, 0, 0x81, 97, 2, 5, 1, 7, 1, 255]),
                .hash([a: .init(value: five, expiry: 7)])
            ),
            (
                25, [7, 0, 0, 0, 0, 0, 0, 0] + blob([14, 0, 0, 0, 3, 0, 0x81, 97, 2, 5, 1, 7, 1, 255]),
                .hash([a: .init(value: five, expiry: 7)])
            ),
        ]
        for (type, body, expected) in cases {
            let end = [UInt8](repeating: 0, count: 8)
            let file = Array("REDIS0012".utf8) + [253, 2, 0, 0, 0, type, 1, 107] + body + [255] + end
            let (model, _) = try RDBModel.read(file)
            #expect(model.entries == [[107]: .init(value: expected, expiry: 2000)], "type \(type)")
        }
    }

    @Test func modulesArePassedOver() throws {
        let module: [UInt8] = [
            7, 1, 107, 9, 1, 5, 2, 6, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 97, 0,
        ]
        let auxiliary: [UInt8] = [247, 9, 2, 1, 5, 1, 97, 0]
        let file = Array("REDIS0010".utf8) + module + auxiliary + [255] + [UInt8](repeating: 0, count: 8)
        let (model, summary) = try RDBModel.read(file)
        #expect(model.foreign == ["module k", "moduleAuxiliary "])
        #expect(summary.modules == 1 && summary.moduleAuxiliaries == 1 && summary.bytes == file.count)
    }

    @Test func theConsumerMayStop() throws {
        let file = try Self.small.file()
        #expect(throws: RDBError.self) {
            try file.withByteView { bytes in
                var model = RDBModel()
                model.rejectAfter = 2
                var reader = RDBReader(RDBMemorySource(bytes))
                _ = try reader.read(into: &model)
            }
        }
    }

    @Test func filesAreReadInPieces() throws {
        let directory = try TemporaryDirectory()
        try directory.write("dump.rdb", RDBModel.sample.file())
        var model = RDBModel()
        var reader = RDBReader(try RDBFileSource(path: directory.path + "/dump.rdb"))
        _ = try reader.read(into: &model)
        #expect(model == RDBModel.sample)
        #expect(throws: RDBError(.system(2), at: 0)) { _ = try RDBFileSource(path: directory.path + "/no") }
    }

    @Test func aPayloadIsChecked() {
        var payload = ByteBuffer()
        payload.append(rdbPayload: RDBWriterOptions()) {
            $0.string(.empty, expiry: nil, value: ByteView("value"))
        }
        let bytes = payload.view.array
        func read(_ bytes: [UInt8]) throws(RDBError) -> RDBModel {
            var model = RDBModel()
            try bytes.withByteView { bytes throws(RDBError) in
                _ = try readRDBPayload(bytes, key: ByteView("k"), expiry: 5, into: &model)
            }
            return model
        }
        let value = RDBModel.Entry(value: .string(Array("value".utf8)), expiry: 5)
        #expect((try? read(bytes))?.entries == [[107]: value])
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: RDBError.self) { try read(damaged) }
            #expect(throws: RDBError.self) { try read(Array(bytes[..<index])) }
        }
    }
}
