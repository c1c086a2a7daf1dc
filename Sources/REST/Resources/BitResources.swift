internal import Bytes
internal import Engine
internal import MicroHTTP

/// A string as bits: single ones, counting and finding them, combining strings.
enum BitResources<E: CommandEngine> {
    private static func offset(_ x: borrowing Exchange<E>) throws(Problem) -> ByteView {
        let text = x.path[1]
        guard let value = parseInt64(text), value >= 0, value <= Int64(UInt32.max) else {
            throw .badRequest(
                "A bit's offset is an integer from 0 to 4294967295, not '\(text.string)'.")
        }
        return text
    }

    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let offset = try offset(x)
        x.probe()
        x.command("GETBIT")
        x.argument(x.path[0])
        x.argument(offset)
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        x.write("value", x.integer(), &response)
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let offset = try offset(x)
        var bit = x.body
        if x.headers.isJSON {
            let value = try x.document(member: "value")
            guard let number = value.number else {
                throw .badRequest("'value' takes the number 0 or 1.")
            }
            bit = number
        }
        guard bit == ByteView("0") || bit == ByteView("1") else {
            throw .badRequest("A bit is 0 or 1, not '\(bit[0..<min(bit.count, 32)].string)'.")
        }
        x.command("SETBIT")
        x.argument(x.path[0])
        x.argument(offset)
        x.argument(bit)
        try x.execute()
        x.wrote(&response)
        x.write("previous", x.integer(), &response)
    }

    @Sendable static func count(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let (start, stop) = (try x.integer("start"), try x.integer("stop"))
        let unit = try x.choice("unit", "byte", "bit")
        x.probe()
        x.command("BITCOUNT")
        x.argument(x.path[0])
        if start != nil || stop != nil || unit != nil {
            x.argument(start ?? 0)
            x.argument(stop ?? -1)
            if let unit { x.argument(unit == 0 ? "BYTE" : "BIT") }
        }
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        x.write("count", x.integer(), &response)
    }

    @Sendable static func position(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        _ = try x.required("bit")
        let bit = try x.choice("bit", "0", "1") ?? 0
        let (start, stop) = (try x.integer("start"), try x.integer("stop"))
        let unit = try x.choice("unit", "byte", "bit")
        if unit != nil, stop == nil { throw .badRequest("'unit' needs 'stop'.") }
        x.probe()
        x.command("BITPOS")
        x.argument(x.path[0])
        x.argument(Int64(bit))
        if start != nil || stop != nil { x.argument(start ?? 0) }
        if let stop { x.argument(stop) }
        if let unit { x.argument(unit == 0 ? "BYTE" : "BIT") }
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        let position = x.integer()
        if position >= 0 {
            x.write("position", position, &response)
        } else {
            x.json(&response)
            response.body.append("{\"position\":null}")
        }
    }

    /// BITOP: the path's key is the destination.
    @Sendable static func store(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let root = try x.document()
        try x.checkMembers(of: root, ["and", "or", "xor", "not"])
        let (index, name, keys) = try x.operation(of: root, "and", "or", "xor", "not")
        if index == 3, keys.count > 1 {
            throw .badRequest("'not' takes one key.")
        }
        x.command("BITOP")
        x.argument(name)
        x.argument(x.path[0])
        try x.arguments(keys, name)
        try x.execute()
        x.wrote(&response)
        x.write("length", x.integer(), &response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/keys/{key}/bits/{offset}", ["GETBIT"], resource: .key, run: get),
            Route(.put, "/keys/{key}/bits/{offset}", ["SETBIT"], body: .value, resource: .key, run: put),
            Route(
                .get, "/keys/{key}/bit-count", ["BITCOUNT"], query: ["start", "stop", "unit"], resource: .key,
                run: count),
            Route(
                .get, "/keys/{key}/bit-position", ["BITPOS"], query: ["bit", "start", "stop", "unit"],
                resource: .key, run: position),
            Route(.post, "/keys/{key}/store", ["BITOP"], body: .document, resource: .key, run: store),
        ]
    }
}
