internal import Bytes
internal import CMicrohttpd
internal import Synchronization

/// One client connection and the request on it. Touched only by the thread of its daemon, except for what
/// is constant or atomic, and `acknowledged`: that the housekeeper uses, under the registry's lock.
final class Connection {
    /// How far the request is.
    private enum Stage {
        /// The request line is there.
        case header
        /// The body is arriving, and is kept.
        case receiving
        /// The body is arriving and thrown away; the response is ready, and the connection goes on after it.
        case discarding
        /// The refusal is sent; what still arrives is thrown away until the deadline.
        case lingering
        /// The response is not to be sent yet; libmicrohttpd has been given none, and calls again at once.
        case pausing
        /// The connection is suspended, or was; `verdict` says what to do.
        case waiting
        /// libmicrohttpd sends the response, whose body it reads until `finish`.
        case answered
    }

    /// A refused body up to this size is read and thrown away, so that the connection can be used again.
    private static let discardLimit = 64 << 10
    /// Reserved at once for a body of announced length; beyond it memory follows what has really come.
    private static let firstReserve = 64 << 10

    let core: ServerCore
    let descriptor: Int32
    /// The index of the daemon that serves it.
    let worker: Int
    let deadline: Deadline
    /// When the last request was over, in milliseconds of the monotonic clock.
    let idleStart: Atomic<UInt64>
    let request: HTTPRequest
    /// What the housekeeper remembers between two looks at the socket's counters; its alone: bytes acknowledged.
    var acknowledged: UInt64 = 0
    /// Whether bytes were under way then.
    var hadUnacknowledged = false
    /// Why a suspended connection was resumed: written by who resumes it, before that, and read after.
    var verdict = WaitingList.Verdict.send

    /// What changes with the request; behind a pointer for the reason `HTTPRequest.state` is.
    private let state: UnsafeMutablePointer<State>

    private struct State: ~Copyable {
        var response = HTTPResponse()
        var stage = Stage.header
        /// The announced length of the body.
        var expected = 0
        /// When the body began, in milliseconds of the monotonic clock.
        var bodyStart: UInt64 = 0
        /// `WaitingConnections.generation` before the request was handled.
        var generation: UInt64 = 0
        /// Wakes it where it streams or is parked, and looked after by `ServerCore.sleepers`.
        var waker: Waker?
        /// Until when it is paused, in microseconds of the monotonic clock; 0: it is not.
        var pauseEnd: UInt64 = 0
        /// Until when the request may be put off, in milliseconds of the monotonic clock; 0: it never was.
        var patienceEnd: UInt64 = 0
    }

    private var stage: Stage {
        get { state.pointee.stage }
        set { state.pointee.stage = newValue }
    }

