internal import Bytes
internal import Engine
internal import MicroHTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// `/snapshots` and `/aof`: what is kept on disk.
enum SnapshotResources<E: CommandEngine> {
    @Sendable static func start(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("BGSAVE")
        x.argument("SCHEDULE")
        try x.execute()
        accepted("/snapshots", &x, &response)
    }

    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let status = try status(x)
        x.json(&response)
        response.body.append("{\"running\":")
        response.body.append(json: status.snapshotStart != nil)
        response.body.append(",\"started_at\":")
        response.body.append(seconds: status.snapshotStart)
        response.body.append(",\"last_save\":")
        response.body.append(decimal: status.lastSave)
        response.body.append(",\"changes_since_last_save\":")
        response.body.append(decimal: status.changesSinceSave)
        response.body.append(",\"last\":")
        response.body.append(attempt: status.lastSnapshot)
        response.body.append("}")
    }

    /// The snapshot as it is now: one that is finished meanwhile changes nothing.
    @Sendable static func latest(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        _ = try status(x)
        switch x.engine.openSnapshot() {
        case .stored(let path): try send(path, &response)
        case .made(let export): response.setBody(stream: DownloadStream(export))
        case nil: throw missing
        }
        x.octets(&response)
        response.addHeader("Content-Disposition", "attachment; filename=\"dump.rdb\"")
    }

    private static var missing: Problem { .notFound("There is no snapshot yet; POST /snapshots makes one.") }

    private static func send(_ path: String, _ response: inout HTTPResponse) throws(Problem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            if reason == ENOENT { throw missing }
            throw Problem(500, "ERR", "The snapshot can't be read: \(String(cString: strerror(reason))).")
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            close(descriptor)
            throw Problem(500, "ERR", "The snapshot can't be read.")
        }
        response.setBody(file: descriptor, count: Int(information.st_size))
    }

    @Sendable static func rewrite(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        guard try status(x).isAppendOnly else {
            throw Problem(409, "ERR", "There is no append-only file; start with --appendonly yes.")
        }
        x.command("BGREWRITEAOF")
        try x.execute()
        accepted("/aof", &x, &response)
    }

    @Sendable static func appendOnly(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let status = try status(x)
        x.json(&response)
        response.body.append("{\"enabled\":")
        response.body.append(json: status.isAppendOnly)
        response.body.append(",\"fsync\":")
        response.body.append(jsonString: status.syncPolicy)
        response.body.append(",\"size\":")
        response.body.append(decimal: status.appendOnlySize)
        response.body.append(",\"base_size\":")
        response.body.append(decimal: status.appendOnlyBaseSize)
        response.body.append(",\"fsyncs\":")
        response.body.append(decimal: status.syncs)
        response.body.append(",\"error\":")
        response.body.append(jsonOrNull: status.writeFailure)
        response.body.append(",\"rewriting\":")
        response.body.append(json: status.rewriteStart != nil)
        response.body.append(",\"started_at\":")
        response.body.append(seconds: status.rewriteStart)
        response.body.append(",\"last_rewrite\":")
        response.body.append(attempt: status.lastRewrite)
        response.body.append("}")
    }

    private static func status(_ x: borrowing Exchange<E>) throws(Problem) -> PersistenceStatus {
        if let status = x.engine.persistence { return status }
        throw Problem(409, "ERR", "Nothing is kept on disk; start the server without --ephemeral.")
    }

    /// Answers 202: what was asked for goes on, to be watched at `path`.
    private static func accepted(
        _ path: StaticString, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) {
        response.status = 202
        response.addHeader("Location", path)
        x.json(&response)
        response.body.append("{\"status\":\"started\",\"watch\":\"")
        response.body.append(path)
        response.body.append("\"}")
    }

    static var routes: [Route<E>] {
        [
            Route(.post, "/snapshots", ["BGSAVE"], run: start),
            Route(.get, "/snapshots", [], run: get),
            Route(.get, "/snapshots/latest", [], run: latest),
            Route(.get, "/aof", [], run: appendOnly),
            Route(.post, "/aof/rewrite", ["BGREWRITEAOF"], run: rewrite),
        ]
    }
}

extension ByteBuffer {
    fileprivate mutating func append(json flag: Bool) { append(flag ? "true" : "false") }

    fileprivate mutating func append(jsonOrNull text: String?) {
        if let text { append(jsonString: text) } else { append("null") }
    }

    /// Unix milliseconds as seconds with three decimals, or null.
    fileprivate mutating func append(seconds milliseconds: Int64?) {
        guard let milliseconds, milliseconds >= 0 else { return append("null") }
        append(decimal: milliseconds / 1000)
        append(".")
        for unit in [100, 10, 1] as [Int64] { append(UInt8(ascii: "0") + UInt8(milliseconds / unit % 10)) }
    }

    fileprivate mutating func append(attempt: PersistenceStatus.Attempt?) {
        guard let attempt else { return append("null") }
        append("{\"result\":\"")
        append(attempt.failure == nil ? "ok" : "failed")
        append("\",\"error\":")
        append(jsonOrNull: attempt.failure)
        append(",\"time\":")
        append(seconds: attempt.time)
        append(",\"duration\":")
        append(seconds: Int64(attempt.duration))
        append(",\"size\":")
        append(decimal: attempt.size)
        append(",\"keys\":")
        append(decimal: attempt.keys)
        append("}")
    }
}
