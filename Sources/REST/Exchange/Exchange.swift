internal import Bytes
internal import Engine
internal import MicroHTTP

/// One request on its way to its response: what a route's handler works with. Each thread has one and uses it
/// again, so that a request allocates nothing once the buffers are warm.
///
/// Views obtained from it (path arguments, query values, the body, reply values) are valid until the handler
/// returns.
struct Exchange<E: CommandEngine>: ~Copyable {
    let engine: E
    /// Drawn at start; part of every sync token.
    let boot: UInt32
    /// Part of every ETag: `boot`. Versions from elsewhere outlive this process, and are the same to all others.
    let tagBoot: UInt32
    /// The streams that are open.
    let events: EventStreams

    // Of the request under way:
    var isHead = false
    var headers = RequestHeaders()
    var path = PathArguments()
    var query = Query()
    var body = ByteView.empty
    /// The path and the query as they came, for commands that are in the path.
    var rawPath = ByteView.empty
    var rawQuery = ByteView.empty
    /// The router's, or at first the handler's: both live longer. Counting references would cost more than all
    /// that is read of it.
    unowned(unsafe) var target: Router<E>.Target
    var outcome = Outcome()
    /// What the flags `nx` and `xx` ask of the resource.
    private var mustBeAbsent = false
    private var mustBePresent = false

    /// Memory for what must outlive a call: decoded names, numbers as text.
    var arena = ByteArena()
    var transaction = Transaction()
    var reply = Reply()
    var reader: ReplyReader
    /// Text on its way to a header field.
    var scratch = ByteBuffer(capacity: 64)
    /// An ETag, of which the first part is always there.
    var tag = ByteBuffer(capacity: 64)
    /// Reads the commands of a body.
    var commands = CommandReader()
    /// The keys of a transaction's conditions, in their order.
    var conditionKeys = TrivialBuffer<ByteView>()
    /// What the request has waited for, when it is handled again.
    private var waited: WaitingCommand<E>?
    /// What was executed elsewhere for the request; nil: nothing was.
    private(set) var remote: RemoteRequest?
    /// How many of its executions have been read.
    private var remoteCount = 0
    /// What the request is to wait for.
    private(set) var waiting: WaitingCommand<E>?
    private var parsed = JSONDocument.empty
    private var hasDocument = false

    init(engine: E, boot: UInt32, events: EventStreams, target: Router<E>.Target) {
        self.engine = engine
        self.boot = boot
        tagBoot = E.isRemote ? 0 : boot
        self.events = events
        self.target = target
        reader = reply.reader
        ETag.writePrefix(boot: tagBoot, to: &tag)
    }

    /// Takes up a request, whose header fields are in `headers`: decodes the path's arguments and reads the
    /// query. What was there before has been forgotten by `reset`.
    mutating func begin(
        _ request: HTTPRequest, _ path: PathArguments, _ found: Unmanaged<Router<E>.Target>
    ) throws(Problem) {
        self.path = path
        target = found.takeUnretainedValue()
        isHead = request.method == .head
        if let parked = request.parked {
            if E.isRemote { remote = parked as? RemoteRequest } else { waited = parked as? WaitingCommand<E> }
        }
        body = request.body
        for index in 0..<path.count where needsPercentDecoding(path[index]) {
            var decoded = ByteBuffer()
            guard decoded.append(percentDecoding: path[index]) else { throw malformedPercent("path") }
            self.path[index] = arena.copy(decoded.view)
        }
        if target.isPathForm {
            rawPath = request.path
            rawQuery = request.query
        } else {
            if !request.query.isEmpty { try query.parse(request.query, target.route, &arena) }
            // It is read when the answer is written; by then a refusal would come after the change.
            if !query.values.isEmpty, declares("raw") { _ = try flag("raw") }
        }
        if let name = headers.repeated {
            throw .badRequest("The header \(name) came twice; send it once.")
        }
        if target.route.dialect == .upstash, headers.ifMatch != nil || headers.ifNoneMatch != nil {
            throw .badRequest(
                "Commands know no If-Match and no If-None-Match; POST /transactions runs them on a condition."
            )
        }
        if case .none = target.route.resource, headers.ifMatch != nil || headers.ifNoneMatch != nil {
            // A condition that is not checked must not be taken for one that holds.
            if target.route.method != .get {
                throw .badRequest("This resource has no ETag: leave If-Match and If-None-Match away.")
            }
        }
        if headers.contentRange != nil, target.route.method == .put {
            throw .badRequest("PUT replaces the whole value; PATCH writes the part that Content-Range names.")
        }
        if case .none = target.route.body, !body.isEmpty {
            throw .badRequest("\(target.route.method.name) \(target.route.template) takes no body.")
        }
        if let encoding = headers.contentEncoding, !encoding.isEmpty, !body.isEmpty,
            !encoding.equalsIgnoringCase("IDENTITY")
        {
            throw .mediaType("The body is encoded as \(encoding.string); send it without Content-Encoding.")
        }
    }

