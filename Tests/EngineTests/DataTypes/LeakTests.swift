import Bytes
import Synchronization
import TestSupport
import Testing

@testable import Engine

#if DEBUG
    /// Each in a process of its own, where the count of live blocks is not disturbed by other tests.
    struct LeakTests {
        @Test func hashesAndSetsGiveEverythingBack() async {
            await #expect(processExitsWith: .success) {
                var random = SeededGenerator(77)
                var hashes = [HashBody(), HashBody()]
                var set = SetBody()
                for step in 0..<6000 {
                    let which = step % hashes.count
                    let name = random.name(of: 1500)
                    if random.next() % 3 > 0 { _ = hashes[which].put(name, random.value()) }
                    if random.next() % 3 == 0 { _ = hashes[which].delete(random.name(of: 1500)) }
                    if step % 1000 > 500 { _ = hashes[which].expire(name, Int64(step + 300)) }
                    if step % 50 == 0 { _ = hashes[which].removeExpired(at: Int64(step)) }
                    _ = set.add(name)
                    if step % 500 == 0 {
                        var old = hashes[1]
                        old.release()
                        hashes[1] = hashes[0].share()
                    }
                }
                for body in hashes {
                    var body = body
                    body.release()
                }
                set.release()
                precondition(Block.live.load(ordering: .relaxed) == 0)
            }
        }

        @Test func listsAndSortedSetsGiveEverythingBack() async {
            await #expect(processExitsWith: .success) {
                var random = SeededGenerator(78)
                var list = ListBody()
                var sorted = SortedSetBody()
                var others: [(ListBody, SortedSetBody)] = []
                for step in 0..<6000 {
                    list.put(random.value(), at: Int(random.next() % UInt64(list.count + 1)))
                    if step % 3 == 0 { list.replace(Int(random.next() % UInt64(list.count)), random.value()) }
                    if step % 500 == 499 { list.remove(20..<list.count / 2 + 20) }
                    _ = sorted.put(random.name(of: 3000) + random.value(), Double(random.next() % 100))
                    if step % 400 == 399 { sorted.remove(sorted.count / 3..<sorted.count / 2) }
                    if step % 1000 == 0 { others.append((list.share(), sorted.share())) }
                }
                for (list, sorted) in others + [(list, sorted)] {
                    var (list, sorted) = (list, sorted)
                    list.release()
                    while !sorted.releaseStep(nodes: 3) {}
                }
                precondition(Block.live.load(ordering: .relaxed) == 0)
            }
        }
    }
#endif
