import Bytes
import Engine
import Testing

@testable import REST

@Suite struct ETagTests {
    private func versions(_ header: String) -> [UInt64]? {
        Array(header.utf8).withByteView { view in
            switch ETag.versions(view, boot: 0x5f3a_9c01) {
            case .any: nil
            case .of(let versions): versions
            }
        }
    }

    @Test(arguments: [0, 0x1d, UInt64.max])
    func whatIsWrittenIsRead(_ version: UInt64) {
        var tag = ByteBuffer()
        ETag.writePrefix(boot: 0x5f3a_9c01, to: &tag)
        for suffix in ["", "-raw", ""] as [StaticString] {
            ETag.finish(&tag, version, suffix: suffix)
            #expect(versions(tag.view.string) == [version])
            #expect(tag.view.string == "\"5f3a9c01-\(String(version, radix: 16))\(suffix)\"")
        }
    }

    @Test func anyVersion() {
        #expect(versions("*") == nil)
        #expect(versions(" * ") == nil)
    }

    @Test(
        arguments: [
            (#""5f3a9c01-1d", "5f3a9c01-2""#, [0x1d, 2]), (#"W/"5f3a9c01-1d""#, [0x1d]),
            (#""5f3a9c01-1d-raw""#, [0x1d]), (#""5f3a9c02-1d""#, []), (#""5f3a9c01-""#, []),
            (#""5f3a9c01""#, []),
            (#"5f3a9c01-1d"#, []), ("", []), (#"""#, []), (#""""#, []), (#""5f3a9c01-1g""#, []),
            (#""5f3a9c01-11111111111111111""#, []), (#","a",,"5f3a9c01-3","#, [3]), ("\"5F3A9C01-1\"", []),
        ] as [(String, [UInt64])])
    func otherTagsMatchNothing(_ header: String, _ expected: [UInt64]) {
        #expect(versions(header) == expected)
    }
}
