import Testing

@testable import Bytes

@Suite struct LZFTests {
    @Test func whatIsCompressedIsTheSameAgain() {
        var random = SeededRandom("LZF")
        var compressor = LZFCompressor()
        var shrunk = 0
        for size in [0, 3, 4, 5, 21, 100, 264, 265, 300, 8192, 8193, 8200, 20_000] {
            for alphabet in [1, 2, 8, 256] {
                let input = (0..<size).map { _ in UInt8.random(in: 0...UInt8(alphabet - 1), using: &random) }
                var compressed = ByteBuffer()
                let fits = input.withByteView { compressor.compress($0, into: &compressed, limit: size - 4) }
                let bytes = compressed.view.array
                guard fits else {
                    #expect(bytes.isEmpty)
                    continue
                }
                shrunk += 1
                #expect(bytes.count <= size - 4 && size <= lzfExpansionLimit(bytes.count))
                #expect(decompressed(bytes, count: size) == input)
                #expect(decompressed(bytes, count: size + 1) == nil)
                #expect(decompressed(bytes, count: size - 1) == nil)
                #expect(decompressed(bytes.dropLast(), count: size) == nil)
            }
        }
        #expect(shrunk > 20)
    }

    @Test func handMadeStreams() {
        // Three literals, then eleven from three bytes back, which overlap.
        let stream: [UInt8] = [2, 97, 98, 99, 0xe0, 2, 2]
        #expect(decompressed(stream, count: 14) == "abcabcabcabcab".bytes)
        // From before the start.
        #expect(decompressed([0, 97, 0x20, 1], count: 4) == nil)
    }

    @Test func randomBytesNeverCrash() {
        var random = SeededRandom("LZF damage")
        for _ in 0..<3000 {
            let input = random.bytes(upTo: 40)
            let count = Int.random(in: 0...300, using: &random)
            if let output = decompressed(input, count: count) { #expect(output.count == count) }
        }
    }
}

/// What `bytes` stand for; nil where they are refused, which must leave nothing behind.
private func decompressed(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var output = ByteBuffer()
    let whole = bytes.withByteView { output.append(lzf: $0, count: count) }
    precondition(whole || output.isEmpty)
    return whole ? output.view.array : nil
}
