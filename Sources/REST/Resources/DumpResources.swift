internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}/dump`: a value of any type as the bytes of Redis's DUMP.
enum DumpResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("DUMP")
        x.argument(x.path[0])
        try x.execute()
        guard let payload = x.bytes() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.octets(&response)
        x.etag(&response)
        response.body.append(payload)
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let payload = try x.value()
        try x.exclusive("ttl", "expire_at")
        let (ttl, time) = (try x.milliseconds("ttl"), try x.milliseconds("expire_at"))
        let replaces = try x.flag("replace")
        x.probe()
        x.command("RESTORE")
        x.argument(x.path[0])
        x.argument(time ?? ttl ?? 0)
        x.argument(payload)
        if replaces { x.argument("REPLACE") }
        if time != nil { x.argument("ABSTTL") }
        x.probe()
        try x.execute()
        let existed = x.isPresent()
        x.skip()
        // What has expired already is not there.
        guard x.isPresent() else { return x.noContent(&response) }
        response.status = existed ? 200 : 201
        x.etag(&response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/keys/{key}/dump", ["DUMP"], resource: .key, run: get),
            Route(
                .put, "/keys/{key}/dump", ["RESTORE"], query: ["ttl", "expire_at", "replace"], body: .value,
                resource: .key, run: put),
        ]
    }
}