    /// Forgets the request and gives large buffers back.
    mutating func reset() {
        if hasDocument {
            // Not before: an idle thread must not hold the last large body's tape.
            parsed = .empty
            hasDocument = false
        }
        arena.reset()
        commands.reset()
        conditionKeys.removeAll()
        query.removeAll()
        again()
        reply.beginRequest()
        mustBeAbsent = false
        mustBePresent = false
        waited = nil
        waiting = nil
        remote = nil
        remoteCount = 0
        body = .empty
    }

    /// Starts over with the commands: what was executed and its replies are forgotten.
    mutating func again() {
        transaction.clear()
        reply.clear()
        reader = reply.reader
        outcome = Outcome()
    }

    // MARK: Commands

    /// Begins a command; its arguments follow by `argument`. The route must declare it. Of `OBJECT ENCODING`
    /// the second word is its first argument.
    mutating func command(_ name: StaticString) {
        let wanted = ByteView(name)
        for command in target.commands where command.name == wanted {
            transaction.command(command.id)
            if let argument = command.argument { transaction.argument(argument) }
            return
        }
        preconditionFailure("\(target.route.template) does not declare \(name)")
    }

    /// Adds the command that tells whether the route's resource is there, for reads whose own answer does not
    /// tell; `isPresent` reads its reply.
    mutating func probe() {
        guard let probe = target.probe else {
            preconditionFailure("\(target.route.template) declares no resource")
        }
        transaction.command(probe)
        transaction.argument(path[0])
        if case .element = target.route.resource, path.count > 1 { transaction.argument(path[1]) }
    }

    /// Reads the flags `nx` and `xx` where they are the short spelling of `If-None-Match: *` and
    /// `If-Match: *`.
    mutating func readExistenceFlags() throws(Problem) {
        if query.values.isEmpty { return }
        if declares("nx") { mustBeAbsent = try flag("nx") }
        if declares("xx") { mustBePresent = try flag("xx") }
        if mustBeAbsent, mustBePresent {
            throw .badRequest("'nx' and 'xx' exclude each other; give one of them.")
        }
    }

    /// Adds an argument to the command begun last; the bytes must live until `execute`.
    mutating func argument(_ value: ByteView) { transaction.argument(value) }

    /// Adds a keyword.
    mutating func argument(_ keyword: StaticString) { transaction.argument(ByteView(keyword)) }

    /// Adds an integer.
    mutating func argument(_ value: Int64) { transaction.argument(arena.decimal(value)) }

