internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}`: a string's value; DELETE removes a key of any type.
enum StringResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        // A range is defined for GET alone (RFC 9110, section 14.2).
        if let header = x.headers.range, !x.isHead, let range = ByteRange(header) {
            return try getRange(range, &x, &response)
        }
        x.command("GET")
        x.argument(x.path[0])
        try x.execute()
        guard let value = x.bytes() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        response.addHeader("Accept-Ranges", "bytes")
        try x.write(value, &response)
    }

    private static func getRange(
        _ range: ByteRange, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("STRLEN")
        x.argument(x.path[0])
        x.command("GETRANGE")
        x.argument(x.path[0])
        switch range {
        case .from(let first, let through):
            x.argument(first)
            x.argument(through ?? -1)
        case .last(let count):
            x.argument(-count)
            x.argument(-1 as Int64)
        }
        try x.execute()
        let length = x.integer()
        guard length > 0, x.rangeIsCurrent() else {
            return try getWhole(&x, &response)
        }
        if try x.notModified(&response, raw: true) { return }
        guard let resolved = range.resolve(count: length) else {
            return unsatisfiable(length, &response)
        }
        response.status = 206
        describe(&x, &response)
        x.scratch.clear()
        x.scratch.append("bytes ")
        x.scratch.append(decimal: resolved.lowerBound)
        x.scratch.append("-")
        x.scratch.append(decimal: resolved.upperBound - 1)
        x.scratch.append("/")
        x.scratch.append(decimal: length)
        response.addHeader("Content-Range", x.scratch.view)
        if let part = x.bytes() { response.body.append(part) }
    }

    /// What a range request gets where `If-Range` does not hold: all the bytes. And where there are none,
    /// which may be an empty value or no key.
    private static func getWhole(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.again()
        x.command("GET")
        x.argument(x.path[0])
        try x.execute()
        guard let value = x.bytes() else { throw x.missingKey() }
        if try x.notModified(&response, raw: true) { return }
        if value.isEmpty, x.rangeIsCurrent() { return unsatisfiable(0, &response) }
        describe(&x, &response)
        response.body.append(value)
    }

    private static func describe(_ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.octets(&response)
        x.etag(&response, suffix: "-raw")
        x.vary(&response)
        response.addHeader("Accept-Ranges", "bytes")
    }

    private static func unsatisfiable(_ length: Int64, _ response: inout HTTPResponse) {
        Problem(416, "RANGE", "The value has \(length) bytes.").write(to: &response)
        var range = ByteBuffer()
        range.append("bytes */")
        range.append(decimal: length)
        response.addHeader("Content-Range", range.view)
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let value = try x.value()
        x.command("SET")
        x.argument(x.path[0])
        x.argument(value)
        var wantsPrevious = false
        if !x.query.values.isEmpty {
            try x.exclusive("ttl", "expire_at", "keep_ttl")
            try x.readExistenceFlags()
            if let ttl = try x.milliseconds("ttl") {
                x.argument("PX")
                x.argument(ttl)
            } else if let time = try x.milliseconds("expire_at") {
                x.argument("PXAT")
                x.argument(time)
            } else if try x.flag("keep_ttl") {
                x.argument("KEEPTTL")
            }
            wantsPrevious = try x.flag("previous")
            if wantsPrevious { x.argument("GET") }
        }
        try x.execute()
        response.status = x.outcome.created > 0 ? 201 : 200
        if wantsPrevious {
            try x.write(previous: x.bytes(), &response)
        } else {
            x.etag(&response)
        }
    }

    @Sendable static func patch(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        guard let header = x.headers.contentRange else {
            throw .badRequest("The header Content-Range is required: Content-Range: bytes first-last/*.")
        }
        guard let (first, last) = ByteRange.placement(header) else {
            throw .badRequest(
                "Content-Range takes the form 'bytes first-last/*', not '\(header.string)'.")
        }
        let value = try x.value()
        guard Int64(value.count) == last - first + 1 else {
            throw .badRequest(
                "Content-Range names \(last - first + 1) bytes, but the value has \(value.count).")
        }
        x.command("SETRANGE")
        x.argument(x.path[0])
        x.argument(first)
        x.argument(value)
        try x.execute()
        x.wrote(&response)
        x.write("length", x.integer(), &response)
    }

    @Sendable static func delete(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        guard try x.flag("previous") else {
            x.command("DEL")
            x.argument(x.path[0])
            try x.execute()
            if x.integer() == 0 { throw x.missingKey() }
            x.noContent(&response)
            return x.vary(&response)
        }
        x.command("GETDEL")
        x.argument(x.path[0])
        try x.execute()
        guard let value = x.bytes() else { throw x.missingKey() }
        try x.write(previous: value, &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/keys/{key}", ["GET", "GETRANGE", "STRLEN"], query: ["raw"], resource: .key, run: get),
            Route(
                .put, "/keys/{key}", ["SET"],
                query: ["raw", "ttl", "expire_at", "keep_ttl", "nx", "xx", "previous"], body: .value,
                resource: .key, run: put),
            Route(.patch, "/keys/{key}", ["SETRANGE"], body: .value, resource: .key, run: patch),
            Route(
                .delete, "/keys/{key}", ["DEL", "GETDEL"], query: ["raw", "previous"], resource: .key,
                run: delete),
        ]
    }
}

extension Exchange {
    /// Answers the value from before a write: `{"previous": …}`, or its bytes where the client wants those.
    mutating func write(
        previous value: ByteView?, _ response: inout HTTPResponse
    ) throws(Problem) {
        if try wantsRaw() {
            octets(&response)
            if let value { response.body.append(value) }
        } else {
            json(&response)
            response.body.append("{\"previous\":")
            if let value { response.body.appendJSONString(value) } else { response.body.append("null") }
            response.body.append("}")
        }
        etag(&response)
        vary(&response)
    }
}
