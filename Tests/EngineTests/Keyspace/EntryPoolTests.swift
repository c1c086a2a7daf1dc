import Testing

@testable import Engine

@Suite struct EntryPoolTests {
    private struct Held {
        let object: UnsafeMutableRawPointer
        let size: Int
        let mark: UInt8
    }

    /// Objects of all sizes, freed and made in random order: none overlaps another, all are aligned.
    @Test func objectsKeepTheirBytes() {
        let seed = UInt64.random(in: 0 ... .max)
        print("EntryPoolTests seed \(seed)")
        var generator = SplitMix(seed)
        var held: [Held] = []
        var broken = 0
        for step in 0..<60_000 {
            if held.count > 20_000 || (step > 30_000 && !held.isEmpty) {
                let item = held.remove(at: Int.random(in: 0..<held.count, using: &generator))
                for offset in 0..<item.size {
                    if item.object.load(fromByteOffset: offset, as: UInt8.self) != item.mark { broken += 1 }
                }
                EntryPool.free(item.object)
            } else {
                let size = Int.random(in: 1...EntryPool.largest, using: &generator)
                let mark = UInt8(truncatingIfNeeded: step)
                let object = EntryPool.allocate(size)
                #expect(UInt(bitPattern: object) % 16 == 0)
                object.initializeMemory(as: UInt8.self, repeating: mark, count: size)
                held.append(Held(object: object, size: size, mark: mark))
            }
        }
        #expect(broken == 0)
        for item in held { EntryPool.free(item.object) }
    }

    @Test func anEntryOf64BytesLiesInOneCacheLine() {
        let objects = (0..<1000).map { _ in EntryPool.allocate(56) }
        #expect(objects.allSatisfy { UInt(bitPattern: $0) % 64 == 0 })
        for object in objects { EntryPool.free(object) }
    }

    @Test(arguments: [(1, 16), (16, 16), (17, 32), (56, 64), (512, 512)])
    func capacityIsRoundedUp(size: Int, capacity: Int) {
        #expect(EntryPool.capacity(size) == capacity)
    }
}
