import Bytes
import Testing

@testable import Engine

@Suite struct ReplyTests {
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
        let engine = MemoryEngine()
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
