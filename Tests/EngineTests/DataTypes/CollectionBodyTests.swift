import Bytes
import TestSupport
import Testing

@testable import Engine

struct CollectionBodyTests {
    @Test func everyBodyIsOneWord() {
        #expect(MemoryLayout<HashBody>.size == 8 && MemoryLayout<SetBody>.size == 8)
        #expect(MemoryLayout<ListBody>.size == 8 && MemoryLayout<SortedSetBody>.size == 8)
        #expect(HashBody().count == 0 && SetBody().count == 0 && ListBody().count == 0)
        #expect(SortedSetBody().count == 0 && SortedSetBody().memoryUsage == 0)
    }

    @Test(arguments: [3, 100, 5000])
    func sharedHashesChangeApart(size: Int) {
        var random = SeededGenerator(UInt64(size))
        var bodies = [HashBody()]
        for i in 0..<size { _ = bodies[0].put(text("\(i)"), random.value()) }
        var models = [bodies[0].contents]
        for step in 0..<2000 {
            if step % 300 == 0 {
                bodies.append(bodies[0].share())
                models.append(models[0])
            }
            let which = Int.random(in: 0..<bodies.count, using: &random)
            let field = text("\(Int.random(in: 0..<size * 2, using: &random))")
            if Bool.random(using: &random) {
                let value = random.value()
                _ = bodies[which].put(field, value)
                models[which][field] = value
            } else {
                _ = bodies[which].delete(field)
                models[which][field] = nil
            }
        }
        while var body = bodies.popLast() {
            #expect(body.checkInvariants() == nil)
            #expect(body.contents == models.removeLast())
            body.release()
        }
    }

    @Test(arguments: [3, 3000])
    func sharedListsChangeApart(size: Int) {
        var random = SeededGenerator(UInt64(size))
        var body = ListBody()
        for i in 0..<size { body.put(random.value(), at: i) }
        var model = body.items()
        let original = model
        var shared = body.share()
        for _ in 0..<1000 {
            let at = Int.random(in: 0...model.count, using: &random)
            if at < model.count, Bool.random(using: &random) {
                body.remove(at..<at + 1)
                model.remove(at: at)
            } else {
                let item = random.value()
                body.put(item, at: at)
                model.insert(item, at: at)
            }
        }
        #expect(shared.items() == original && body.items() == model)
        body.release()
        #expect(shared.items() == original && shared.checkInvariants() == nil)
        shared.release()
    }

    @Test(arguments: [3, 100, 4000])
    func sharedSortedSetsChangeApart(size: Int) {
        var random = SeededGenerator(UInt64(size))
        var body = SortedSetBody()
        for i in 0..<size { _ = body.put(text("\(i)"), Double(i % 50)) }
        let original = body.range()
        var shared = body.share()
        for _ in 0..<1500 {
            let member = text("\(Int.random(in: 0..<size * 2, using: &random))")
            if Bool.random(using: &random) {
                _ = body.put(member, Double(Int.random(in: 0..<50, using: &random)))
            } else {
                _ = body.delete(member)
            }
        }
        #expect(shared.range() == original)
        #expect(body.checkInvariants() == nil && shared.checkInvariants() == nil)
        let now = body.range()
        shared.remove(0..<shared.count / 2)
        #expect(body.range() == now)
        shared.release()
        #expect(body.range() == now && body.checkInvariants() == nil)
        body.release()
    }

    @Test(arguments: [1, 100, 20_000])
    func largeBodiesAreGivenBackInSteps(size: Int) {
        var body = SortedSetBody()
        for i in 0..<size { _ = body.put(text("member \(i)"), Double(i)) }
        var shared = body.share()
        #expect(body.isLarge == (size > 1000))
        var steps = 1
        while !body.releaseStep(nodes: 4) { steps += 1 }
        #expect(body.count == 0 && shared.count == size, "what is shared goes at once")
        #expect(steps == 1)
        while !shared.releaseStep(nodes: 4) { steps += 1 }
        #expect(shared.count == 0 && shared.memoryUsage == 0)
        #expect(steps > size / 1000)
    }

    @Test func anotherThreadMayRelease() async {
        for round in 0..<20 {
            var body = SetBody()
            for i in 0..<3000 { _ = body.add(text("m\(i)")) }
            let shared = Handed(body.share())
            let task = Task.detached {
                var mine = shared.body
                let sum = mine.contents.count
                mine.release()
                return sum
            }
            for i in 0..<3000 where i % 3 == round % 3 { _ = body.delete(text("m\(i)")) }
            #expect(await task.value == 3000)
            #expect(body.count == 2000 && body.checkInvariants() == nil)
            body.release()
        }
    }

    /// A body on its way to another thread; the sender does not use it after.
    private struct Handed: @unchecked Sendable {
        let body: SetBody
        init(_ body: SetBody) { self.body = body }
    }
}