    /// Executes the commands as one, under the request's conditions if it is a write; `reader` then stands at
    /// the first reply.
    /// - Throws: the first error reply, or a failed condition.
    mutating func execute() throws(Problem) {
        if target.route.method != .get {
            let hasCondition = headers.ifMatch != nil || headers.ifNoneMatch != nil
            if hasCondition || mustBeAbsent || mustBePresent { addPrecondition() }
        }
        if transaction.count == 1, transaction.precondition == nil {
            try executeSingle()
        } else {
            transaction.stopsAtError = true
            try executeAtomically()
        }
        reader = reply.reader
        if outcome.preconditionFailed { throw conditionFailed() }
        try checkReplies()
    }

    /// Executes the only command; its reply, which may be an error, is in `reply`.
    /// - Throws: `.parked`, where it is executed elsewhere and not answered yet.
    @inline(__always)
    mutating func executeSingle() throws(Problem) {
        if E.isRemote { return try executeElsewhere(.each) }
        outcome = engine.executeSingle(transaction, into: &reply)
    }

    /// Executes the commands as one; their replies are in `reply`.
    /// - Throws: as `executeSingle`.
    @inline(__always)
    mutating func executeAtomically() throws(Problem) {
        if E.isRemote { return try executeElsewhere(.atomic) }
        outcome = engine.execute(transaction, into: &reply)
    }

    /// Has the commands executed elsewhere, or takes what was answered to them since the request was parked.
    /// - Throws: `.parked` where they are not answered yet: the request is handled again when they are.
    mutating func executeElsewhere(_ form: RemoteExecution.Form) throws(Problem) {
        if target.probe != nil {
            transaction.wantsVersion = target.route.method == .get
            transaction.wantsCreated = target.route.method != .get && target.route.method != .delete
        }
        try take(isImminent: form != .waiting) { transaction, engine in engine.begin(transaction, form) }
    }

    /// Has the messages of these topics come here, if they do not yet.
    /// - Throws: as `executeElsewhere`; where they can't.
    mutating func listen(to topics: [Topic]) throws(Problem) {
        if !E.isRemote { return }
        try take(isImminent: true) { _, engine in engine.listen(to: topics) }
        reader = reply.reader
        try checkReplies()
        again()
    }

    /// Takes what was answered to what `begin` begins, now or when the request was handled before.
    private mutating func take(
        isImminent: Bool, _ begin: (borrowing Transaction, E) -> RemoteExecution
    ) throws(Problem) {
        let request = remote ?? RemoteRequest(isImminent: isImminent)
        remote = request
        let index = remoteCount
        remoteCount += 1
        let known = request.execution(index)
        let execution = known ?? begin(transaction, engine)
        let isLast = known != nil || request.add(execution)
        if !execution.isDone {
            if !isLast { throw .parked }
            execution.wait()
        }
        // It is read once each time that the request is handled, and left as it is for the next.
        reply.clear()
        reply.append(whole: execution.reply)
        outcome = execution.concludedOutcome()
    }

    /// Whether the only command waits where it finds nothing.
    var mayWait: Bool { transaction.withOnlyCommand { command, _ in engine.waits(command) } }

    /// Executes the only command, which waits where it finds nothing: false where it does, and the request is handled
    /// again when there is something or the time is over. The reply, which may be an error, is in `reply`.
    /// - Throws: where the server stops meanwhile.
    mutating func executeOrWait() throws(Problem) -> Bool {
        if E.isRemote {
            try executeElsewhere(.waiting)
            if remote?.isStopping == true, reply.reader.saysNothing { throw .stopping }
            return true
        }
        if let waited {
            self.waited = nil
            if let served = try waited.end(&reply) {
                outcome = served
            } else {
                outcome = Outcome()
                reply.nullArray()
            }
            return true
        }
        var waiter: Waiter?
        outcome = transaction.withOnlyCommand { command, arguments in
            engine.execute(command, arguments, into: &reply, waiter: &waiter)
        }
        guard let waiter else { return true }
        waiting = WaitingCommand(engine, waiter)
        return false
    }

    /// - Throws: the first error reply.
    mutating func checkReplies() throws(Problem) {
        if outcome.failed {
            while !reader.isAtEnd {
                var ahead = reader
                if case .error(let message) = ahead.next() { throw Problem(reply: message) }
                reader.skip()
            }
        }
    }

