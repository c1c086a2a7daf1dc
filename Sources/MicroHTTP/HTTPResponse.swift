public import Bytes

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

    init() {}

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
    public mutating func setBody(_ text: StaticString) { staticBody = ByteView(text) }

    /// Makes bytes that live and stay as they are for ever the body, in place of what `body` holds.
    public mutating func setBody(immortal bytes: ByteView) { staticBody = bytes }

    /// Starts over: status 200, no header fields, no body. Memory is kept for the next response, but not much:
    /// each connection has a response.
    public mutating func reset() {
        status = 200
        closesConnection = false
        staticBody = nil
        headers.removeAll()
        body.clear(keeping: 1 << 10)
    }

    /// The bytes the client is to get.
    var content: ByteView { staticBody ?? body.view }
}
