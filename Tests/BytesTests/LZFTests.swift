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
                guard fits else {
                    #expect(compressed.isEmpty)
                    continue
                }
                shrunk += 1
                #expect(compressed.count <= size - 4 && size <= lzfExpansionLimit(compressed.count))
                var again = ByteBuffer()
                #expect(again.append(lzf: compressed.view, count: size))
                #expect(again.view.array == input)
                #expect(!again.append(lzf: compressed.view, count: size + 1))
                #expect(!again.append(lzf: compressed.view, count: size - 1))
                #expect(!again.append(lzf: compressed.view[0..<compressed.count - 1], count: size))
                #expect(again.count == size)
            }
        }
        #expect(shrunk > 20)
    }

    @Test func handMadeStreams() {
        // Three literals, then eleven from three bytes back, which overlap.
        let stream: [UInt8] = [2, 97, 98, 99, 0xe0, 2, 2]
        var output = ByteBuffer()
        #expect(stream.withByteView { output.append(lzf: $0, count: 14) })
        #expect(output.view.string == "abcabcabcabcab")
        // From before the start.
        let wrong: [UInt8] = [0, 97, 0x20, 1]
        #expect(!wrong.withByteView { output.append(lzf: $0, count: 4) })
    }

    @Test func randomBytesNeverCrash() {
        var random = SeededRandom("LZF damage")
        for _ in 0..<3000 {
            let input = random.bytes(upTo: 40)
            var output = ByteBuffer()
            _ = input.withByteView { output.append(lzf: $0, count: Int.random(in: 0...300, using: &random)) }
        }
    }
}
