import Bytes
import Testing

@testable import Engine

struct PackedStringTests {
    @Test(arguments: [0, 1, 127, 128, 255, 256, 511, 512, 513, 70_000])
    func readsWhatItWrote(length: Int) {
        let bytes = Text((0..<length).map { UInt8(truncatingIfNeeded: $0) })
        let room = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 16)
        defer { room.deallocate() }
        bytes.withByteView { view in
            // Unaligned on purpose, as in a leaf.
            let place = room + 3
            PackedString.write(view, to: place)
            #expect(PackedString.read(place) == view)
            #expect(PackedString.size(at: place) == PackedString.size(of: view))
            #expect((PackedString.block(at: place) != nil) == (length > PackedString.inlineLimit))
            if let block = PackedString.block(at: place) { Block.free(block) }
        }
    }
}
