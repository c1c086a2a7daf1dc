import Bytes
import Engine

import TestSupport

@testable import Persistence

/// An increment of Redwing's, made in memory, and where each of its batches ends.
struct SampleIncrement {
    var bytes: [UInt8] = []
    /// The end of the header, then of each batch with its annotation.
    var ends: [Int] = []
    /// The commands, as text, of each batch.
    var batches: [[[String]]] = []

    init(
        _ batches: [[[String]]], firstSequence: UInt64 = 1, salt: UInt32 = 0x1234_5678, syncs: Bool = true
    ) throws {
        let files = FaultyFiles()
        let file = try files.open("x", .createNew)
        var writer = try IncrementWriter(beginning: file, firstSequence: firstSequence, salt: salt)
        ends.append(writer.length)
        self.batches = batches
        for commands in batches {
            var batch = CommandBatch()
            for command in commands {
                switch command {
                case ["MULTI"]: batch.beginTransaction()
                case ["EXEC"]: batch.endTransaction()
                default:
                    batch.begin(arguments: command.count)
                    for word in command { Array(word.utf8).withByteView { batch.append($0) } }
                }
            }
            try writer.write(&batch)
            ends.append(writer.length)
            if syncs { try writer.sync() }
        }
        bytes = file.node.bytes
    }

    /// Three batches, one of them a transaction and one with bytes that look like the format.
    static func sample() throws -> SampleIncrement {
        try SampleIncrement([
            [["SET", "a", "1"], ["SET", "b", ""]],
            [["SET", "c", "x\n#RW:9 0 0 00000000\n*1\r\n$4\r\nPING\r\n"], ["DEL", "a"]],
            [["MULTI"], ["SET", "d", "4"], ["RPUSH", "l", "1", "2"], ["EXEC"]],
        ])
    }
}

/// What reading gave: the batches, what was found at the end, and the error.
struct Reading {
    var batches: [[[String]]] = []
    var outcome = IncrementOutcome()
    var error: IncrementError?
    var commands: [[String]] { batches.flatMap { $0 } }

    init<Files: FileSystem>(
        _ path: String, _ files: Files, isLast: Bool = true, expecting: UInt64? = nil, chunk: Int = 64
    ) {
        do throws(IncrementError) {
            var reader = try IncrementReader.open(
                path, files, isLast: isLast, expecting: expecting, chunk: chunk)
            do throws(IncrementError) {
                while try reader.next() {
                    var batch: [[String]] = []
                    for index in 0..<reader.commandCount { batch.append(reader.command(index).map(\.string)) }
                    batches.append(batch)
                }
                outcome = reader.outcome
            } catch {
                outcome = reader.outcome
                throw error
            }
        } catch {
            self.error = error
        }
    }

    init(_ bytes: [UInt8], isLast: Bool = true, expecting: UInt64? = nil, chunk: Int = 64) {
        let files = FaultyFiles()
        let node = FaultyFiles.Node()
        node.bytes = bytes
        files.nodes["f"] = node
        self.init("f", files, isLast: isLast, expecting: expecting, chunk: chunk)
    }

    var damage: IncrementDamage? {
        if case .damaged(_, _, let damage)? = error { damage } else { nil }
    }
}

func resp(_ commands: [[String]]) -> [UInt8] {
    Array(
        commands.map { words in
            "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        }.joined().utf8)
}

extension TemporaryDirectory {
    /// The path of `name` in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }
}
