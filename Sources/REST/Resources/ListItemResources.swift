internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/lists/{key}/items/{index}`, and what takes items from a list's ends.
enum ListItemResources<E: CommandEngine> {
    /// - Throws: 400 where the path's last segment is no index.
    private static func checkIndex(_ x: borrowing Exchange<E>) throws(Problem) {
        guard parseInt64(x.path[1]) != nil else {
            throw .badRequest(
                "An item's index is a 64-bit integer, from 0 or from -1 at the right end, not '\(x.path[1].string)'."
            )
        }
    }

    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try checkIndex(x)
        x.onElement("LINDEX")
        try x.execute()
        guard let value = x.bytes() else { throw x.noElement("item") }
        if try x.notModified(&response) { return }
        try x.write(value, &response)
    }

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try checkIndex(x)
        let value = try x.value()
        x.onElement("LSET")
        x.argument(value)
        try x.execute()
        x.etag(&response)
    }

    @Sendable static func pop(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let atRight = try x.choice("end", "left", "right") == 1
        let count = try x.integer("count", in: 0 ... .max)
        if count != nil || x.has("or"), try x.flag("raw") { throw .rawIsForOne }
        if try x.waits() { return try popWaiting(atRight: atRight, count, &x, &response) }
        if x.has("or") { return try popFirst(atRight: atRight, count, &x, &response) }
        // What takes nothing does not tell whether there is a list.
        if count == 0 { x.probe() }
        x.keyed(atRight ? "RPOP" : "LPOP")
        if let count { x.argument(count) }
        try x.execute()
        if count == 0, !x.isPresent() { throw x.noKey("list") }
        guard let count else {
            guard let value = x.bytes() else { throw x.noKey("list") }
            return try x.write(value, &response)
        }
        let taken = x.array()
        if count > 0, taken == 0 { throw x.noKey("list") }
        x.answerArray("values", taken, &response)
    }

    /// Takes from the first of several lists that is not empty.
    private static func popFirst(
        atRight: Bool, _ count: Int64?, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("LMPOP")
        try addPop(atRight: atRight, count, &x)
        try x.execute()
        guard x.array() > 0, let key = x.bytes() else { throw x.allEmpty("list") }
        writePop(key, &x, &response)
    }

    /// Adds the arguments of LMPOP.
    private static func addPop(atRight: Bool, _ count: Int64?, _ x: inout Exchange<E>) throws(Problem) {
        try x.keysToPopFrom(count)
        x.argument(atRight ? "RIGHT" : "LEFT")
        x.argument("COUNT")
        x.argument(count ?? 1)
    }

    /// Answers the key and the values of LMPOP.
    private static func writePop(_ key: ByteView, _ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.beginJSON(&response)
        response.body.append("{\"key\":")
        response.body.appendJSONString(key)
        response.body.append(",")
        x.writeArray("values", x.array(), &response)
        response.body.append("}")
    }

    /// Takes from the first of one or several lists that is not empty, or is not any more.
    private static func popWaiting(
        atRight: Bool, _ count: Int64?, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("BLMPOP")
        x.argument(try x.required("wait"))
        try addPop(atRight: atRight, count, &x)
        guard try x.executeWaiting() else { return }
        guard x.array() == 2, let key = x.bytes() else { return response.status = 204 }
        if x.has("or") { return writePop(key, &x, &response) }
        let taken = x.array()
        if count == nil, let value = x.bytes() { return try x.write(value, &response) }
        x.answerArray("values", taken, &response)
    }

    @Sendable static func move(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let destination = try x.required("to")
        let fromRight = try x.choice("end", "left", "right") == 1
        let toLeft = try x.choice("to_end", "left", "right") == 0
        let waits = try x.waits()
        x.keyed(waits ? "BLMOVE" : "LMOVE")
        x.argument(destination)
        x.argument(fromRight ? "RIGHT" : "LEFT")
        x.argument(toLeft ? "LEFT" : "RIGHT")
        if waits {
            x.argument(try x.required("wait"))
            guard try x.executeWaiting() else { return }
            guard let value = x.bytes() else { return response.status = 204 }
            return try x.write(value, &response)
        }
        try x.execute()
        guard let value = x.bytes() else { throw x.noKey("list") }
        try x.write(value, &response)
    }

    static var routes: [Route<E>] {
        let item = RouteResource.element("LINDEX")
        return [
            Route(
                .get, "/lists/{key}/items/{index}", ["LINDEX"], query: ["raw"], resource: item, run: get),
            Route(.put, "/lists/{key}/items/{index}", ["LSET"], body: .value, resource: item, run: put),
            Route(
                .post, "/lists/{key}/pop", ["LPOP", "RPOP", "LMPOP", "BLMPOP"],
                query: ["raw", "end", "count", .many("or"), "wait"], resource: .key, run: pop),
            Route(
                .post, "/lists/{key}/move", ["LMOVE", "BLMOVE"],
                query: ["raw", "to", "end", "to_end", "wait"], resource: .key, run: move),
        ]
    }
}

extension Exchange {
    /// Executes the only command, which waits where it finds nothing: false where it does.
    /// - Throws: its error.
    mutating func executeWaiting() throws(Problem) -> Bool {
        guard try executeOrWait() else { return false }
        reader = reply.reader
        try checkReplies()
        return true
    }

    /// Adds the keys of LMPOP and ZMPOP: their number, the path's, and those in `or`.
    /// - Throws: 400 for a `count` of 0, which would take nothing from any.
    mutating func keysToPopFrom(_ count: Int64?) throws(Problem) {
        if count == 0 { throw .badRequest("With 'or' the 'count' is at least 1.") }
        let others = try all("or")
        argument(Int64(others.count + 1))
        argument(path[0])
        for key in others { argument(key) }
    }

    /// That the path's key and all those in `or` are missing.
    func allEmpty(_ noun: StaticString) -> Problem {
        missing("\(noun) at '\(path[0].string)' or any of the keys in 'or'")
    }
}
