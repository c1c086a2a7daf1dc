import Testing

@testable import Engine

@Suite struct BlockPoolTests {
    /// Blocks of several chunks, handed back and out again in another order: all apart, aligned and writable.
    @Test(arguments: [(4160, 64), (16 << 10, 16 << 10)])
    func blocksAreApartAndUsedAgain(size: Int, alignment: Int) {
        let seed = UInt64.random(in: 0 ... .max)
        print("BlockPoolTests seed \(seed)")
        var generator = SplitMix(seed)
        let pool = BlockPool(blockSize: size, alignment: alignment)
        let most = 3 * HugeChunk.size / size + 7
        var held: [UnsafeMutableRawPointer] = []
        for round in 0..<4 {
            while held.count < most { held.append(pool.allocate()) }
            let addresses = held.map { UInt(bitPattern: $0) }.sorted()
            for (a, b) in zip(addresses, addresses.dropFirst()) { #expect(b - a >= UInt(size)) }
            #expect(addresses.allSatisfy { $0 % UInt(alignment) == 0 })
            for block in held { block.storeBytes(of: round, toByteOffset: size - 8, as: Int.self) }
            #expect(held.allSatisfy { $0.load(fromByteOffset: size - 8, as: Int.self) == round })
            held.shuffle(using: &generator)
            let kept = round == 3 ? 0 : most / 4
            while held.count > kept { pool.free(held.removeLast()) }
        }
    }
}
