internal import Bytes
internal import Engine

/// A command in the path: `/set/foo/bar`. A body is its next argument, and the query's parameters, name and value,
/// follow in their order: `POST /set/foo?EX=100`.
enum PathForm {
    /// Adds the command to the exchange's transaction.
    static func read<E>(_ x: inout Exchange<E>) throws(Problem) {
        let path = x.rawPath
        var start = 0
        while start < path.count, path[start] == UInt8(ascii: "/") { start += 1 }
        var isName = true
        while start <= path.count {
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
            let argument = try decode(path[start..<end], &x.arena)
            if !isName {
                x.transaction.argument(argument)
            } else if let id = x.engine.find(argument) {
                x.transaction.command(id)
            } else {
                x.transaction.unknownCommand(argument)
            }
            isName = false
            start = end + 1
        }
        // No body and an empty one can't be told apart: many clients send Content-Length: 0 with every POST.
        if !x.body.isEmpty { x.transaction.argument(x.body) }
        if x.rawQuery.isEmpty { return }
        for part in QueryParts(x.rawQuery) {
            x.transaction.argument(try Query.decode(part.name, &x.arena))
            if let value = part.value { x.transaction.argument(try Query.decode(value, &x.arena)) }
        }
    }

    private static func decode(_ segment: ByteView, _ arena: inout ByteArena) throws(Problem) -> ByteView {
        guard needsPercentDecoding(segment) else { return segment }
        var decoded = ByteBuffer()
        guard decoded.append(percentDecoding: segment) else { throw malformedPercent("path") }
        return arena.copy(decoded.view)
    }
}
