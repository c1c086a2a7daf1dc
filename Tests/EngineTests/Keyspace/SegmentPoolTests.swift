import Testing

@testable import Engine

@Suite struct SegmentPoolTests {
    /// Blocks of several chunks, handed back and out again in another order: all apart, aligned and writable.
    @Test func blocksAreApartAndUsedAgain() {
        let seed = UInt64.random(in: 0 ... .max)
        print("SegmentPoolTests seed \(seed)")
        var generator = SplitMix(seed)
        var held: [UnsafeMutableRawPointer] = []
        for round in 0..<4 {
            while held.count < 1_800 { held.append(SegmentPool.allocate()) }
            let addresses = held.map { UInt(bitPattern: $0) }.sorted()
            for (a, b) in zip(addresses, addresses.dropFirst()) { #expect(b - a >= UInt(Segment.size)) }
            #expect(addresses.allSatisfy { $0 % 64 == 0 })
            for block in held { block.storeBytes(of: round, toByteOffset: Segment.size - 8, as: Int.self) }
            #expect(held.allSatisfy { $0.load(fromByteOffset: Segment.size - 8, as: Int.self) == round })
            held.shuffle(using: &generator)
            let kept = round == 3 ? 0 : 500
            while held.count > kept { SegmentPool.free(held.removeLast()) }
        }
    }
}
