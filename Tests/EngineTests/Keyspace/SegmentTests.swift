import Bytes
import Testing

@testable import Engine

@Suite struct SegmentTests {
    /// Entries with hashes that crowd into few slots, so that runs wrap around and removals move others.
    @Test(arguments: [1, 8, 512])
    func insertsFindsAndRemovesLikeADictionary(spread: UInt64) {
        let seed = UInt64.random(in: 0 ... .max)
        print("SegmentTests seed \(seed)")
        var generator = SplitMix(seed)
        let segment = Segment.make(depth: 3)
        var model: [Int: (hash: UInt64, entry: Entry)] = [:]
        for step in 0..<20_000 {
            let name = Int(generator.next() % 600)
            let text = Array("key\(name)".utf8)
            text.withByteView { key in
                // The home slot crowds; the rest of the hash tells keys apart.
                let hash =
                    (UInt64(name) << 32) | (500 &+ UInt64(name) % spread) & 511 | (UInt64(name) % 128) << 9
                if let held = model[name] {
                    let slot = segment.find(key, hash)
                    #expect(slot.flatMap { segment[$0]?.raw } == held.entry.raw)
                    #expect(segment.find(held.entry, hash) == slot)
                    if step % 2 == 0, let slot {
                        segment.remove(at: slot)
                        held.entry.free()
                        model[name] = nil
                    }
                } else {
                    #expect(segment.find(key, hash) == nil)
                    if segment.used < Segment.maximumUsed {
                        let entry = Entry.string(key: key, value: key, expiry: nil, clock: 0)
                        segment.insert(entry, hash)
                        model[name] = (hash, entry)
                    }
                }
            }
            #expect(segment.used == model.count)
        }
        #expect(segment.depth == 3)
        for held in model.values { held.entry.free() }
        segment.free()
    }
}

/// A small generator with a seed, for tests that can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
