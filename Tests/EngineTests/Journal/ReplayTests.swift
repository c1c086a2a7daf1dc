import Bytes
import Testing

import TestSupport

@testable import Engine

/// What has happened is replayed, whatever its answer is or the settings are by now.
@Suite struct ReplayTests {
    /// Replays a command; its answer.
    private func replay(_ engine: MemoryEngine, _ words: [[UInt8]], limit: Int = .max) -> String {
        withViews(words) { views in
            var transaction = Transaction()
            guard let command = engine.find(views[0]) else { preconditionFailure("no such command") }
            transaction.command(command)
            for argument in views.dropFirst() { transaction.argument(argument) }
            var reply = Reply()
            reply.limit = min(reply.limit, limit)
            while engine.replaySome(of: transaction, from: 0, into: &reply) == 0 {}
            return printedAll(reply).joined()
        }
    }

    private func replay(_ engine: MemoryEngine, _ line: String, limit: Int = .max) -> String {
        replay(engine, splitCommandLine(line), limit: limit)
    }

    @Test(arguments: [
        "LPOP l 3", "RPOP l 3", "LMPOP 2 none l LEFT COUNT 3", "ZPOPMIN z 3", "ZPOPMAX z 3",
        "ZMPOP 1 z MIN COUNT 3", "GETDEL s", "SPOP e 3",
    ])
    func anAnswerThatDoesNotFitIsLeftOut(_ line: String) {
        let engine = MemoryEngine()
        let long = String(repeating: "v", count: 40)
        for setup in [
            "RPUSH l \(long)1 \(long)2 \(long)3", "ZADD z 1 \(long)1 2 \(long)2 3 \(long)3", "SET s \(long)",
            "SADD e \(long)1 \(long)2 \(long)3",
        ] {
            _ = run(engine, setup)
        }
        #expect(!replay(engine, line, limit: 100).contains("error"))
        #expect(run(engine, "DBSIZE") == "(integer) 3")
    }

    @Test func aStringMayBeLongerThanIsAllowedByNow() {
        let other = MemoryEngine()
        _ = run(other, "SETRANGE k 1500000 x")
        let payload = other.dump("k")
        let engine = MemoryEngine()
        #expect(run(engine, "CONFIG SET proto-max-bulk-len 1mb") == "OK")
        #expect(run(engine, "SETRANGE a 1500000 x").contains("ERR string exceeds"))
        #expect(replay(engine, "SETRANGE a 1500000 x") == "(integer) 1500001")
        #expect(replay(engine, "APPEND a yz") == "(integer) 1500003")
        #expect(replay(engine, "SETBIT b 12000000 1") == "(integer) 0")
        #expect(replay(engine, "BITFIELD c SET u8 12000000 1").contains("(integer) 0"))
        #expect(replay(engine, [Array("RESTORE".utf8), Array("k".utf8), Array("0".utf8), payload]) == "OK")
        #expect(run(engine, "STRLEN k") == "(integer) 1500001")
        #expect(run(engine, "STRLEN b") == "(integer) 1500001")
    }
}

extension MemoryEngine {
    /// What DUMP answers.
    fileprivate func dump(_ key: String) -> [UInt8] {
        withViews(splitCommandLine("DUMP \(key)")) { views in
            guard let command = find(views[0]) else { preconditionFailure("no such command") }
            var reply = Reply()
            views.withUnsafeBufferPointer { buffer in
                _ = execute(command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
            }
            var reader = reply.reader
            guard case .bytes(let bytes) = reader.next() else { return [] }
            return bytes.array
        }
    }
}
