internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/events`, and the Upstash protocol's `/subscribe`, `/psubscribe` and `/monitor`: streams of server-sent events.
enum EventResources<E: CommandEngine> {
    @Sendable static func events(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let isRaw = try x.flag("raw")
        var topics: [Topic] = []
        // In the order of the parameters' names, not of the query: ids count the topics.
        for name in try x.all("channel") { add(.channel(name.array), &topics) }
        for glob in try x.all("pattern") { add(.pattern(glob.array), &topics) }
        for glob in try x.all("keys") { add(.keys(glob.array), &topics) }
        guard !topics.isEmpty else {
            throw .badRequest(
                "Say what to subscribe to: ?channel=…, ?pattern=… or ?keys=…, each as often as you like.")
        }
        guard topics.count <= mostTopics else {
            throw .badRequest("A stream takes \(mostTopics) channels, patterns and key patterns at most.")
        }
        // The header is the newer one: a browser that reconnects sends the same URL.
        var last = x.headers.lastEventID
        if last == nil { last = try x.bytes("last_event_id") }
        let resume = last.flatMap { $0.isEmpty ? nil : ResumePoint(EventID($0), boot: x.boot) }
        let form = EventForm(isRaw ? .raw : .json, boot: x.boot, topics: topics)
        try start(form, after: resume, &x, &response)
    }

    @Sendable static func subscribe(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) { try startUpstash(.channel(x.path[0].array), &x, &response) }

    @Sendable static func psubscribe(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) { try startUpstash(.pattern(x.path[0].array), &x, &response) }

    @Sendable static func monitor(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) { try startUpstash(.monitor, &x, &response) }

    /// How many topics a stream may have: each costs every message a look.
    private static var mostTopics: Int { 256 }

    private static func add(_ topic: Topic, _ topics: inout [Topic]) {
        if !topics.contains(topic) { topics.append(topic) }
    }

    private static func startUpstash(
        _ topic: Topic, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        try start(EventForm(.upstash, boot: x.boot, topics: [topic]), after: nil, &x, &response)
    }

    private static func start(
        _ form: EventForm, after resume: ResumePoint?, _ x: inout Exchange<E>,
        _ response: inout HTTPResponse
    ) throws(Problem) {
        try x.listen(to: form.topics)
        response.addHeader("Content-Type", "text/event-stream")
        response.addHeader("Cache-Control", "no-store")
        // nginx would collect some kilobytes before it sends any on.
        response.addHeader("X-Accel-Buffering", "no")
        if x.isHead { return }
        response.setBody(stream: EventStream.start(form, x.engine.pubSub, x.events, after: resume))
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/events", [],
                query: [.many("channel"), .many("pattern"), .many("keys"), "raw", "last_event_id"],
                run: events),
            Route(.get, "/subscribe/{channel}", [], dialect: .upstash, run: subscribe),
            Route(.post, "/subscribe/{channel}", [], body: .value, dialect: .upstash, run: subscribe),
            Route(.get, "/psubscribe/{pattern}", [], dialect: .upstash, run: psubscribe),
            Route(.post, "/psubscribe/{pattern}", [], body: .value, dialect: .upstash, run: psubscribe),
            Route(.get, "/monitor", [], dialect: .upstash, run: monitor),
            Route(.post, "/monitor", [], body: .value, dialect: .upstash, run: monitor),
        ]
    }
}
