internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}/bitfield`: integers of any width in a string.
enum BitfieldResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let fields = try x.all("get")
        if fields.isEmpty { throw .badRequest("The parameter 'get' is required: add ?get=u8:0.") }
        x.probe()
        x.command("BITFIELD_RO")
        x.argument(x.path[0])
        for field in fields {
            guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else {
                throw .badRequest("'get' takes a type and an offset as in u8:0, not '\(field.string)'.")
            }
            x.argument("GET")
            try add(type: field[0..<colon], offset: field.dropFirst(colon + 1), &x)
        }
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        write(&x, &response)
    }

    /// Adds two arguments, checked as far as Redis's own errors would not say what is wrong.
    private static func add(
        type: ByteView, offset: ByteView, _ x: inout Exchange<E>
    ) throws(Problem) {
        let isSigned = type.starts(with: ByteView("i"))
        let bits = parseInt64(type.dropFirst(1)) ?? 0
        guard isSigned || type.starts(with: ByteView("u")), bits >= 1, bits <= (isSigned ? 64 : 63) else {
            throw .badRequest("A type is i1 to i64 or u1 to u63, not '\(type.string)'.")
        }
        let digits = offset.starts(with: ByteView("#")) ? offset.dropFirst(1) : offset
        guard let value = parseInt64(digits), value >= 0 else {
            throw .badRequest("An offset is a bit's position or #n, not '\(offset.string)'.")
        }
        x.argument(type)
        x.argument(offset)
    }

    @Sendable static func post(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let operations = try x.document(member: "operations")
        guard operations.kind == .array, operations.count > 0 else {
            throw .badRequest("'operations' takes an array of at least one operation.")
        }
        x.command("BITFIELD")
        x.argument(x.path[0])
        for operation in operations.elements { try add(operation, &x) }
        try x.execute()
        x.wrote(&response)
        write(&x, &response)
    }

    private static func add(_ operation: JSONValue, _ x: inout Exchange<E>) throws(Problem) {
        guard operation.kind == .object, let name = operation["op"]?.string else {
            throw .badRequest("An operation is an object with 'op': get, set or incrby.")
        }
        let amount: StaticString?
        if name == ByteView("get") {
            amount = nil
            try x.checkMembers(of: operation, ["op", "type", "offset"])
        } else if name == ByteView("set") {
            amount = "value"
            try x.checkMembers(of: operation, ["op", "type", "offset", "value", "overflow"])
        } else if name == ByteView("incrby") {
            amount = "by"
            try x.checkMembers(of: operation, ["op", "type", "offset", "by", "overflow"])
        } else {
            throw .badRequest("'op' is get, set or incrby, not '\(name.string)'.")
        }
        guard let type = operation["type"]?.string else {
            throw .badRequest("'type' is required: a string such as \"u8\".")
        }
        guard let place = operation["offset"], let offset = place.number ?? place.string else {
            throw .badRequest("'offset' is required: a bit's position, or \"#n\".")
        }
        if amount != nil {
            // The command's OVERFLOW holds for all that follow, the document's for its own operation.
            x.argument("OVERFLOW")
            x.argument(try overflow(operation["overflow"]))
        }
        x.argument(name)
        try add(type: type, offset: offset, &x)
        guard let amount else { return }
        guard let number = operation[amount]?.number, parseInt64(number) != nil else {
            throw .badRequest("'\(amount)' is required: a 64-bit integer.")
        }
        x.argument(number)
    }

    private static func overflow(_ value: JSONValue?) throws(Problem) -> ByteView {
        guard let value else { return ByteView("wrap") }
        for word in ["wrap", "sat", "fail"] as [StaticString] where value.string == ByteView(word) {
            return ByteView(word)
        }
        throw .badRequest("'overflow' is wrap, sat or fail.")
    }

    private static func write(_ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.json(&response)
        response.body.append("{\"values\":")
        response.body.append(json: &x.reader)
        response.body.append("}")
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/keys/{key}/bitfield", ["BITFIELD_RO"], query: [.many("get")], resource: .key, run: get
            ),
            Route(.post, "/keys/{key}/bitfield", ["BITFIELD"], body: .document, resource: .key, run: post),
        ]
    }
}
