internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}`: a string's value.
enum StringResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        
        x.command("GET")
        x.argument(x.path[0])
        try x.execute()
        guard let value = x.bytes() else { throw x.missing("key '\(x.path[0].string)'") }
        if try x.notModified(&response) { return }
        try x.write(value, &response)
        response.addHeader("Accept-Ranges", "bytes")
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let value = try x.value()
        x.command("SET")
        x.argument(x.path[0])
        x.argument(value)
        try x.execute()
        response.status = x.outcome.created > 0 ? 201 : 200
        x.etag(&response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/keys/{key}", ["GET", "GETRANGE", "STRLEN"], query: ["raw"], resource: .key, run: get),
            Route(.put, "/keys/{key}", ["SET"], body: .value, resource: .key, run: put),
        ]
    }
}

extension Exchange {
    /// Answers one value: `{"value": …}`, or its bytes where the client wants those.
    func write(_ value: ByteView, _ response: inout HTTPResponse) throws(Problem) {
        if try wantsRaw() {
            octets(&response)
            etag(&response, suffix: "-raw")
            response.body.append(value)
        } else {
            json(&response)
            etag(&response)
            response.body.append("{\"value\":")
            response.body.appendJSONString(value)
            response.body.append("}")
        }
        response.addHeader("Vary", "Accept, Accept-Encoding")
    }
}
