import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct CountedSpansTests {
    /// Positions of level 0 with spans over them, and the same as a sorted array.
    final class Model {
        let database: Database
        let unit: WriteSet
        var spans: CountedSpans
        var positions: [[UInt8]] = []
        // What is in it goes before it: fields do in their order.
        let directory: TemporaryDirectory

        init(width: Int) throws {
            directory = try TemporaryDirectory()
            database = try Database(path: directory.path)
            unit = WriteSet(database)
            spans = CountedSpans(unit, version: 7, height: 0, width: width)
        }

        func index(_ position: [UInt8]) -> Int {
            positions.partitioned { $0.lexicographicallyPrecedes(position) }
        }

        func insert(_ position: [UInt8]) {
            let index = index(position)
            if index < positions.count, positions[index] == position { return }
            positions.insert(position, at: index)
            let key = OrderKey.make(7, 0, position)
            unit.put(.order, key.view, .empty)
            position.withByteView { spans.inserted(at: $0, count: positions.count) }
        }

        func remove(at index: Int) {
            let position = positions.remove(at: index)
            let key = OrderKey.make(7, 0, position)
            unit.delete(.order, key.view)
            position.withByteView { spans.removed(at: $0) }
        }

        /// Writes everything and goes on as if opened again.
        func commit() throws {
            spans.flush()
            try database.write(unit)
            unit.clear()
            spans = CountedSpans(unit, version: 7, height: spans.height, width: spans.width)
        }

        func check(_ random: inout SeededGenerator) {
            #expect(spans.checkInvariants(count: positions.count) == nil)
            for _ in 0..<5 {
                let probe = [UInt8(random.below(256)), UInt8(random.below(256))]
                #expect(probe.withByteView { spans.rank(of: $0) } == index(probe))
            }
            if positions.isEmpty { return }
            for _ in 0..<5 {
                let rank = random.below(positions.count)
                #expect(spans.position(of: rank) == positions[rank])
                for reverse in [false, true] {
                    var seen: [[UInt8]] = []
                    spans.forEach(from: rank, of: positions.count, reverse: reverse) { position, _ in
                        seen.append(position.array)
                        return seen.count < 20
                    }
                    let expected =
                        reverse
                        ? Array(positions[...rank].suffix(20).reversed())
                        : Array(positions[rank...].prefix(20))
                    #expect(seen == expected)
                }
            }
        }
    }

    @Test(arguments: [3, 4, 5, 8], [1, 2, 3] as [UInt64])
    func isAsASortedArray(width: Int, seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let model = try Model(width: width)
        for round in 0..<60 {
            // It grows and shrinks, now and then to nothing.
            let growth = [80, 20, 50, 95, 3][round / 3 % 5]
            for _ in 0..<40 {
                if random.below(100) < growth {
                    model.insert([UInt8(random.below(256)), UInt8(random.below(round % 2 == 0 ? 256 : 8))])
                } else if !model.positions.isEmpty {
                    model.remove(at: random.below(model.positions.count))
                }
            }
            if random.below(2) == 0 { try model.commit() }
            model.check(&random)
        }
        while !model.positions.isEmpty { model.remove(at: random.below(model.positions.count)) }
        model.check(&random)
        #expect(model.spans.height == 0)
        try model.commit()
        var left = 0
        let start = VersionKey.start(7)
        let end = VersionKey.end(7)
        model.unit.walk(.order, from: start.view, to: end.view) { _, _ in
            left += 1
            return true
        }
        #expect(left == 0)
    }

    @Test(arguments: [false, true]) func queuesKeepTheirSpansFew(fromTheRight: Bool) throws {
        var random = SeededGenerator(4)
        let model = try Model(width: 32)
        for number in 0..<1500 {
            let number = fromTheRight ? 60_000 - number : number
            model.insert([UInt8(number >> 8), UInt8(number & 255)])
            if model.positions.count > 100 { model.remove(at: fromTheRight ? 100 : 0) }
            if number % 100 == 0 { try model.commit() }
        }
        model.check(&random)
        #expect(model.spans.height <= 3)
    }

    @Test func whatIsLeftOfManyHasFewNodes() throws {
        var random = SeededGenerator(5)
        let model = try Model(width: 16)
        for number in 0..<4000 { model.insert([UInt8(number >> 8), UInt8(number & 255)]) }
        try model.commit()
        let height = model.spans.height
        #expect(height >= 4)
        while model.positions.count > 40 {
            model.remove(at: random.below(model.positions.count))
            if model.positions.count % 256 == 0 { try model.commit() }
        }
        model.check(&random)
        // Runs of a quarter at least, nodes of two entries at least: 40 elements are 10 runs at most.
        #expect(model.spans.height <= 3)
        try model.commit()
        var nodes = 0
        let start = OrderKey.make(7, 1, [])
        let end = VersionKey.end(7)
        model.unit.walk(.order, from: start.view, to: end.view) { _, _ in
            nodes += 1
            return true
        }
        #expect(nodes <= 8)
    }

    @Test func damagedSpansFailTheUnit() throws {
        let model = try Model(width: 4)
        for number in 0..<20 { model.insert([0, UInt8(number)]) }
        try model.commit()
        let key = OrderKey.make(7, 1, [])
        model.unit.put(.order, key.view, ByteView("\u{0}"))
        #expect(model.unit.failure == nil)
        _ = model.positions[1].withByteView { model.spans.rank(of: $0) }
        #expect(model.unit.failure?.kind == .corruption)
    }
}

extension Array {
    /// The first index whose element does not come before, of a sorted array.
    func partitioned(_ isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
