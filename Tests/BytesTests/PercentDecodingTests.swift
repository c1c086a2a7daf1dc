import Testing

@testable import Bytes

@Suite struct PercentDecodingTests {
    @Test(
        arguments: [
            ("", []), ("a+b", "a+b".bytes), ("a%2Fb", "a/b".bytes), ("100%25", "100%".bytes),
            ("caf%C3%A9", "café".bytes),
            ("x%00y", [120, 0, 121]), ("%ff%FE", [255, 254]), ("%2f%2F", [47, 47]),
            ("%25%32%35", "%25".bytes), ("é", "é".bytes),
        ] as [(String, [UInt8])])
    func decodes(_ text: String, _ expected: [UInt8]) { #expect(decode(text.bytes) == expected) }

    @Test(arguments: [
        "%", "%4", "%zz", "%4g", "%g4", "a%", "a%2", "%%41", "%-1", "% 1", "%+1", "abc%2", "%41%",
    ])
    func refuses(_ text: String) {
        #expect(decode(text.bytes) == nil)
        var buffer = ByteBuffer()
        buffer.append("kept")
        #expect(text.bytes.withByteView { !buffer.append(percentDecoding: $0) })
        #expect(buffer.view == ByteView("kept"))
    }

    @Test func knowsWhatNeedsDecoding() {
        #expect(needsPercentDecoding(ByteView("a%20")))
        #expect(!needsPercentDecoding(ByteView("a+b")))
        #expect(!needsPercentDecoding(.empty))
    }

    @Test func encodesAllButUnreserved() {
        let plain = "AZaz09-._~ /+%é\0"
        #expect(
            written { out in plain.bytes.withByteView { out.append(percentEncoding: $0) } }
                == "AZaz09-._~%20%2F%2B%25%C3%A9%00")
    }

    @Test func roundTrips() {
        var random = SeededRandom("Percent-encoding")
        for _ in 0..<2000 {
            let bytes = random.bytes(upTo: 60)
            let text = writtenBytes { out in bytes.withByteView { out.append(percentEncoding: $0) } }
            #expect(decode(text) == bytes, "seed \(random.seed)")
        }
    }

    private func decode(_ text: [UInt8]) -> [UInt8]? {
        var buffer = ByteBuffer()
        return text.withByteView { buffer.append(percentDecoding: $0) } ? buffer.view.array : nil
    }
}
