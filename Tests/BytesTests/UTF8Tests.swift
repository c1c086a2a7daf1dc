import Testing

@testable import Bytes

@Suite struct UTF8Tests {
    @Test(
        arguments: [
            [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
            [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func takes(_ bytes: [UInt8]) { everywhere(bytes, true) }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF],
            [0xE0, 0xA0], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xE1, 0x80, 0xC0], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xF1, 0x80, 0x80, 0x41],
        ] as [[UInt8]])
    func refuses(_ bytes: [UInt8]) { everywhere(bytes, false) }

    /// The bytes at each place around the eight-byte steps.
    private func everywhere(_ bytes: [UInt8], _ expected: Bool) {
        for before in 0..<18 {
            for after in [0, 1, 9] {
                let text =
                    [UInt8](repeating: 0x61, count: before) + bytes + [UInt8](repeating: 0x62, count: after)
                #expect(text.withByteView { isValidUTF8($0) } == expected, "\(before) \(after)")
            }
        }
    }

    @Test func agreesWithTheStandardLibrary() {
        var random = SeededRandom("UTF-8")
        for _ in 0..<20_000 {
            let lead: [UInt8] = [0x41, 0xC2, 0xE0, 0xE1, 0xED, 0xF0, 0xF1, 0xF4, 0x80, 0x90, 0xA0, 0xBF]
            let bytes = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                lead.randomElement(using: &random)!
            }
            #expect(
                bytes.withByteView { isValidUTF8($0) } == (String(validating: bytes, as: UTF8.self) != nil),
                "seed \(random.seed), \(bytes)")
        }
    }
}
