import Testing

@testable import Bytes

@Suite struct Base64Tests {
    // RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectors(_ plain: String, _ text: String) {
        #expect(written { out in plain.bytes.withByteView { out.append(base64: $0) } } == text)
        #expect(decode(text) == plain.bytes)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v=", "Zm9vZg", "Zh==", "Zm9=", "Zm-v", "Zm_v",
        "Zm 9v", "Zm9v\n",
        "Zg==Zm9v", "Z=g=", "Zm9\u{00}", "é==",
    ])
    func refuses(_ text: String) { #expect(decode(text) == nil) }

    @Test func appendsNothingOnFailure() {
        var buffer = ByteBuffer()
        buffer.append("x")
        let decoded = buffer.append(decodingBase64: ByteView("Zm9vZm9v!m9v"))
        #expect(!decoded)
        #expect(buffer.view == ByteView("x"))
    }

    @Test func roundTrips() {
        var random = SeededRandom("Base64")
        for _ in 0..<2000 {
            let bytes = random.bytes(upTo: 100)
            let text = writtenBytes { out in bytes.withByteView { out.append(base64: $0) } }
            #expect(decode(String(decoding: text, as: UTF8.self)) == bytes, "seed \(random.seed)")
        }
    }

    private func decode(_ text: String) -> [UInt8]? {
        var buffer = ByteBuffer()
        return text.bytes.withByteView { buffer.append(decodingBase64: $0) } ? buffer.view.array : nil
    }
}
