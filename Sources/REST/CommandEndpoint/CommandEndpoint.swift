internal import Bytes
internal import Engine
internal import MicroHTTP

/// Commands as the Upstash Redis REST protocol sends them: `POST /` one, `/pipeline` and `/multi-exec` several,
/// `/{command}/{argument}/…` one in the path (`PathForm`).
enum CommandEndpoint<E: CommandEngine> {
    @Sendable static func single(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let format = try ReplyFormat(x.headers)
        do throws(CommandSyntaxError) {
            try x.commands.readCommand(x.body, x.engine, into: &x.transaction)
        } catch {
            throw .badRequest("The body cannot be read: \(error.description).")
        }
        try answerOne(&x, format, &response)
    }

    @Sendable static func pathForm(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let format = try ReplyFormat(x.headers)
        try PathForm.read(&x)
        try answerOne(&x, format, &response)
    }

    @Sendable static func pipeline(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let format = try ReplyFormat(x.headers)
        try readCommands(&x)
        switch format {
        case .resp2:
            x.octets(&response)
            try executeAll(&x) { reader, _ in
                bounded(&response.body, tooLong: "-\(tooLong)\r\n") { RESP2.append(&reader, to: &$0) }
            }
        case .json(let base64):
            x.json(&response)
            let renderer = UpstashJSON(base64: base64)
            response.body.append("[")
            try executeAll(&x) { reader, isFirst in
                append(&reader, isFirst, renderer, to: &response.body)
            }
            response.body.append("]")
        }
        x.syncToken(&response)
    }

    @Sendable static func transaction(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        // RESP2 is not for this endpoint, as with Upstash: it always answers JSON.
        let format = try ReplyFormat(x.headers)
        try readCommands(&x)
        try execute(transaction: &x, format, &response)
    }

    /// Executes a transaction and answers its replies as an array.
    /// - Throws: 400 where a command can't even be tried, 412 where a condition does not hold.
    static func execute(
        transaction x: inout Exchange<E>, _ format: ReplyFormat, _ response: inout HTTPResponse
    ) throws(Problem) {
        if x.engine.rejects(x.transaction, into: &x.reply) {
            var reader = x.reply.reader
            guard case .error(let reason) = reader.next() else { preconditionFailure("not an error reply") }
            // Redis's words where EXEC itself is refused.
            throw Problem(400, "EXECABORT", "Transaction discarded because of: \(reason.string)")
        }
        try x.executeAtomically()
        var reader = x.reply.reader
        if x.outcome.preconditionFailed { throw TransactionConditions<E>.failed(x, &reader) }
        x.json(&response)
        let renderer = UpstashJSON(base64: format.isBase64)
        response.body.append("[")
        var isFirst = true
        while !reader.isAtEnd {
            append(&reader, isFirst, renderer, to: &response.body)
            isFirst = false
        }
        response.body.append("]")
        x.syncToken(&response)
    }

    /// Appends one of several entries.
    @inline(__always)
    private static func append(
        _ reader: inout ReplyReader, _ isFirst: Bool, _ renderer: UpstashJSON, to body: inout ByteBuffer
    ) {
        if !isFirst { body.append(UInt8(ascii: ",")) }
        bounded(&body, tooLong: "{\"error\":\"\(tooLong)\"}") { renderer.append(entry: &reader, to: &$0) }
    }

    /// Lets `render` append an entry; where the body gets too long by it, an error stands in its place.
    @inline(__always)
    private static func bounded(
        _ body: inout ByteBuffer, tooLong error: @autoclosure () -> String,
        _ render: (inout ByteBuffer) -> Void
    ) {
        let start = body.count
        render(&body)
        if body.count > longestAnswer {
            body.truncate(to: start)
            body.append(error())
        }
    }

    /// How long an answer of several entries may get: a pipeline may ask for a large value a million times.
    private static var longestAnswer: Int { 512 << 20 }
    private static var tooLong: String {
        "ERR the answer takes more than 512 MB; the command was executed, but ask for less at a time"
    }

    private static func readCommands(_ x: inout Exchange<E>) throws(Problem) {
        do throws(CommandSyntaxError) {
            try x.commands.readCommands(x.body, x.engine, into: &x.transaction)
        } catch {
            throw .badRequest("The body cannot be read: \(error.description).")
        }
    }

    /// Executes a pipeline a window at a time, so that no more than a window's replies are held, and calls
    /// `render` for each reply.
    private static func executeAll(
        _ x: inout Exchange<E>, _ render: (_ reader: inout ReplyReader, _ isFirst: Bool) -> Void
    ) throws(Problem) {
        var step = 0
        var isFirst = true
        if E.isRemote {
            if x.transaction.count > 0 { try x.executeElsewhere(.each) }
            step = x.transaction.count
            renderAll(x.reply.reader, &isFirst, render)
        }
        while step < x.transaction.count {
            step = x.engine.executeSome(of: x.transaction, from: step, into: &x.reply)
            renderAll(x.reply.reader, &isFirst, render)
            x.reply.clear()
        }
    }

    @inline(__always)
    private static func renderAll(
        _ replies: ReplyReader, _ isFirst: inout Bool,
        _ render: (_ reader: inout ReplyReader, _ isFirst: Bool) -> Void
    ) {
        var reader = replies
        while !reader.isAtEnd {
            render(&reader, isFirst)
            isFirst = false
        }
    }

    /// Executes the one command there is, and answers its reply.
    @inline(__always)
    private static func answerOne(
        _ x: inout Exchange<E>, _ format: ReplyFormat, _ response: inout HTTPResponse
    ) throws(Problem) {
        if x.mayWait {
            guard try x.executeOrWait() else { return }
        } else {
            try x.executeSingle()
        }
        var reader = x.reply.reader
        if x.outcome.failed {
            var ahead = reader
            if case .error(let text) = ahead.next() {
                response.status = Problem.serverStatus(ofError: text) ?? 400
            }
            if response.status == 503 { response.addHeader("Retry-After", "1") }
        }
        switch format {
        case .json(let base64):
            x.json(&response)
            UpstashJSON(base64: base64).append(entry: &reader, to: &response.body)
        case .resp2:
            x.octets(&response)
            RESP2.append(&reader, to: &response.body)
        }
        x.syncToken(&response)
    }

    static var routes: [Route<E>] {
        [
            Route(.post, "/", [], body: .document, dialect: .upstash, run: single),
            Route(.post, "/pipeline", [], body: .document, dialect: .upstash, run: pipeline),
            Route(.post, "/multi-exec", [], body: .document, dialect: .upstash, run: transaction),
            Route(.get, "/{command}", [], dialect: .upstash, run: pathForm),
            Route(.post, "/{command}", [], body: .value, dialect: .upstash, run: pathForm),
            Route(.put, "/{command}", [], body: .value, dialect: .upstash, run: pathForm),
            Route(.get, "/{command}/{argument}", [], dialect: .upstash, run: pathForm),
            Route(.post, "/{command}/{argument}", [], body: .value, dialect: .upstash, run: pathForm),
            Route(.put, "/{command}/{argument}", [], body: .value, dialect: .upstash, run: pathForm),
        ]
    }
}
