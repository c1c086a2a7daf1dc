import Bytes
import Engine
import Testing

@testable import REST

@Suite struct RESP2Tests {
    private func render(_ write: (inout Reply) -> Void) -> String {
        var reply = Reply()
        write(&reply)
        var buffer = ByteBuffer()
        var reader = reply.reader
        while !reader.isAtEnd { RESP2.append(&reader, to: &buffer) }
        return buffer.view.string
    }

    @Test func values() {
        #expect(render { $0.null() } == "$-1\r\n")
        #expect(render { $0.nullArray() } == "*-1\r\n")
        #expect(render { $0.integer(-5) } == ":-5\r\n")
        #expect(render { $0.double(1.5) } == "$3\r\n1.5\r\n")
        #expect(render { $0.bytes("a\r\nb") } == "$4\r\na\r\nb\r\n")
        #expect(render { $0.bytes("") } == "$0\r\n\r\n")
        #expect(render { $0.ok() } == "+OK\r\n")
        #expect(render { $0.error("ERR no") } == "-ERR no\r\n")
    }

    @Test func anErrorIsOneLine() {
        #expect(render { $0.error("ERR a\r\nb\nc") } == "-ERR a  b c\r\n")
    }

    @Test func containers() {
        let nested = render { reply in
            reply.array(2)
            reply.map(1)
            reply.bytes("f")
            reply.integer(1)
            reply.array(0)
        }
        #expect(nested == "*2\r\n*2\r\n$1\r\nf\r\n:1\r\n*0\r\n")
    }
}
