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
        /// The response is with libmicrohttpd.
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
    /// What the housekeeper remembers between two looks at the socket's counters; its alone.
    var acknowledged: UInt64 = 0

    private var response = HTTPResponse()
    private var stage = Stage.header
    private var expected = 0
    private var bodyStart: UInt64 = 0

    init(core: ServerCore, descriptor: Int32, peer: SocketAddress, worker: Int) {
        self.core = core
        self.descriptor = descriptor
        self.worker = worker
        request = HTTPRequest(remoteAddress: peer)
        deadline = Deadline(phase: .idle, at: core.idleCheck)
        idleStart = Atomic(core.now)
    }

    /// The request line has come. `target` is copied: libmicrohttpd cuts it in place afterwards.
    func begin(target: ByteView, handle: OpaquePointer) {
        deadline.set(.header, at: core.now + core.timeouts.header)
        stage = .header
        request.begin(target: target, handle: handle)
    }

    /// The request is over, answered or not.
    func finish() {
        request.reset()
        response.reset()
        idleStart.store(core.now, ordering: .relaxed)
        deadline.set(.idle, at: core.idleCheck)
    }

    /// What libmicrohttpd's access handler is to do; false closes the connection.
    func access(_ call: AccessCall) -> Bool {
        switch stage {
        case .header: return admit(call)
        case .receiving:
            if call.upload.isEmpty { return answer() }
            return receive(call)
        case .discarding:
            if call.upload.isEmpty { return queue() }
            call.consume()
            return true
        case .lingering:
            if call.upload.isEmpty { return false }
            call.consume()
            return true
        case .answered: return true
        }
    }

    /// The header is complete: decides whether to read the body.
    private func admit(_ call: AccessCall) -> Bool {
        request.methodName = call.method
        request.method = HTTPMethod(call.method)
        let framing = Framing(request.handle.unsafelyUnwrapped, isHTTP11: !call.isHTTP10)
        if let refusal = call.hidesNul(after: request.target.count) ? .nulInTarget : framing.fault {
            return refuse(refusal, framing)
        }
        if let length = framing.contentLength, length > core.maxBody { return refuse(.bodyTooLarge, framing) }
        if !core.admit(request, &response) { return send(refusalBefore: framing) }
        stage = .receiving
        if framing.hasBody {
            bodyStart = core.now
            expected = framing.contentLength ?? 0
            deadline.set(.body, at: bodyStart + core.timeouts.body)
            request.bodyBytes.reserve(min(expected, Self.firstReserve))
        }
        return true
    }

    private func receive(_ call: AccessCall) -> Bool {
        let upload = call.upload
        let count = request.bodyBytes.count + upload.count
        guard count <= core.maxBody else {
            core.describe(.bodyTooLarge, request, &response)
            call.consume()
            return linger()
        }
        if request.bodyBytes.capacity < count {
            // Doubling, but never past the announced length.
            let room = max(count, min(2 * count, expected)) - request.bodyBytes.count
            request.bodyBytes.reserve(room)
        }
        request.bodyBytes.append(upload)
        call.consume()
        deadline.set(.body, at: core.timeouts.bodyDeadline(start: bodyStart, now: core.now, received: count))
        return true
    }

    private func answer() -> Bool {
        core.handle(request, &response)
        return queue()
    }

    private func refuse(_ refusal: HTTPRefusal, _ framing: Framing) -> Bool {
        core.describe(refusal, request, &response)
        if refusal.closesConnection {
            response.closesConnection = true
            return queue()
        }
        return send(refusalBefore: framing)
    }

    /// Sends the refusal that `response` holds, without reading the body that is to follow.
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
        guard response.writeAndShutDown(descriptor, isHead: request.method == .head) else { return false }
        request.bodyBytes.clear(keeping: 0)
        stage = .lingering
        deadline.set(.lingering, at: core.now + core.timeouts.linger)
        return true
    }

    private func queue() -> Bool {
        stage = .answered
        if core.isStopping { response.closesConnection = true }
        deadline.set(.responding, at: core.now + core.timeouts.body)
        guard let queued = response.makeHandle() else { return false }
        defer { MHD_destroy_response(queued) }
        return cmicrohttpd_queue(
            request.handle.unsafelyUnwrapped, UInt32(clamping: max(response.status, 200)), queued)
    }
}

/// The arguments of one call of libmicrohttpd's access handler.
struct AccessCall {
    let url: UnsafePointer<CChar>?
    let method: ByteView
    let version: UnsafePointer<CChar>?
    let uploadBytes: UnsafePointer<CChar>?
    let uploadCount: UnsafeMutablePointer<Int>?

    /// The part of the body handed over; empty at the first call and at the last.
    var upload: ByteView { ByteView(chars: uploadBytes, count: uploadCount?.pointee ?? 0) }

    /// Tells libmicrohttpd that the whole part has been taken.
    func consume() { uploadCount?.pointee = 0 }

    /// Whether the request is HTTP/1.0's.
    var isHTTP10: Bool {
        // libmicrohttpd has checked that the version is `HTTP/1.` and a digit.
        guard let version else { return true }
        return version[5] == 0x31 && version[7] == 0x30
    }

    /// Whether the request line has a NUL inside its target. As C strings the target then seems to end at
    /// `count`; but the version follows in the same buffer, one space further.
    func hidesNul(after count: Int) -> Bool {
        guard let url, let version, version > url, version - url > count else { return false }
        // One byte is the space libmicrohttpd overwrote; of any further ones only white space is innocent.
        for offset in count..<(version - url) where offset > count {
            if url[offset] != 0x20 && url[offset] != 0x09 { return true }
        }
        return false
    }
}
