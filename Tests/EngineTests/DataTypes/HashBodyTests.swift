import Bytes
import TestSupport
import Testing

@testable import Engine

struct HashBodyTests {
    @Test(arguments: [(1, 30), (2, 300), (3, 3000), (4, 20_000)])
    func behavesAsADictionary(seed: UInt64, kinds: Int) {
        var random = SeededGenerator(seed)
        let limits = EncodingLimits {
            $0.hashMaxListpackEntries = kinds / 4
            $0.hashMaxListpackValue = seed % 2 == 0 ? 5000 : 130
        }
        var body = HashBody()
        var model: [Text: Text] = [:]
        for step in 0..<12_000 {
            let field = random.name(of: kinds)
            // Growing, then shrinking.
            if Int.random(in: 0..<10, using: &random) < (step < 8000 ? 7 : 2) {
                let value = random.value()
                #expect(body.put(field, value, limits) == (model.updateValue(value, forKey: field) == nil))
            } else {
                #expect(body.delete(field) == (model.removeValue(forKey: field) != nil))
            }
            let other = random.name(of: kinds)
            #expect(body.value(other) == model[other])
            #expect(body.count == model.count)
            if step % 1000 == 0 {
                #expect(body.checkInvariants() == nil)
                #expect(body.contents == model)
            }
        }
        #expect(body.contents == model)
        for field in model.keys { #expect(body.delete(field) == true) }
        #expect(body.count == 0 && body.checkInvariants() == nil && body.memoryUsage == 0)
        body.release()
    }

    @Test func keepsTheOrderOfInsertionWhileSmall() {
        var body = HashBody()
        let names = (0..<100).map { text("field \(($0 * 37) % 100)") }
        for name in names { _ = body.put(name, text("1")) }
        _ = body.put(names[50], text("another value"))
        _ = body.delete(names[3])
        var order: [Text] = []
        body.forEach { field, _ in
            order.append(field.array)
            return true
        }
        #expect(order == Array(names[..<3]) + Array(names[4...]))
        body.release()
    }

    @Test(arguments: [
        (512, 64, 64, "listpack"), (513, 3, 3, "hashtable"), (1, 65, 1, "hashtable"), (1, 1, 65, "hashtable"),
    ])
    func convertsWhereRedisDoes(fields: Int, name: Int, value: Int, encoding: String) {
        var body = HashBody()
        for i in 0..<fields {
            let digits = text("\(100 + i)")
            let padding = Text(repeating: 0x20, count: max(0, name - digits.count))
            _ = body.put(digits + padding, Text(repeating: 0x20, count: value))
        }
        #expect("\(body.encoding)" == encoding)
        for i in 1..<fields { _ = body.delete(text("\(100 + i)")) }
        #expect("\(body.encoding)" == encoding, "an encoding never goes back")
        body.release()
        #expect("\(body.encoding)" == "listpack")
    }

    @Test func anOverwrittenValueThatIsTooLongConverts() {
        var body = HashBody()
        _ = body.put(text("a"), text("b"))
        #expect(body.put(text("a"), Text(repeating: 1, count: 65)) == false)
        #expect("\(body.encoding)" == "hashtable")
        #expect(body.contents == [text("a"): Text(repeating: 1, count: 65)])
        body.release()
    }

    @Test func aLoweredLimitConvertsWithTheNextChange() {
        var body = HashBody()
        for i in 0..<10 { _ = body.put(text("\(i)"), text("v")) }
        let lowered = EncodingLimits { $0.hashMaxListpackEntries = 5 }
        #expect(body.put(text("3"), text("w"), lowered) == false)
        #expect("\(body.encoding)" == "hashtable")
        #expect(body.count == 10 && body.value(text("3")) == text("w"))
        body.release()
    }

    @Test(arguments: [0, 1, 127, 128, 511, 512, 513, 100_000, 5_000_000])
    func keepsValuesOfAnyLength(length: Int) {
        var body = HashBody()
        let long = Text((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        for i in 0..<20 { _ = body.put(text("\(i)"), text("short")) }
        #expect(body.put(long, long) == true)
        #expect(body.value(long) == long)
        #expect(body.memoryUsage >= 2 * length)
        #expect(body.put(long, text("short")) == false)
        #expect(body.value(long) == text("short"))
        #expect(body.put(long, long) == false)
        #expect(body.delete(long) == true)
        #expect(body.count == 20)
        body.release()
    }

    @Test(arguments: [11, 12, 13])
    func scanReturnsWhatStays(seed: UInt64) {
        var random = SeededGenerator(seed)
        var body = HashBody()
        var stable: Set<Text> = []
        for i in 0..<3000 {
            let field = text("stable \(i)")
            _ = body.put(field, text("v"))
            stable.insert(field)
        }
        var seen: Set<Text> = []
        var cursor: UInt64 = 0
        var transient = 0
        repeat {
            cursor = body.scan(from: cursor, count: 10) { field, _ in seen.insert(field.array) }
            // Grow and shrink between the calls.
            for _ in 0..<Int.random(in: 0..<200, using: &random) {
                let field = text("other \(Int.random(in: 0..<9000, using: &random))")
                if transient % 4000 < 2000 { _ = body.put(field, text("w")) } else { _ = body.delete(field) }
                transient += 1
            }
        } while cursor != 0
        #expect(stable.isSubset(of: seen))
        #expect(body.checkInvariants() == nil)
        body.release()
    }

    @Test func scansFromAnyCursor() {
        var body = HashBody()
        for i in 0..<2000 { _ = body.put(text("\(i)"), text("v")) }
        let cursors: [UInt64] = [1, 1 << 31, (1 << 32) - 1, 1 << 32, .max]
        for cursor in cursors {
            var last = 0
            let next = body.scan(from: cursor, count: 5) { _, _ in last += 1 }
            #expect(next == 0 || next > cursor)
            if cursor >= 1 << 32 { #expect(next == 0 && last == 0) }
        }
        body.release()
    }

    @Test(arguments: [20, 700])
    func randomIsUniform(fields: Int) {
        var body = HashBody()
        for i in 0..<fields { _ = body.put(text("\(i)"), text("v")) }
        var counts = Array(repeating: 0, count: fields)
        for _ in 0..<fields * 100 {
            body.random { field, _ in counts[Int(field.string)!] += 1 }
        }
        // Far outside what chance allows: 8 standard deviations of the statistic.
        let degrees = Double(fields - 1)
        #expect(chiSquare(counts) < degrees + 8 * (2 * degrees).squareRoot())
        body.release()
    }
}
