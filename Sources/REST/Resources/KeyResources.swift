internal import Bytes
internal import Engine
internal import MicroHTTP

/// What can be done to a key of any type: its type, touching, renaming and copying it, how it is kept.
enum KeyResources<E: CommandEngine> {
    @Sendable static func type(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("TYPE")
        x.argument(x.path[0])
        try x.execute()
        let name = x.bytes() ?? .empty
        if name == ByteView("none") { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        x.write("type", name, &response)
    }

    @Sendable static func touch(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("TOUCH")
        x.argument(x.path[0])
        try x.execute()
        if x.integer() == 0 { throw x.missingKey() }
        x.noContent(&response)
    }

    /// The ETag of the answer is the destination's, which is what was made.
    @Sendable static func rename(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let destination = try x.required("to")
        let mustBeNew = try x.flag("nx")
        x.command("EXISTS")
        x.argument(x.path[0])
        x.command("EXISTS")
        x.argument(destination)
        x.command(mustBeNew ? "RENAMENX" : "RENAME")
        x.argument(x.path[0])
        x.argument(destination)
        x.transaction.versionKey = destination
        do throws(Problem) {
            try x.execute()
        } catch {
            // RENAME's own error does not say which key is missing.
            throw error.status == 404 ? x.missingKey() : error
        }
        x.skip()
        let existed = x.integer() > 0
        if mustBeNew, x.integer() == 0 { throw taken(destination) }
        answer(destination, existed: existed, &x, &response)
    }

    @Sendable static func copy(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let destination = try x.required("to")
        x.command("EXISTS")
        x.argument(x.path[0])
        x.command("EXISTS")
        x.argument(destination)
        x.command("COPY")
        x.argument(x.path[0])
        x.argument(destination)
        if try x.flag("replace") { x.argument("REPLACE") }
        x.transaction.versionKey = destination
        try x.execute()
        guard x.integer() > 0 else { throw x.missingKey() }
        let existed = x.integer() > 0
        guard x.integer() > 0 else { throw taken(destination) }
        answer(destination, existed: existed, &x, &response)
    }

    private static func taken(_ destination: ByteView) -> Problem {
        .condition("The destination '\(destination.string)' exists already.")
    }

    private static func answer(
        _ destination: ByteView, existed: Bool, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) {
        response.status = existed ? 200 : 201
        x.etag(&response)
        x.write("key", destination, &response)
    }

    @Sendable static func encoding(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("OBJECT ENCODING")
        x.argument(x.path[0])
        try x.execute()
        guard let name = x.bytes() else { throw x.missingKey() }
        x.write("encoding", name, &response)
    }

    @Sendable static func idleTime(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("OBJECT IDLETIME")
        x.argument(x.path[0])
        try x.writeFact("idletime", &response)
    }

    @Sendable static func frequency(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("OBJECT FREQ")
        x.argument(x.path[0])
        try x.writeFact("freq", &response)
    }

    @Sendable static func referenceCount(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("OBJECT REFCOUNT")
        x.argument(x.path[0])
        try x.writeFact("refcount", &response)
    }

    @Sendable static func memory(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("MEMORY USAGE")
        x.argument(x.path[0])
        if let samples = try x.integer("samples", in: 0 ... .max) {
            x.argument("SAMPLES")
            x.argument(samples)
        }
        try x.writeFact("bytes", &response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/keys/{key}/type", ["TYPE"], resource: .key, run: type),
            Route(.post, "/keys/{key}/touch", ["TOUCH"], resource: .key, run: touch),
            Route(
                .post, "/keys/{key}/rename", ["RENAME", "RENAMENX", "EXISTS"], query: ["to", "nx"],
                resource: .key, run: rename),
            Route(
                .post, "/keys/{key}/copy", ["COPY", "EXISTS"], query: ["to", "replace"], resource: .key,
                run: copy),
            Route(.get, "/keys/{key}/object/encoding", ["OBJECT ENCODING"], run: encoding),
            Route(.get, "/keys/{key}/object/idletime", ["OBJECT IDLETIME"], run: idleTime),
            Route(.get, "/keys/{key}/object/freq", ["OBJECT FREQ"], run: frequency),
            Route(.get, "/keys/{key}/object/refcount", ["OBJECT REFCOUNT"], run: referenceCount),
            Route(.get, "/keys/{key}/memory", ["MEMORY USAGE"], query: ["samples"], run: memory),
        ]
    }
}

extension Exchange {
    /// Executes and answers the number that the command says of the key, nil where it is missing.
    fileprivate mutating func writeFact(
        _ name: StaticString, _ response: inout HTTPResponse
    ) throws(Problem) {
        try execute()
        guard let value = optionalInteger() else { throw missingKey() }
        write(name, value, &response)
    }
}
