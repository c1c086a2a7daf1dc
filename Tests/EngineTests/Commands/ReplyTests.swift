import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct ReplyTests {
    @Test func readsBackWhatWasWritten() {
        var reply = Reply()
        reply.null()
        reply.nullArray()
        reply.integer(Int64.min)
        reply.integer(true)
        reply.double(-0.0)
        reply.bytes(ByteView("a\0b"))
        reply.bytes(nil as ByteView?)
        reply.ok()
        reply.error(.wrongType)
        reply.map(1)
        reply.bytes("k")
        reply.integer(7)
        let mark = reply.beginArray()
        for n in 0..<300 { reply.integer(n) }
        reply.endArray(mark, count: 300)
        reply.integer(42)

        var reader = reply.reader
        func describe(_ value: ReplyValue) -> String {
            switch value {
            case .null: "null"
            case .nullArray: "nullArray"
            case .integer(let n): "\(n)"
            case .double(let d): "double \(d)"
            case .bytes(let b): "bytes \(b.array)"
            case .status(let s): "+\(s.string)"
            case .error(let e): "-\(e.string)"
            case .array(let n): "array \(n)"
            case .map(let n): "map \(n)"
            }
        }
        let expected = [
            "null", "nullArray", "\(Int64.min)", "1", "double -0.0", "bytes [97, 0, 98]", "null", "+OK",
            "-WRONGTYPE Operation against a key holding the wrong kind of value",
        ]
        for text in expected { #expect(describe(reader.next()) == text) }
        reader.skip()
        reader.skip()
        #expect(!reader.isAtEnd)
        #expect(describe(reader.next()) == "42")
        #expect(reader.isAtEnd)
    }

    @Test func aReplyThatGetsTooLongBecomesAnError() throws {
        let engine = TestEngine()
        let value = String(repeating: "x", count: 100)
        _ = run(engine, "SET a \(value)")
        let mget = try #require(engine.find(ByteView("MGET")))
        withViews([Array("a".utf8)]) { keys in
            var transaction = Transaction()
            for count in [1, 3, 2, 1] {
                transaction.command(mget)
                for _ in 0..<count { transaction.argument(keys[0]) }
            }
            var reply = Reply()
            reply.limit = 300
            #expect(engine.execute(transaction, into: &reply).failed)
            let error =
                "(error) ERR the reply takes more than 512 MB; the command was executed, but ask for less"
            let printed = printedAll(reply)
            #expect(printed.count == 4 && printed[0] == "[\"\(value)\"]")
            for text in printed.dropFirst() { #expect(text.hasPrefix(error)) }

            reply.clear()
            transaction.clear()
            transaction.add(mget, keys[0], keys[0])
            #expect(!engine.execute(transaction, into: &reply).failed)
        }
    }

    /// Scans write their elements to a tape of their own; what does not fit there, or not behind what is on the
    /// reply already, makes the whole reply an error.
    @Test(arguments: [
        "SCAN 0 COUNT 100", "HSCAN h 0 COUNT 100", "SSCAN s 0 COUNT 100", "ZSCAN z 0 COUNT 100",
    ])
    func aScanThatGetsTooLongBecomesAnError(_ line: String) throws {
        let engine = TestEngine()
        for n in 0..<10 {
            let name = "\(n)" + String(repeating: "x", count: 100)
            for command in ["SET \(name) 1", "HSET h \(name) 1", "SADD s \(name)", "ZADD z 1 \(name)"] {
                _ = run(engine, command)
            }
        }
        let ping = try #require(engine.find(ByteView("PING")))
        withViews(splitCommandLine(line)) { words in
            guard let command = engine.find(words[0]) else { preconditionFailure("no \(line)") }
            // Between two others; from 0 down a limit counts from the size that the whole reply has.
            var whole = 0
            for limit in [50, 300, 1100, 3000, -1, 0] {
                var transaction = Transaction()
                transaction.add(ping)
                transaction.command(command)
                for word in words[1...] { transaction.argument(word) }
                transaction.add(ping)
                var reply = Reply()
                reply.limit = limit > 0 ? limit : whole + limit
                let failed = engine.execute(transaction, into: &reply).failed
                let printed = printedAll(reply)
                #expect(printed.count == 3 && printed[0] == "PONG" && printed[2] == "PONG", "\(limit)")
                #expect(failed == (limit != 3000 && limit != 0), "\(limit)")
                let isRefused = printed[1].hasPrefix("(error) ERR the reply takes more than")
                #expect(failed == isRefused, "\(limit): \(printed[1])")
                // Without the second PONG, which was written past the limit.
                if limit == 3000 { whole = reply.size - 13 }
            }
        }
    }

    @Test func anErrorEndsWhatAnEarlierCommandLeftOut() throws {
        var settings = Settings()
        settings.maxStringLength = 1000
        let engine = TestEngine(settings: settings)
        _ = run(engine, "ZADD z 1 " + String(repeating: "x", count: 200))
        let command = try #require(engine.find(ByteView("ZRANDMEMBER")))
        let ping = try #require(engine.find(ByteView("PING")))
        withViews(splitCommandLine("z -900 WITHSCORES")) { words in
            var transaction = Transaction()
            transaction.command(command)
            for word in words { transaction.argument(word) }
            transaction.command(ping)
            var reply = Reply()
            reply.limit = 300
            _ = engine.execute(transaction, into: &reply)
            let printed = printedAll(reply)
            #expect(
                printed.count == 2 && printed[0].hasPrefix("(error)") && printed[1] == "PONG", "\(printed)")
        }
    }

    @Test func rewindForgetsWhatFollowed() {
        var reply = Reply()
        reply.integer(1)
        let mark = reply.mark
        reply.array(5)
        reply.bytes("partial")
        reply.rewind(to: mark)
        reply.error(.syntax)
        var reader = reply.reader
        reader.skip()
        guard case .error(let text) = reader.next() else {
            Issue.record("no error")
            return
        }
        #expect(text.string == "ERR syntax error")
        #expect(reader.isAtEnd)
    }

    @Test func everyErrorHasACode() {
        for error in CommandError.allCases {
            let words = error.message.description.split(separator: " ")
            #expect(words.count > 1 && words[0].allSatisfy { $0.isUppercase }, "\(error)")
        }
    }
}
