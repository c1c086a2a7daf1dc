internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/sets/{key}/union` and its kin: what speaks of several sets. A missing one counts as empty.
enum SetAlgebraResources<E: CommandEngine> {
    private static func members(
        _ command: StaticString, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command(command)
        try x.keys(counted: false)
        try x.execute()
        x.answerArray("members", &response)
    }

    @Sendable static func union(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try members("SUNION", &x, &response)
    }

    @Sendable static func intersection(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try members("SINTER", &x, &response)
    }

    @Sendable static func difference(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try members("SDIFF", &x, &response)
    }

    @Sendable static func countIntersection(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try x.countIntersection(by: "SINTERCARD", &response)
    }

    @Sendable static func store(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let document = try x.document()
        try x.checkMembers(of: document, ["union", "intersection", "difference"])
        let (index, name, sets) = try x.operation(of: document, "union", "intersection", "difference")
        x.beginStore()
        switch index {
        case 0: x.keyed("SUNIONSTORE")
        case 1: x.keyed("SINTERSTORE")
        default: x.keyed("SDIFFSTORE")
        }
        try x.arguments(sets, name)
        try x.finishStore("count", &response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/sets/{key}/union", ["SUNION"], query: [.many("with")], run: union),
            Route(.get, "/sets/{key}/intersection", ["SINTER"], query: [.many("with")], run: intersection),
            Route(.get, "/sets/{key}/difference", ["SDIFF"], query: [.many("with")], run: difference),
            Route(
                .get, "/sets/{key}/intersection/count", ["SINTERCARD"], query: [.many("with"), "limit"],
                run: countIntersection),
            Route(
                .post, "/sets/{key}/store", ["SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"], body: .document,
                resource: .key, run: store),
        ]
    }
}
