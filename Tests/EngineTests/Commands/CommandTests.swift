import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite struct CommandTests {
    private func positions(_ keys: KeyPositions, _ line: String) -> [Int] {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        var found: [Int] = []
        withViews(words) { views in
            views.withUnsafeBufferPointer { keys.forEach(in: Arguments($0)) { found.append($0) } }
        }
        return found
    }

    @Test func rangesOfKeys() {
        #expect(positions(.first, "a b c") == [0])
        #expect(positions(.first, "") == [])
        #expect(positions(.all, "a b c") == [0, 1, 2])
        #expect(positions(.firstTwo, "a") == [0])
        #expect(positions(.range(first: 0, last: -1, step: 2), "a 1 b 2") == [0, 2])
        #expect(positions(.range(first: 1, last: -1, step: 1), "AND d a b") == [1, 2, 3])
        #expect(positions(.none, "a b") == [])
    }

    @Test func countedKeysNeverLeaveTheArguments() {
        let keys = KeyPositions.counted(count: 0, also: nil)
        #expect(positions(keys, "2 a b c") == [1, 2])
        #expect(positions(keys, "9 a b") == [1, 2])
        #expect(positions(keys, "9223372036854775807 a") == [1])
        #expect(positions(keys, "-1 a") == [])
        #expect(positions(keys, "x a") == [])
        #expect(positions(keys, "") == [])
        #expect(positions(.counted(count: 1, also: 0), "dst 1 a b") == [0, 2])
        #expect(positions(.counted(count: 1, also: 0), "dst") == [0])
    }

    @Test func sortNamesItsDestination() {
        #expect(positions(.sort, "k") == [0])
        #expect(positions(.sort, "k LIMIT 0 1 STORE d") == [0, 5])
        #expect(positions(.sort, "k store d STORE e") == [0, 4])
        #expect(positions(.sort, "k STORE") == [0])
        #expect(positions(.sort, "") == [])
    }

    @Test func arityCountsTheName() {
        let exact = CommandTable<MemoryKeyspace>().commands.first { $0.info.name.description == "GET" }
        #expect(exact?.info.accepts(argumentCount: 1) == true)
        #expect(exact?.info.accepts(argumentCount: 2) == false)
        let least = CommandTable<MemoryKeyspace>().commands.first { $0.info.name.description == "SET" }
        #expect(least?.info.accepts(argumentCount: 1) == false)
        #expect(least?.info.accepts(argumentCount: 7) == true)
    }
}
