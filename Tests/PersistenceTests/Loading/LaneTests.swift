import Testing

import TestSupport

@testable import Persistence

/// Many threads load what one thread loads.
@Suite struct LaneTests {
    /// Commands on few keys, many of them on several keys or all, whose effects depend on their order.
    private static func commands(_ count: Int, _ random: inout SeededGenerator) -> [[String]] {
        func key() -> String { "k\(Int.random(in: 0..<40, using: &random))" }
        func number(_ limit: Int) -> String { "\(Int.random(in: 0..<limit, using: &random))" }
        return (0..<count).map { index in
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<25: ["APPEND", "s:" + key(), number(10)]
            case 25..<50: ["RPUSH", "l:" + key(), number(1000), number(1000)]
            case 50..<65: ["ZINCRBY", "z:" + key(), number(9), number(30)]
            case 65..<75: ["SADD", "t:" + key(), number(50), number(50)]
            case 75..<80: ["MSET", "s:" + key(), number(100), "s:" + key(), number(100), "s:" + key(), "x"]
            case 80..<85: ["DEL", "s:" + key(), "l:" + key(), "z:" + key()]
            case 85..<88: ["LMOVE", "l:" + key(), "l:" + key(), "LEFT", "RIGHT"]
            case 88..<91: ["SUNIONSTORE", "t:" + key(), "t:" + key(), "t:" + key()]
            case 91..<93: ["ZUNIONSTORE", "z:" + key(), "2", "z:" + key(), "z:" + key()]
            case 93..<95: ["COPY", "s:" + key(), "s:copy" + key(), "REPLACE"]
            case 95..<97: ["MSETNX", "s:" + key(), "1", "s:" + key(), "2"]
            case 97..<99:
                [
                    "SET", "s:" + key(),
                    String(repeating: "y", count: Int.random(in: 0..<50_000, using: &random)),
                ]
            default:
                index % 50 == 0 ? ["FLUSHALL"] : ["BITOP", "XOR", "s:" + key(), "s:" + key(), "s:" + key()]
            }
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3]) func manyThreadsLoadWhatOneLoads(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let files = FaultyFiles()
        // A run without commands on several keys between two with.
        let quiet = (0..<5000).map { ["RPUSH", "l:k\($0 % 37)", "\($0)"] }
        let commands = LaneTests.commands(3000, &random) + quiet + LaneTests.commands(3000, &random)
        try files.put("d", commands: commands)
        let expected = try Contents(Loaded("d", files, threads: 1).engine)
        #expect(expected.keys.count > 50)
        for threads in [2, 3, 8, 64] {
            let loaded = try Loaded("d", files, threads: threads)
            let differences = Contents(loaded.engine).differences(from: expected)
            #expect(differences == [], "seed \(seed), \(threads) threads")
        }
    }

    @Test(arguments: [1, 2, 8]) func theFirstFailureInTheFileIsToldOf(_ threads: Int) throws {
        let files = FaultyFiles()
        var commands = (0..<3000).map { ["SET", "k\($0)", "text"] }
        for index in 2000..<2040 { commands[index] = ["INCR", "k\(index - 1000)"] }
        try files.put("d", commands: commands)
        let offset = resp(Array(commands[..<2000])).count
        let error = Loaded.error("d", files, threads: threads)
        #expect(
            error?.hasPrefix(
                "d/appendonlydir/appendonly.aof.1.incr.aof, byte \(offset): INCR \"k1000\" failed: ERR value is not"
            )
                == true, "\(error ?? "none")")
        #expect(error?.contains("redwing check d") == true)
    }

    @Test(
        arguments: [1, 4],
        [["NOSUCH", "a"], ["GET", "a"], ["SET", "a"], ["DEBUG", "RELOAD"], ["SELECT", "x"]])
    func whatIsNoWriteIsRefused(_ threads: Int, _ command: [String]) throws {
        let files = FaultyFiles()
        try files.put("d", commands: [["SET", "a", "1"], command])
        let error = try #require(Loaded.error("d", files, threads: threads))
        #expect(error.contains(command[0]) && error.contains("appendonly.aof.1.incr.aof"))
    }
}

extension FaultyFiles {
    /// Makes `directory` a data directory with one increment of Redis's that holds these commands.
    func put(_ directory: String, commands: [[String]]) throws {
        put("\(directory)/appendonlydir/appendonly.aof.1.incr.aof", resp(commands))
        put(
            "\(directory)/appendonlydir/appendonly.aof.manifest",
            Array("file appendonly.aof.1.incr.aof seq 1 type i\n".utf8))
    }

    /// Makes a file.
    func put(_ path: String, _ bytes: [UInt8]) {
        let node = Node()
        node.bytes = bytes
        nodes[path] = node
    }
}
