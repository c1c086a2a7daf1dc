import Bytes
import Testing

@testable import Engine

/// The loops over bits, against loops that look at one bit at a time.
struct BitKernelsTests {
    @Test("Counts and positions in every range", arguments: [0, 1, 7, 8, 9, 16, 17, 31])
    func ranges(count: Int) {
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        var bytes: [UInt8] = []
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Runs of all zeros and all ones are what the word-wise loops skip.
            bytes.append([0x00, 0xFF, UInt8(truncatingIfNeeded: state >> 40)][Int(state >> 60) % 3])
        }
        bytes.withByteView { view in
            let bits = (0..<count * 8).map { Int(bytes[$0 / 8] >> UInt8(7 - $0 % 8)) & 1 }
            #expect(view.bitCount == bits.reduce(0, +), "seed \(seed)")
            for first in 0..<bits.count {
                for end in first + 1...bits.count {
                    let range = first..<end
                    let part = bits[range]
                    guard view.bitCount(in: range) == part.reduce(0, +),
                        view.firstBit(0, in: range) == part.firstIndex(of: 0),
                        view.firstBit(1, in: range) == part.firstIndex(of: 1)
                    else {
                        Issue.record("bits \(range) of \(bytes), seed \(seed)")
                        return
                    }
                }
            }
        }
    }
}
