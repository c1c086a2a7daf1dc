import Testing

@testable import Bytes

@Suite struct ByteViewTests {
    @Test func emptyViews() {
        #expect(ByteView.empty.isEmpty)
        #expect([UInt8]().withByteView { $0 == .empty })
        #expect(ByteView.empty.dropFirst(3).isEmpty)
    }

    @Test func slicesAndSearch() {
        let view = ByteView("hello" as StaticString)
        #expect(view[1..<3] == ByteView("el"))
        #expect(view.dropFirst(9).isEmpty)
        #expect(view.firstIndex(of: UInt8(ascii: "l")) == 2)
        #expect(view.firstIndex(of: UInt8(ascii: "l"), from: 3) == 3)
        #expect(view.firstIndex(of: UInt8(ascii: "h"), from: 1) == nil)
        #expect(view.starts(with: ByteView("hel")))
        #expect(!view.starts(with: ByteView("hello!")))
        #expect(view.equalsIgnoringCase("HELLO"))
        #expect(!view.equalsIgnoringCase("HELL"))
    }

    @Test(arguments: UInt8.min ... .max)
    func caseOfEachByteInAWord(_ byte: UInt8) {
        for position in 0..<10 {
            var bytes = Array("oUtErWoRdS".utf8)
            bytes[position] = byte
            let same = asciiUppercased(byte) == Array("OUTERWORDS".utf8)[position]
            #expect(bytes.withByteView { $0.equalsIgnoringCase("OUTERWORDS") } == same)
        }
    }

    @Test(arguments: [
        ("a", "b", -1), ("a", "a", 0), ("b", "a", 1), ("a", "ab", -1), ("", "a", -1), ("é", "z", 1),
    ])
    func orders(_ a: String, _ b: String, _ expected: Int) {
        let sign = a.bytes.withByteView { a in b.bytes.withByteView { b in a.compare(b).signum() } }
        #expect(sign == expected)
    }
}
