import Bytes
import TestSupport
import Testing

@testable import Engine

struct TreeTests {
    /// Members under keys that collide a lot: hash ties within leaves, between leaves and between nodes.
    @Test(arguments: [(1, 1), (2, 3), (3, 50), (4, 100_000)])
    func collidingHashesAreToldApart(seed: UInt64, keys: UInt64) {
        var random = SeededGenerator(seed)
        var tree = Tree<SetMembers>()
        var model: Set<Text> = []
        func key(_ member: Text) -> UInt64 { member.reduce(7) { ($0 &* 31 &+ UInt64($1)) } % keys }
        for step in 0..<15_000 {
            let member = random.name(of: 6000) + Text(repeating: 0x2E, count: 30)
            member.withByteView { view in
                var path = TreePath()
                let found = tree.locate(key(member), view, &path)
                #expect(found == model.contains(member))
                #expect((tree.find(key(member), view) != nil) == found)
                if found, step > 8000 || step % 3 == 0 {
                    tree.remove(at: &path)
                    model.remove(member)
                } else if !found, step < 10_000 {
                    tree.insert(NewItem(key: key(member), first: view), at: &path)
                    model.insert(member)
                }
            }
            if step % 1000 == 0 { #expect(tree.checkInvariants() == nil) }
        }
        #expect(tree.checkInvariants() == nil)
        // A scan goes by hashes, so that one never is cut in two.
        var seen: [Text] = []
        var cursor: UInt64 = 0
        repeat {
            var hashes: Set<UInt64> = []
            cursor = tree.scan(from: cursor, count: 5) {
                seen.append($0.first.array)
                hashes.insert($0.key)
            }
            #expect(hashes.allSatisfy { cursor == 0 || $0 < cursor })
        } while cursor != 0
        #expect(seen.count == model.count && Set(seen) == model)
        tree.release()
    }

    @Test(arguments: [true, false])
    func keysInOrderPackDensely(ascending: Bool) {
        var tree = Tree<ScoredMembers>()
        for i in 0..<30_000 {
            insert(&tree, ascending ? i : 30_000 - i)
        }
        #expect(tree.checkInvariants() == nil)
        let fill = tree.fill()
        #expect(fill.used * 10 > fill.leaves * LeafLimit.standard.bytes * 9)
        tree.release()
    }

    /// Descending keys that all fall into one gap must not leave a leaf for each, but halves at worst.
    @Test func keysThatFillAGapPackToo() {
        var tree = Tree<ScoredMembers>()
        for i in 0..<20_000 { insert(&tree, i * 100_000) }
        let before = tree.fill().leaves
        for i in (0..<20_000).reversed() { insert(&tree, 10_000 * 100_000 + 1 + i) }
        #expect(tree.checkInvariants() == nil)
        #expect(tree.fill().leaves < before * 7 / 2)
        tree.release()
    }

    private func insert(_ tree: inout Tree<ScoredMembers>, _ number: Int) {
        let member = text("member \(number)")
        member.withByteView { view in
            var path = TreePath()
            _ = tree.locate(ScoreKey.comparable(Double(number)), view, &path)
            tree.insert(NewItem(key: ScoreKey.stored(Double(number)), first: view), at: &path)
        }
    }

    @Test func aTreeEmptiedAtRandomKeepsNoNearEmptyLeaves() {
        var random = SeededGenerator(5)
        var tree = Tree<ScoredMembers>()
        for i in 0..<20_000 { insert(&tree, i) }
        for left in (200..<20_000).reversed() {
            let at = Int.random(in: 0...left, using: &random)
            tree.remove(at..<at + 1)
        }
        #expect(tree.count == 200 && tree.checkInvariants() == nil)
        let fill = tree.fill()
        #expect(fill.leaves <= 2 * (fill.used / (LeafLimit.standard.bytes / 4)) + 1)
        tree.release()
    }

    @Test func ranksAgreeWithPositions() {
        var tree = Tree<ScoredMembers>()
        for i in 0..<5000 { insert(&tree, i * 7919 % 5000) }
        for i in stride(from: 0, to: tree.count, by: 37) {
            let item = tree[i]
            var path = TreePath()
            #expect(tree.locate(ScoreKey.comparable(item.key), item.first, &path))
            #expect(tree.rank(path) == i)
            #expect(tree.rank(bound: ScoreKey.comparable(item.key), orEqual: false) == i)
            #expect(tree.rank(bound: ScoreKey.comparable(item.key), orEqual: true) == i + 1)
        }
        tree.release()
    }
}
