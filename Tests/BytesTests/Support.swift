import Testing

@testable import Bytes

/// A small random source that a printed seed replays (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64 = .random(in: 0...(.max)), _ name: String) {
        self.seed = seed
        state = seed
        print("\(name): seed \(seed)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func bytes(upTo count: Int, of alphabet: ClosedRange<UInt8> = 0...255) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in .random(in: alphabet, using: &self) }
    }

    mutating func bytes(upTo count: Int, from alphabet: String) -> [UInt8] {
        let alphabet = Array(alphabet.utf8)
        return (0..<Int.random(in: 0...count, using: &self)).map { _ in alphabet.randomElement(using: &self)!
        }
    }
}

/// What `body` appends to an empty buffer, as text.
func written(_ body: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    body(&buffer)
    return buffer.view.string
}

/// What `body` appends to an empty buffer.
func writtenBytes(_ body: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer()
    body(&buffer)
    return buffer.view.array
}

extension String {
    /// The bytes of the text in an exactly fitting array.
    var bytes: [UInt8] { Array(utf8) }
}
