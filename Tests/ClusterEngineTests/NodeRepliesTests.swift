import Bytes
import Engine
import TestSupport
import Testing

@testable import ClusterEngine

@Suite struct NodeRepliesTests {
    private func describe(_ reader: inout ReplyReader) -> String {
        switch reader.next() {
        case .null: return "nil"
        case .nullArray: return "none"
        case .integer(let value): return "\(value)"
        case .double(let value): return "\(value)d"
        case .bytes(let bytes): return "'\(bytes.string)'"
        case .status(let text): return "+\(text.string)"
        case .error(let text): return "-\(text.string)"
        case .array(let count):
            return "[" + (0..<count).map { _ in describe(&reader) }.joined(separator: " ") + "]"
        case .map(let count):
            return "{" + (0..<2 * count).map { _ in describe(&reader) }.joined(separator: " ") + "}"
        }
    }

    private func describe(_ reply: borrowing Reply) -> String {
        var reader = reply.reader
        return describe(&reader)
    }

    private let stream =
        "+OK\r\n:-7\r\n$5\r\na\r\nbc\r\n$-1\r\n-ERR no\r\n*3\r\n:1\r\n*2\r\n$0\r\n\r\n$-1\r\n+x\r\n*0\r\n*-1\r\n"
    private let expected = ["+OK", "-7", "'a\r\nbc'", "nil", "-ERR no", "[1 ['' nil] +x]", "[]", "none"]

    /// However what comes is cut into pieces.
    @Test func repliesInAnyPieces() {
        var random = SeededGenerator(7)
        for _ in 0..<200 {
            let replies = NodeReplies()
            var found: [String] = []
            var rest = Array(stream.utf8)[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
                rest = rest.dropFirst(piece.count)
                piece.withUnsafeBytes { replies.feed($0) }
                while replies.next() {
                    found.append(describe(replies.tape))
                    replies.tape.clear()
                }
            }
            #expect(found == expected && !replies.isBroken)
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "*1\r\n?\r\n", "$9999999999999999999\r\n", "*-5\r\n"])
    func whatIsNoReplyIsNoticed(_ text: String) {
        let replies = NodeReplies()
        Array(text.utf8).withUnsafeBytes { replies.feed($0) }
        #expect(!replies.next() && replies.isBroken)
    }

    private func shaped(_ shape: ReplyShape, _ text: String) -> String {
        let replies = NodeReplies()
        Array(text.utf8).withUnsafeBytes { replies.feed($0) }
        #expect(replies.next())
        var reader = replies.tape.reader
        var reply = Reply()
        shape.copy(&reader, to: &reply)
        #expect(reader.isAtEnd)
        return describe(reply)
    }

    @Test func shapes() {
        let pairs = "*4\r\n$1\r\na\r\n$3\r\n1.5\r\n$1\r\nb\r\n$4\r\n-inf\r\n"
        #expect(shaped(.plain, pairs) == "['a' '1.5' 'b' '-inf']")
        #expect(shaped(.map, pairs) == "{'a' '1.5' 'b' '-inf'}")
        #expect(shaped(.scored, pairs) == "['a' 1.5d 'b' -infd]")
        #expect(shaped(.score, "$1\r\n3\r\n") == "3.0d")
        #expect(shaped(.score, "$-1\r\n") == "nil")
        #expect(shaped(.scores, "*2\r\n$1\r\n3\r\n$-1\r\n") == "[3.0d nil]")
        #expect(
            shaped(.popped, "*2\r\n$1\r\nk\r\n*1\r\n*2\r\n$1\r\nm\r\n$1\r\n2\r\n") == "['k' [['m' 2.0d]]]")
        for shape in [ReplyShape.map, .score, .scores, .scored, .popped] {
            #expect(shaped(shape, "-ERR no\r\n") == "-ERR no")
        }
    }
}