    init(core: ServerCore, descriptor: Int32, peer: SocketAddress, worker: Int) {
        self.core = core
        self.descriptor = descriptor
        self.worker = worker
        request = HTTPRequest(remoteAddress: peer)
        deadline = Deadline(phase: .idle, at: core.idleCheck)
        idleStart = Atomic(core.now)
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The request line has come. `target` is copied: libmicrohttpd cuts it in place afterwards.
    func begin(target: ByteView, handle: OpaquePointer) {
        deadline.set(.header, at: core.now + core.timeouts.header)
        stage = .header
        request.state.pointee.begin(target: target, handle: handle)
        core.announce(request)
    }

    /// The request is over, answered or not.
    func finish() {
        core.waiting.cameBack(self)
        endPause()
        endSleep()
        request.state.pointee.reset()
        state.pointee.response.reset()
        state.pointee.patienceEnd = 0
        idleStart.store(core.now, ordering: .relaxed)
        deadline.set(.idle, at: core.idleCheck)
    }

    /// What libmicrohttpd's access handler is to do; false closes the connection.
    func access(_ call: AccessCall) -> Bool {
        switch stage {
        case .header:
            guard let handle = request.state.pointee.handle else { return false }
            return admit(call, handle)
        case .receiving:
            return call.upload.isEmpty ? answer() : receive(call)
        case .discarding:
            if call.upload.isEmpty { return queue() }
        case .lingering:
            if call.upload.isEmpty { return false }
        case .pausing:
            return wait()
        case .waiting:
            core.waiting.cameBack(self)
            if case .work = state.pointee.response.wait, let waker = state.pointee.waker,
                waker.isHungUp.load(ordering: .acquiring)
            {
                return false
            }
            return act(on: verdict)
        case .answered:
            break
        }
        call.consume()
        return true
    }

    /// The header is complete: decides whether to read the body.
    private func admit(_ call: AccessCall, _ handle: OpaquePointer) -> Bool {
        let method = call.methodName
        request.state.pointee.methodName = method
        request.state.pointee.method = HTTPMethod(method)
        request.state.pointee.readHeaders()
        let framing = Framing(
            request.headers, handle, start: method.pointer, isHTTP11: !call.isHTTP10)
        if let refusal = call.hidesNul(after: method, targetCount: request.target.count)
            ? .nulInTarget : framing.fault
        {
            return refuse(refusal, framing)
        }
        if let length = framing.contentLength, length > core.maxBody { return refuse(.bodyTooLarge, framing) }
        request.state.pointee.expectsBody = framing.hasBody
        if !core.admit(request, &state.pointee.response) { return send(refusalBefore: framing) }
        stage = .receiving
        if framing.hasBody { expectBody(framing) }
        return true
    }

    private func expectBody(_ framing: Framing) {
        let expected = framing.contentLength ?? 0
        let now = core.now
        state.pointee.expected = expected
        state.pointee.bodyStart = now
        request.state.pointee.body.reserve(min(expected, Self.firstReserve))
        deadline.set(.body, at: now + core.timeouts.body)
    }

    private func receive(_ call: AccessCall) -> Bool {
        let body = request.body.count
        let count = body + call.upload.count
        guard count <= core.maxBody else {
            core.describe(.bodyTooLarge, request, &state.pointee.response)
            call.consume()
            return linger()
        }
        if request.state.pointee.body.capacity < count {
            // Doubling, but never past the announced length.
            let room = max(count, min(2 * count, state.pointee.expected))
            request.state.pointee.body.reserve(room - body)
        }
        request.state.pointee.body.append(call.upload)
        call.consume()
        let end = core.timeouts.bodyDeadline(start: state.pointee.bodyStart, now: core.now, received: count)
        deadline.set(.body, at: end)
        return true
    }

    private func answer() -> Bool {
        // However long the handler takes, the client is not the slow one.
        deadline.set(.responding, at: Deadline.never)
        return handle()
    }

    private func handle() -> Bool {
        state.pointee.generation = core.waiting.generation
        core.handle(request, &state.pointee.response)
        switch state.pointee.response.wait {
        case .none: return queue()
        case .work(let work, let milliseconds): return park(work, milliseconds)
        case .ticket, .room: break
        }
        // Suspended now, in the round in which it has read, libmicrohttpd would read again before it calls back,
        // and take the end of the client's direction for the end of the connection. Called back in its next
        // round, it does neither.
        stage = .pausing
        return true
    }

    /// Has the request wait for `work`, which may be what it has waited for before.
    private func park(_ work: any ParkedWork, _ milliseconds: UInt64?) -> Bool {
        if request.parked !== work {
            endSleep()
            request.state.pointee.parked = work
            let alarm = milliseconds.map { monotonicMilliseconds() + $0 } ?? Deadline.never
            guard let waker = makeWaker(.parked(work), alarm: alarm) else { return false }
            work.parked(waker)
        }
        stage = .pausing
        return true
    }

    private func makeWaker(_ sleeper: Sleeper, alarm: UInt64) -> Waker? {
        guard let handle = request.state.pointee.handle else { return nil }
        let waker = Waker(
            sleeper, Suspended(key: alarm, connection: self, handle: handle), core.waiting, alarm: alarm)
        state.pointee.waker = waker
        return waker
    }

    /// Has the client's hanging up noticed, and its alarm rung.
    private func watch(_ waker: Waker) {
        if waker.isWatched { return }
        waker.isWatched = true
        core.sleepers.insert(waker)
    }

    /// The stream or the parked request is over.
    private func endSleep() {
        guard let waker = state.pointee.waker else { return }
        state.pointee.waker = nil
        if waker.isWatched { core.sleepers.remove(waker) }
        switch waker.sleeper {
        case .stream(let stream): stream.closed()
        case .parked(let work): if stage != .answered { work.abandoned() }
        }
        request.state.pointee.parked = nil
    }

    /// Whether the connection is to be called again in libmicrohttpd's next round, what it waits for being expected in
    /// a moment.
    private func pause() -> Bool {
        guard case .work(let work, _) = state.pointee.response.wait, work.isImminent,
            let waker = state.pointee.waker
        else { return false }
        let paused = core.waiting.paused[worker]
        let now = monotonicMicroseconds()
        if state.pointee.pauseEnd == 0 {
            guard paused.enter() else { return false }
            state.pointee.pauseEnd = now + PausedConnections.patience
        }
        // After `enter`: what comes from then on ends the nap.
        if waker.isWoken || now >= state.pointee.pauseEnd { return false }
        paused.rest(state.pointee.pauseEnd - now)
        return !waker.isWoken
    }

    private func endPause() {
        if state.pointee.pauseEnd == 0 { return }
        state.pointee.pauseEnd = 0
        core.waiting.paused[worker].leave()
    }

    /// Pauses or suspends the connection, unless there is nothing to wait for any more.
    private func wait() -> Bool {
        if pause() { return true }
        endPause()
        guard let handle = request.state.pointee.handle else { return false }
        // Before it is suspended: who resumes it may be faster than this thread.
        stage = .waiting
        switch state.pointee.response.wait {
        case .none: return queue()
        case .work:
            guard let waker = state.pointee.waker else { return false }
            if waker.isWoken { return act(on: .retry) }
            watch(waker)
            let verdict = core.waiting.sleep(waker)
            // Woken, before it slept, by the end of the client.
            if verdict == .retry, waker.isHungUp.load(ordering: .acquiring) { return false }
            return act(on: verdict)
        case .ticket(let ticket, _):
            return act(on: core.waiting.hold(self, handle, until: ticket))
        case .room(let milliseconds):
            let now = monotonicMilliseconds()
            if state.pointee.patienceEnd == 0 { state.pointee.patienceEnd = now + milliseconds }
            return act(
                on: core.waiting.postpone(
                    self, handle, since: state.pointee.generation, until: state.pointee.patienceEnd, now: now)
            )
        }
    }

    /// Does what becomes of a response that was to wait.
    private func act(on verdict: WaitingList.Verdict) -> Bool {
        switch verdict {
        case .suspended: return true
        case .send: return queue()
        case .close: return false
        case .refuse:
            var refusal = HTTPRefusal.notStored
            if case .ticket(_, ofChange: false) = state.pointee.response.wait { refusal = .notShown }
            core.describe(refusal, request, &state.pointee.response)
            return queue()
        case .retry:
            // What wakes it from now on is not seen by this handling.
            state.pointee.waker?.state.store(.awake, ordering: .sequentiallyConsistent)
            state.pointee.response.reset()
            return handle()
        }
    }

    private func refuse(_ refusal: HTTPRefusal, _ framing: Framing) -> Bool {
        core.describe(refusal, request, &state.pointee.response)
        guard refusal.closesConnection else { return send(refusalBefore: framing) }
        state.pointee.response.closesConnection = true
        return queue()
    }

    /// Sends the refusal that the response holds, without reading the body that is to follow.
    private func send(refusalBefore framing: Framing) -> Bool {
        guard framing.hasBody else {
            // Answered at the access handler's second call: what is queued in the first one closes.
            stage = .discarding
            return true
        }
        // The client waits for a word before it sends anything.
        if framing.expectsContinue { return queue() }
        if let length = framing.contentLength, length <= Self.discardLimit {
            stage = .discarding
            deadline.set(.body, at: core.now + core.timeouts.body)
            return true
        }
        return linger()
    }

    /// Sends the response past libmicrohttpd, which takes none in the middle of a body, and ends our
    /// direction of the connection. Closing at once would reset it under a client that is still sending, and
    /// such a client may never see the response (RFC 9112, section 9.6).
    private func linger() -> Bool {
        let isHead = request.method == .head
        guard state.pointee.response.writeAndShutDown(descriptor, isHead: isHead) else { return false }
        request.state.pointee.body.clear(keeping: 0)
        stage = .lingering
        deadline.set(.lingering, at: core.now + core.timeouts.linger)
        return true
    }

    private func queue() -> Bool {
        stage = .answered
        if core.isStopping { state.pointee.response.closesConnection = true }
        deadline.set(
            state.pointee.response.stream == nil ? .responding : .streaming, at: core.now + core.timeouts.body
        )
        guard let handle = request.state.pointee.handle, let response = makeHandle() else { return false }
        defer { MHD_destroy_response(response) }
        // Statuses below 200 are not final: libmicrohttpd would wait for another one.
        let status = UInt32(clamping: max(state.pointee.response.status, 200))
        return cmicrohttpd_queue(handle, status, response)
    }

    /// The response in libmicrohttpd's form; nil without memory for it.
    private func makeHandle() -> OpaquePointer? {
        if state.pointee.waker != nil { endSleep() }
        guard let stream = state.pointee.response.takeStream() else {
            return state.pointee.response.makeHandle(body: nil)
        }
        if request.method == .head {
            stream.closed()
            return state.pointee.response.makeHandle(body: nil)
        }
        guard let waker = makeWaker(.stream(stream), alarm: Deadline.never) else { return nil }
        watch(waker)
        let response = state.pointee.response.makeHandle(
            body: StreamFeed(stream, self, waker).makeHandle())
        stream.opened(waker)
        return response
    }
}
