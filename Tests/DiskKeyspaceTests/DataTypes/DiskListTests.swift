import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct DiskListTests {
    /// What is wrong with a list's spans, which only an uneven one has.
    private func problem(_ list: DiskList) -> String? {
        if list.open.record.isUneven { return list.open.spans.checkInvariants(count: list.count) }
        return list.open.spans.height == 0 ? nil : "an even list has spans"
    }

    private func items(_ list: DiskList, _ range: Range<Int>, reverse: Bool = false) -> [String] {
        var items: [String] = []
        list.forEach(range, reverse: reverse) {
            items.append($0.string)
            return true
        }
        return items
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func isAsAnArray(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        // Some with hardly any room between labels, some with wide spans.
        let labels = seed % 2 == 0 ? ListLabels(origin: 1 << 63, step: 8, leastGap: 2) : ListLabels()
        let fixture = try DiskFixture(labels: labels, spanWidth: seed % 3 == 0 ? 512 : 4)
        var model: [String] = []
        for round in 0..<60 {
            try fixture.run { keyspace in
                let list = try with("l") { try keyspace.list($0, .create)! }
                for step in 0..<30 {
                    let item = "\(round).\(step)"
                    switch random.below(10) {
                    case 0, 1:
                        with(item) { list.insert($0, at: 0) }
                        model.insert(item, at: 0)
                    case 2, 3:
                        with(item) { list.insert($0, at: model.count) }
                        model.append(item)
                    case 4, 5, 6:
                        let index = random.below(model.count + 1)
                        with(item) { list.insert($0, at: index) }
                        model.insert(item, at: index)
                    case 7:
                        if model.isEmpty { continue }
                        let index = random.below(model.count)
                        with(item) { list.set(index, $0) }
                        model[index] = item
                    case 8:
                        if model.isEmpty { continue }
                        let start = [0, random.below(model.count), model.count - 1][random.below(3)]
                        let end = min(model.count, start + random.below(4))
                        list.remove(start..<end)
                        model.removeSubrange(start..<end)
                    default:
                        if model.isEmpty { continue }
                        let index = random.below(model.count)
                        #expect(list.get(index).string == model[index])
                    }
                    #expect(list.count == model.count)
                }
                #expect(problem(list) == nil)
                if random.below(9) == 0, !model.isEmpty {
                    let start = random.below(model.count)
                    let end = start + random.below(model.count - start + 1)
                    list.remove(start..<end)
                    model.removeSubrange(start..<end)
                }
            }
            if random.below(8) == 0 { try fixture.reopen() }
            try fixture.run { keyspace in
                guard let list = try with("l", { try keyspace.list($0, .read) }) else {
                    #expect(model.isEmpty)
                    return
                }
                #expect(problem(list) == nil)
                #expect(items(list, 0..<model.count) == model)
                let start = random.below(model.count)
                let end = start + random.below(model.count - start + 1)
                #expect(items(list, start..<end) == Array(model[start..<end]))
                #expect(items(list, start..<end, reverse: true) == model[start..<end].reversed())
                #expect(list.get(0).string == model.first)
                #expect(list.get(model.count - 1).string == model.last)
            }
        }
    }

    @Test(arguments: [4, 16], [0, 1, 2])
    func insertingInOnePlaceExhaustsLabels(width: Int, place: Int) throws {
        let fixture = try DiskFixture(
            labels: ListLabels(origin: 1 << 63, step: 64, leastGap: 4), spanWidth: width)
        var model: [String] = []
        for round in 0..<30 {
            try fixture.run { keyspace in
                let list = try with("l") { try keyspace.list($0, .create)! }
                for step in 0..<50 {
                    let index = [model.count / 2, min(1, model.count), max(model.count - 1, 0)][place]
                    with("\(round).\(step)") { list.insert($0, at: index) }
                    model.insert("\(round).\(step)", at: index)
                }
                #expect(problem(list) == nil)
                #expect(items(list, 0..<list.count) == model)
            }
            if round % 10 == 9 { try fixture.reopen() }
        }
    }

    @Test(arguments: [0, 1]) func endsOfAllNumbers(end: Int) throws {
        // 2^60 a step from the middle: the eighth push does not fit.
        let fixture = try DiskFixture(
            labels: ListLabels(origin: 1 << 63, step: 1 << 60, leastGap: 64), spanWidth: 4)
        var model: [String] = []
        try fixture.run { keyspace in
            let list = try with("l") { try keyspace.list($0, .create)! }
            for number in 0..<100 {
                let index = end == 0 ? 0 : model.count
                with("\(number)") { list.insert($0, at: index) }
                model.insert("\(number)", at: index)
                #expect(problem(list) == nil)
            }
            #expect(items(list, 0..<list.count) == model)
        }
        try fixture.reopen()
        try fixture.run { keyspace in
            let list = try with("l") { try keyspace.list($0, .read)! }
            #expect(items(list, 0..<list.count) == model)
        }
    }
}
