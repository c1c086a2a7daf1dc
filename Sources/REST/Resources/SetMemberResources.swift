internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/sets/{key}/members/{member}`: one member.
enum SetMemberResources<E: CommandEngine> {
    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.onElement("SISMEMBER")
        try x.execute()
        guard x.integer() > 0 else { throw x.noElement("member") }
        if try x.notModified(&response) { return }
        x.answer("member", x.path[1], &response)
    }

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.onElement("SADD")
        try x.execute()
        if x.integer() > 0 { response.status = 201 }
        x.etag(&response)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.removeElement(by: "SREM", "member", &response)
    }

    @Sendable static func move(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let destination = try x.required("to")
        x.command("SMOVE")
        x.argument(x.path[0])
        x.argument(destination)
        x.argument(x.path[1])
        try x.execute()
        guard x.integer() > 0 else { throw x.noElement("member") }
        x.answer("key", destination, &response)
    }

    static var routes: [Route<E>] {
        let member = RouteResource.element("SISMEMBER")
        return [
            Route(.get, "/sets/{key}/members/{member}", ["SISMEMBER"], resource: member, run: get),
            Route(.put, "/sets/{key}/members/{member}", ["SADD"], resource: member, run: put),
            Route(.delete, "/sets/{key}/members/{member}", ["SREM"], resource: member, run: delete),
            Route(
                .post, "/sets/{key}/members/{member}/move", ["SMOVE"], query: ["to"], resource: member,
                run: move),
        ]
    }
}
