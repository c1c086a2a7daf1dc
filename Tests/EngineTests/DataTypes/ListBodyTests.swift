import Bytes
import TestSupport
import Testing

@testable import Engine

struct ListBodyTests {
    @Test(arguments: [
        (1, -2), (2, -1), (3, -5), (4, 1), (5, 2), (6, 7), (7, 128), (8, 0), (9, -9), (10, 100_000),
    ])
    func behavesAsAnArray(seed: UInt64, size: Int) {
        var random = SeededGenerator(seed)
        let limits = EncodingLimits { $0.listMaxListpackSize = size }
        var body = ListBody()
        var model: [Text] = []
        for step in 0..<6000 {
            let growing = step < 4000
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<2 where growing:
                let item = random.value()
                body.put(item, at: model.count, limits)
                model.append(item)
            case 2..<3 where growing:
                let item = random.value()
                body.put(item, at: 0, limits)
                model.insert(item, at: 0)
            case 3..<7 where growing:
                let item = random.value()
                let at = Int.random(in: 0...model.count, using: &random)
                body.put(item, at: at, limits)
                model.insert(item, at: at)
            case 7..<9 where !model.isEmpty:
                let item = random.value()
                let at = Int.random(in: 0..<model.count, using: &random)
                body.replace(at, item, limits)
                model[at] = item
            default:
                if model.isEmpty { continue }
                let start = Int.random(in: 0..<model.count, using: &random)
                let most = step % 500 == 0 ? 200 : 3
                let end = min(model.count, start + Int.random(in: 0...most, using: &random))
                body.remove(start..<end, limits: limits)
                model.removeSubrange(start..<end)
            }
            #expect(body.count == model.count)
            if let at = model.indices.randomElement(using: &random) {
                #expect(body.get(at).array == model[at])
            }
            if step % 500 == 0 {
                #expect(body.checkInvariants() == nil)
                #expect(body.items() == model)
                let range = 0..<model.count
                #expect(body.items(range, reverse: true) == model.reversed())
                #expect(body.items(range.dropFirst(3).dropLast(2)) == Array(model.dropFirst(3).dropLast(2)))
            }
        }
        body.remove(0..<model.count)
        #expect(body.count == 0 && body.memoryUsage == 0)
        body.release()
    }

    @Test(arguments: [true, false])
    func worksAsAQueueAndPacksDensely(right: Bool) {
        var body = ListBody()
        let limits = EncodingLimits()
        let item = Text(repeating: 0x61, count: 10)
        for i in 0..<100_000 { body.put(item, at: right ? i : 0, limits) }
        #expect(body.count == 100_000)
        #expect(body.memoryUsage < 100_000 * 15)
        #expect(body.checkInvariants() == nil)
        for i in (0..<100_000).reversed() { body.remove(right ? 0..<1 : i..<i + 1) }
        #expect(body.count == 0)
        body.release()
    }

    @Test func aLimitOfItemsBoundsTheNodes() {
        var body = ListBody()
        let few = EncodingLimits { $0.listMaxListpackSize = 4 }
        for i in 0..<1000 { body.put(text("\(i)"), at: i, few) }
        var other = ListBody()
        for i in 0..<1000 { other.put(text("\(i)"), at: i) }
        #expect(body.memoryUsage > 2 * other.memoryUsage)
        #expect(body.items() == other.items())
        #expect("\(body.encoding)" == "quicklist")
        body.release()
        other.release()
    }

    @Test func nodesThatShrinkAreJoined() {
        var body = ListBody()
        for i in 0..<50_000 { body.put(text("item \(i)"), at: i) }
        let full = body.memoryUsage
        // Every item but each hundredth, from the right.
        for i in (0..<500).reversed() { body.remove(i * 100 + 1..<(i + 1) * 100) }
        #expect(body.items() == (0..<500).map { text("item \($0 * 100)") })
        #expect(body.memoryUsage < full / 20)
        #expect(body.checkInvariants() == nil)
        body.release()
    }
}
