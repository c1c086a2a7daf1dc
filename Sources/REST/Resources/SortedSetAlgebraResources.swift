internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/zsets/{key}/union` and its kin: what speaks of several sorted sets. A missing one counts as empty.
enum SortedSetAlgebraResources<E: CommandEngine> {
    private static func members(
        _ command: StaticString, weighted: Bool, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command(command)
        try x.keys(counted: true)
        if weighted {
            let weights = try x.all("weight")
            let keys = try x.all("with").count + 1
            if !weights.isEmpty {
                guard weights.count == keys else {
                    throw .badRequest(
                        "'weight' came \(weights.count) times for \(keys) keys; give each its own.")
                }
                x.argument("WEIGHTS")
                for weight in weights { x.argument(weight) }
            }
            if let aggregate = try x.choice("aggregate", "sum", "min", "max") { x.aggregate(aggregate) }
        }
        x.argument("WITHSCORES")
        try x.execute()
        x.answerScored(x.array() / 2, &response)
    }

    @Sendable static func union(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try members("ZUNION", weighted: true, &x, &response)
    }

    @Sendable static func intersection(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try members("ZINTER", weighted: true, &x, &response)
    }

    @Sendable static func difference(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try members("ZDIFF", weighted: false, &x, &response)
    }

    @Sendable static func countIntersection(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try x.countIntersection(by: "ZINTERCARD", &response)
    }

    @Sendable static func store(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let document = try x.document()
        guard document.kind == .object else { throw .badRequest("The document must be an object.") }
        let (index, name, operand) = try x.operation(
            of: document, "union", "intersection", "difference", "range")
        x.beginStore()
        if index == 3 {
            try storeRange(of: operand, document, &x)
        } else {
            x.keyed(index == 0 ? "ZUNIONSTORE" : index == 1 ? "ZINTERSTORE" : "ZDIFFSTORE")
            x.argument(Int64(operand.count))
            try x.arguments(operand, name)
            if index == 2 {
                try x.checkMembers(of: document, [name])
            } else {
                try x.checkMembers(of: document, [name, "weights", "aggregate"])
                try weigh(keys: operand.count, document, &x)
            }
        }
        try x.finishStore("count", &response)
    }

    private static func weigh(
        keys: Int, _ document: JSONValue, _ x: inout Exchange<E>
    ) throws(Problem) {
        if let weights = document["weights"] {
            guard weights.kind == .array, weights.count == keys else {
                throw .badRequest("'weights' takes an array of numbers, one for each of the \(keys) keys.")
            }
            x.argument("WEIGHTS")
            for weight in weights.elements {
                guard let number = weight.number, parseDouble(number) != nil else {
                    throw .badRequest("A weight is a number within 64-bit floating point.")
                }
                x.argument(number)
            }
        }
        if let aggregate = try x.choice("aggregate", of: document, "sum", "min", "max") {
            x.aggregate(aggregate)
        }
    }

    private static func storeRange(
        of source: JSONValue, _ document: JSONValue, _ x: inout Exchange<E>
    ) throws(Problem) {
        try x.checkMembers(
            of: document,
            ["range", "by", "start", "stop", "min", "max", "reverse", "limit", "offset"])
        var range = try SortedSetRange(
            by: x.choice("by", of: document, "rank", "score", "lex"),
            start: x.integer("start", of: document), stop: x.integer("stop", of: document),
            min: x.bytes("min", of: document), max: x.bytes("max", of: document))
        try range.limit(
            x.integer("limit", of: document, atLeast: 0),
            offset: x.integer("offset", of: document, atLeast: 0))
        range.reverse = try x.flag("reverse", of: document)
        x.keyed("ZRANGESTORE")
        x.argument(try x.bytes(source, "range"))
        x.argument(range)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/zsets/{key}/union", ["ZUNION"],
                query: [.many("with"), .many("weight"), "aggregate"], run: union),
            Route(
                .get, "/zsets/{key}/intersection", ["ZINTER"],
                query: [.many("with"), .many("weight"), "aggregate"], run: intersection),
            Route(.get, "/zsets/{key}/difference", ["ZDIFF"], query: [.many("with")], run: difference),
            Route(
                .get, "/zsets/{key}/intersection/count", ["ZINTERCARD"], query: [.many("with"), "limit"],
                run: countIntersection),
            Route(
                .post, "/zsets/{key}/store", ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE", "ZRANGESTORE"],
                body: .document, resource: .key, run: store),
        ]
    }
}

extension Exchange {
    /// Adds how scores are combined: the index of sum, min or max.
    mutating func aggregate(_ index: Int) {
        argument("AGGREGATE")
        argument(index == 0 ? "SUM" : index == 1 ? "MIN" : "MAX")
    }
}
