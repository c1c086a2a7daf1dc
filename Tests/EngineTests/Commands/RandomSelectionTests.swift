import Bytes
import Testing

@testable import Engine

/// A list of names as a source, which counts how it was used.
private final class Names: DrawSource {
    private var storage = ByteBuffer()
    private let width = 6
    let count: Int
    private(set) var draws = 0
    private(set) var passes = 0

    init(_ count: Int) {
        self.count = count
        for i in 0..<count { storage.append(String(100_000 + i)) }
    }

    private func name(_ i: Int) -> ByteView { storage.view[i * width..<(i + 1) * width] }

    func forEach(_ visit: (ByteView) -> Bool) {
        passes += 1
        for i in 0..<count where !visit(name(i)) { return }
    }

    func random(_ visit: (ByteView) -> Void) {
        draws += 1
        visit(name(Int.random(in: 0..<count)))
    }

    static func name(of element: ByteView) -> ByteView { element }
}

@Suite struct RandomSelectionTests {
    @Test(arguments: [1, 2, 10, 513, 2000])
    func choosesDistinctElements(size: Int) {
        for count in Set([0, 1, 2, size / 4, size / 3, size / 2, size - 1, size]) where count <= size {
            let source = Names(size)
            var chosen: [[UInt8]] = []
            RandomSelection.choose(count, of: source) { chosen.append($0.array) }
            #expect(chosen.count == count)
            #expect(Set(chosen).count == count)
            #expect(source.passes <= 1)
        }
    }

    @Test func drawsAFewOfManyOneByOne() {
        let source = Names(3000)
        RandomSelection.choose(30, of: source) { _ in }
        #expect(source.passes == 0)
        #expect(source.draws < 3000)
    }

    @Test(arguments: [
        (count: Int64(3), width: 1, printed: 3), (3, 2, 3), (0, 1, 0), (99, 1, 5), (-8, 1, 8), (-8, 2, 8),
    ])
    func answers(count: Int64, width: Int, printed elements: Int) throws {
        var reply = Reply()
        try RandomSelection.answer(count, of: Names(5), width: width, limit: 1 << 20, &reply) { name, reply in
            for _ in 0..<width { reply.bytes(name) }
        }
        var reader = reply.reader
        guard case .array(let length) = reader.next() else {
            Issue.record("no array")
            return
        }
        #expect(length == elements * width)
        for _ in 0..<length { reader.skip() }
        #expect(reader.isAtEnd)
    }

    /// However many draws are asked for, the reply stops at its limit.
    @Test(arguments: [(-Int64.max, 0), (-10_001, 0), (-9_999, 9_998)])
    func refusesAReplyPastItsLimit(count: Int64, mostDraws: Int) {
        var reply = Reply()
        let source = Names(5)
        #expect(throws: CommandError.replyTooLong) {
            try RandomSelection.answer(count, of: source, limit: 10_000, &reply) { name, reply in
                reply.bytes(name)
            }
        }
        #expect(source.draws <= mostDraws)
    }

    @Test func ofNothing() throws {
        var reply = Reply()
        try RandomSelection.answer(-5, of: Names(0), limit: 100, &reply) { _, _ in }
        #expect(printed(reply) == "[]")
    }
}
