import Engine
import TestSupport
import Testing

/// What is there from a scan's start to its end is returned, whatever comes and goes meanwhile.
@Suite("Scan guarantee", .keyspaces)
struct ScanGuaranteeTests {
    /// How a kind of scan is called, and how its elements come and go.
    struct Kind: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var scan: String
        var insert: String
        var remove: String
        /// Words behind an inserted element.
        var value: String = ""
        /// Whether an element is followed by its value.
        var pairs = false
    }

    static let kinds = [
        Kind(testDescription: "SCAN", scan: "SCAN", insert: "SET", remove: "DEL", value: "x"),
        Kind(
            testDescription: "HSCAN", scan: "HSCAN c", insert: "HSET c", remove: "HDEL c", value: "x",
            pairs: true),
        Kind(testDescription: "SSCAN", scan: "SSCAN c", insert: "SADD c", remove: "SREM c"),
        Kind(testDescription: "SSCAN of integers", scan: "SSCAN c", insert: "SADD c", remove: "SREM c"),
        Kind(testDescription: "ZSCAN", scan: "ZSCAN c", insert: "ZADD c 1", remove: "ZREM c", pairs: true),
    ]

    @Test(arguments: kinds, 0..<6)
    func everythingThatStaysIsReturned(_ kind: Kind, round: Int) {
        let seed = firstSeed(1) + round
        var random = SeededGenerator(seed: UInt64(seed))
        let client = EngineClient(TestEngine())
        let prefix = kind.testDescription.hasSuffix("integers") ? "" : "e"
        // Small and large collections; in some rounds the change crosses an encoding's threshold.
        let size = [20, 100, 140, 500, 3000, 20_000][round % 6]
        var present: Set<[UInt8]> = []
        func element(_ number: Int) -> [UInt8] { Array("\(prefix)\(number)".utf8) }
        func insert(_ element: [UInt8]) {
            client.execute(words(kind.insert) + [element] + words(kind.value))
            present.insert(element)
        }
        func remove(_ element: [UInt8]) {
            client.execute(words(kind.remove) + [element])
            present.remove(element)
        }
        for number in 0..<size { insert(element(number * 2)) }
        // Growing rounds insert more than they remove, shrinking ones the other way round.
        let growth = random.pick([20, 50, 80])
        var stayed = present
        var found: Set<[UInt8]> = []
        var cursor: [UInt8] = [48]
        var calls = 0
        repeat {
            let reply = client.execute(words(kind.scan) + [cursor] + words("COUNT \(1 + random.below(40))"))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].bytes else {
                Issue.record("seed \(seed): \(reply)")
                return
            }
            cursor = next
            let elements = parts[1].elements ?? []
            for index in stride(from: 0, to: elements.count, by: kind.pairs ? 2 : 1) {
                found.insert(elements[index].bytes ?? [])
            }
            for _ in 0..<random.below(60) {
                let element = element(random.below(size * 4))
                if random.chance(growth) {
                    insert(element)
                } else {
                    remove(element)
                    stayed.remove(element)
                }
            }
            calls += 1
        } while cursor != [48] && calls < 1_000_000
        #expect(
            stayed.subtracting(found).isEmpty, "seed \(seed): \(stayed.subtracting(found).count) were missed")
        #expect(cursor == [48], "seed \(seed): the scan does not end")
    }
}
