public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A response under construction: status 200, no header fields and no body at first. `Date`,
/// `Content-Length` and `Connection` are the server's.
public struct HTTPResponse: ~Copyable {
    /// The status code, from 200 on.
    public var status = 200
    /// The body, sent from where it lies, without a copy. For HEAD write the body that GET would have:
    /// only its length is sent.
    public var body = ByteBuffer()
    /// Whether the connection ends after this response.
    public var closesConnection = false

    /// A body that lives for ever, in place of `body`.
    private(set) var staticBody: ByteView?
    private(set) var headers = HeaderList()
    /// An open file whose bytes are the body, in place of `body`; closed by `reset`.
    private(set) var file: (descriptor: Int32, count: Int)?
    /// What the body is read from, in place of `body`.
    private(set) var stream: (any BodyStream)?
    /// What must happen before it is sent.
    private(set) var wait = Wait.none

    enum Wait {
        case none
        /// Everything up to that ticket is released; whether the response tells of a change, or of a reading.
        case ticket(UInt64, ofChange: Bool)
        /// The request is handled again, or so many milliseconds have passed.
        case room(UInt64)
        /// Somebody wakes it, or (nil: never) so many milliseconds have passed; then the request is handled again.
        case work(any ParkedWork, milliseconds: UInt64?)
    }

    init() {}

    deinit {
        if let file { close(file.descriptor) }
        stream?.closed()
    }

    /// A response with that status.
    public init(status: Int) {
        self.status = status
    }

    /// Adds a header field. Bytes no field value may hold (CR, LF, NUL) become spaces (RFC 9110, section
    /// 5.5); a field without a value is left out.
    public mutating func addHeader(_ name: StaticString, _ value: ByteView) { headers.append(name, value) }

    /// Adds a header field with a constant value.
    public mutating func addHeader(_ name: StaticString, _ value: StaticString) {
        headers.append(name, value)
    }

    /// Makes constant bytes the body, in place of what `body` holds.
    public mutating func setBody(_ text: StaticString) { setBody(immortal: ByteView(text)) }

    /// Makes bytes that live and stay as they are for ever the body, in place of what `body` holds.
    public mutating func setBody(immortal bytes: ByteView) {
        if file != nil { closeFile() }
        staticBody = bytes
    }

    /// Makes the first `count` bytes of an open file the body, in place of what `body` holds; sent by the kernel,
    /// without a copy. The descriptor is the response's from now on, which closes it, sent or not. Of a shorter
    /// file all is sent; it must not shrink afterwards. Not for refusals (`HTTPHandler.admit` and `describe`):
    /// where those have to be written at once, it is closed unsent.
    public mutating func setBody(file descriptor: Int32, count: Int) {
        if file != nil { closeFile() }
        staticBody = nil
        // Where the file ends early, libmicrohttpd waits, until the client's time is over.
        var information = stat()
        let size = fstat(descriptor, &information) == 0 ? Int(information.st_size) : 0
        file = (descriptor, max(0, min(count, size)))
    }

    /// Holds the response back until `HTTPServer.release` has been called with this ticket, which is above 0, or
    /// a later one. The client's time-outs rest meanwhile. While the server is failing (`HTTPServer.setFailing`),
    /// `HTTPRefusal.notStored`, or of what has only been read (`ofChange` false) `notShown`, is sent in its place. Has an
    /// effect in `HTTPHandler.handle` alone, and replaces
    /// an earlier `postpone`.
    public mutating func hold(until ticket: UInt64, ofChange: Bool = true) {
        wait = .ticket(ticket, ofChange: ofChange)
    }

    /// Has the request handled again, from its beginning and with a fresh response, when
    /// `HTTPServer.resumePostponed` is called, or has been since the handler began. The response is sent as it is
    /// when `seconds` have passed since the request was first put off, give or take half a second. Has an effect
    /// in `HTTPHandler.handle` alone, and replaces an earlier `hold`.
    public mutating func postpone(seconds: Double) {
        // A day is as good as for ever, and far from overflow; the comparison is false for what is no number.
        wait = .room(seconds > 0 ? UInt64(min(seconds, 86_400) * 1000) : 0)
    }

    /// Makes a stream the body, in place of what `body` holds: chunks are sent as it has them, until it ends. Its
    /// `closed` is called in any case. Has an effect in `HTTPHandler.handle` alone.
    public mutating func setBody(stream: any BodyStream) { self.stream = stream }

    /// Has the request handled again, from its beginning and with a fresh response, when `work` is woken, or
    /// `seconds` have passed since the request was first parked with it (nil: however long it takes); `HTTPRequest.parked` is `work` then. Has an effect in
    /// `HTTPHandler.handle` alone, and replaces an earlier `hold` or `postpone`.
    public mutating func park(_ work: any ParkedWork, seconds: Double?) {
        // A year is as good as for ever, and far from overflow.
        let milliseconds = seconds.map { $0 > 0 ? UInt64(min($0, 31_536_000) * 1000) : 0 }
        wait = .work(work, milliseconds: milliseconds)
    }

    /// Hands the stream to somebody who reads it.
    mutating func takeStream() -> (any BodyStream)? {
        defer { stream = nil }
        return stream
    }

    private mutating func closeFile() {
        if let file { close(file.descriptor) }
        file = nil
    }

    /// Hands the file to somebody who closes it.
    mutating func takeFile() -> (descriptor: Int32, count: Int)? {
        defer { file = nil }
        return file
    }

    /// Starts over: status 200, no header fields, no body. Memory is kept for the next response, but not much:
    /// each connection has a response.
    public mutating func reset() {
        status = 200
        closesConnection = false
        staticBody = nil
        wait = .none
        if file != nil { closeFile() }
        if let stream = takeStream() { stream.closed() }
        headers.removeAll()
        body.clear(keeping: 1 << 10)
    }

    /// The bytes the client is to get.
    var content: ByteView { staticBody ?? body.view }
}