    private mutating func addPrecondition() {
        guard let probe = target.probe else { return }
        var condition = Precondition(
            key: path[0], ifMatch: headers.ifMatch.map { ETag.versions($0, boot: tagBoot) },
            ifNoneMatch: headers.ifNoneMatch.map { ETag.versions($0, boot: tagBoot) })
        // Both flags ask no more than a header could: of the two the stricter one counts.
        if mustBePresent, condition.ifMatch == nil { condition.ifMatch = .any }
        if mustBeAbsent { condition.ifNoneMatch = .any }
        transaction.precondition = condition
        if case .element = target.route.resource, path.count > 1 {
            transaction.probe(probe, path[0], path[1])
        } else {
            transaction.probe(probe, path[0])
        }
    }

    private func conditionFailed() -> Problem {
        if mustBeAbsent { return .condition("The resource is there already: 'nx' does not hold.") }
        if headers.ifMatch != nil {
            return .condition(
                "The resource has changed or is missing: If-Match does not hold; read it again.")
        }
        if mustBePresent { return .condition("The resource is missing: 'xx' does not hold.") }
        return .condition("The resource is there already: If-None-Match does not hold.")
    }

    // MARK: The document of the body

    /// The body's JSON document.
    /// - Throws: 415 where the body is of another type, 400 where it is malformed.
    mutating func document() throws(Problem) -> JSONValue {
        guard headers.isJSON else {
            throw .mediaType("Send a JSON document, with Content-Type: application/json.")
        }
        do throws(JSONError) {
            parsed = try JSONDocument(parsing: body)
            hasDocument = true
        } catch {
            throw .badRequest("The body is not valid JSON: \(error.description).")
        }
        return parsed.root
    }

    /// The one member of the body's document, which must be an object with that member alone.
    mutating func document(member name: StaticString) throws(Problem) -> JSONValue {
        let root = try document()
        try checkMembers(of: root, [name])
        guard let value = root[name] else {
            throw .badRequest("The document must be an object with the member '\(name)'.")
        }
        return value
    }

    /// The body of a route that takes one value: its raw bytes, or the `value` of the JSON document.
    mutating func value() throws(Problem) -> ByteView {
        guard headers.isJSON else { return body }
        return try bytes(document(member: "value"), "value")
    }

    /// The bytes of a string, a base64 object or a number.
    func bytes(_ value: JSONValue, _ name: StaticString) throws(Problem) -> ByteView {
        guard let bytes = value.argument else {
            throw .badRequest(
                "'\(name)' takes a string, a number, or {\"base64\": \"…\"} for bytes that are not UTF-8.")
        }
        return bytes
    }

    /// - Throws: 400 where `value` is not an object or has a member not among `known`.
    func checkMembers(of value: JSONValue, _ known: [StaticString]) throws(Problem) {
        let list = known.map { $0.description }.joined(separator: ", ")
        guard value.kind == .object else {
            throw .badRequest("The document must be an object; it takes \(list).")
        }
        for member in value.members where !known.contains(where: { ByteView($0) == member.name }) {
            throw .badRequest("'\(member.name.string)' is not a member of this document; it takes \(list).")
        }
    }
}

extension CommandEngine {
    /// Executes a transaction's only command without a transaction's cost.
    @inline(__always)
    func executeSingle(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        transaction.withOnlyCommand { command, arguments in execute(command, arguments, into: &reply) }
    }
}

extension HTTPMethod {
    /// The method's name; empty for `other`.
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .post: "POST"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other: ""
        }
    }
}

extension JSONDocument {
    /// The document `null`.
    fileprivate static var empty: JSONDocument {
        guard let document = try? JSONDocument(parsing: ByteView("null")) else {
            preconditionFailure("null is JSON")
        }
        return document
    }
}
