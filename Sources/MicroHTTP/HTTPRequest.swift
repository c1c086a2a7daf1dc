public import Bytes
internal import CMicrohttpd

/// One request. The object belongs to its connection and is used again: it, and every view it hands out,
/// is valid only during the call it is passed to.
public final class HTTPRequest {
    /// The client.
    public let remoteAddress: SocketAddress

    /// What changes from request to request. Behind a pointer of this object's own, initialised as long as
    /// the object lives, because Swift would check every access to a variable of a class for overlap at run
    /// time: a dozen checks a request, some 2 % of it.
    let state: UnsafeMutablePointer<RequestState>

    init(remoteAddress: SocketAddress) {
        self.remoteAddress = remoteAddress
        state = .allocate(capacity: 1)
        state.initialize(to: RequestState())
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The method.
    public var method: HTTPMethod { state.pointee.method }

    /// The method's name as it came.
    public var methodName: ByteView { state.pointee.methodName }

    /// The request target, raw: nothing decoded, the query included.
    public var target: ByteView { state.pointee.target.view }

    /// The target's path, raw: up to the first `?`, without the scheme and authority that a proxy's client
    /// writes before it (RFC 9112, section 3.2.2).
    public var path: ByteView { state.pointee.path }

    /// The authority that a target in absolute form names, as a proxy's client writes it; nil in any other.
    public var authority: ByteView? {
        let target = target
        guard let first = target.buffer.first, first != UInt8(ascii: "/") else { return nil }
        guard let slash = target.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let rest = target.dropFirst(slash + 2)
        return rest[
            0..<(rest.buffer.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.count)]
    }

    /// What follows the target's first `?`, raw; empty where there is none.
    public var query: ByteView { target.dropFirst(state.pointee.pathEnd + 1) }

    /// The body; empty where there is none, and while `HTTPHandler.admit` runs.
    public var body: ByteView { state.pointee.body.view }

    /// Whether a body follows the header, as the header says; one that comes in chunks may prove empty.
    public var expectsBody: Bool { state.pointee.expectsBody }

    /// A word that the handler may keep from one of its calls for a request to the next; 0 at first.
    public var note: UInt64 {
        get { state.pointee.note }
        set { state.pointee.note = newValue }
    }

    /// What the request was parked for (`HTTPResponse.park`), when it is handled again; nil the first time.
    public var parked: (any ParkedWork)? { state.pointee.parked }

    /// Every header field, in order of arrival.
    public var headers: UnsafeBufferPointer<HeaderField> { state.pointee.headers.elements }

    /// The value of the first header field of that name, which is given in upper case. O(header fields).
    public func header(_ upperCaseName: StaticString) -> ByteView? {
        for field in headers where field.name.equalsIgnoringCase(upperCaseName) { return field.value }
        return nil
    }
}

/// A header field as it came.
public struct HeaderField: BitwiseCopyable {
    /// The name as it came; names are compared without regard to case.
    public let name: ByteView
    /// The value, surrounding white space removed.
    public let value: ByteView
}

/// The changing part of an `HTTPRequest`.
struct RequestState: ~Copyable {
    var method = HTTPMethod.other
    var methodName = ByteView.empty
    var target = ByteBuffer()
    /// The path, which lies in `target` as long as that does not change, and where it ends there.
    var path = ByteView.empty
    var pathEnd = 0
    /// The handler's.
    var note: UInt64 = 0
    var body = ByteBuffer()
    var expectsBody = false
    var parked: (any ParkedWork)?
    /// The fields' bytes are libmicrohttpd's, which keeps them until the request is over.
    var headers = TrivialBuffer<HeaderField>()
    /// The connection in libmicrohttpd's eyes. Set while a request is under way.
    var handle: OpaquePointer?

    /// Takes the target of a new request.
    mutating func begin(target: ByteView, handle: OpaquePointer) {
        self.handle = handle
        self.target.append(target)
        let target = self.target.view
        pathEnd = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
        path = target[0..<pathEnd]
        guard !target.isEmpty, target[0] != UInt8(ascii: "/") else { return }
        for scheme in [ByteView("http://"), ByteView("https://")] where target.starts(with: scheme) {
            let start = target.firstIndex(of: UInt8(ascii: "/"), from: scheme.count) ?? pathEnd
            path = start < pathEnd ? target[start..<pathEnd] : ByteView("/")
        }
    }

    /// Takes the header fields from libmicrohttpd, in one pass.
    mutating func readHeaders() {
        headers.removeAll()
        guard let handle else { return }
        withUnsafeMutablePointer(to: &headers) { pointer in
            cmicrohttpd_for_each_header(
                handle,
                { context, _, name, nameCount, value, valueCount in
                    context.unsafelyUnwrapped.assumingMemoryBound(to: TrivialBuffer<HeaderField>.self)
                        .pointee.append(
                            HeaderField(
                                name: ByteView(chars: name, count: nameCount),
                                value: ByteView(chars: value, count: valueCount)))
                    return cmicrohttpd_result(true)
                }, pointer)
        }
    }

    /// Forgets the request. Memory a large one took is given back.
    mutating func reset() {
        handle = nil
        headers.removeAll()
        methodName = .empty
        target.clear(keeping: 1 << 10)
        body.clear(keeping: 4 << 10)
        path = .empty
        pathEnd = 0
        note = 0
        expectsBody = false
    }
}

extension ByteView {
    /// The view of a C string of known length; an absent one is empty.
    init(chars: UnsafePointer<CChar>?, count: Int) {
        guard let chars, count > 0 else {
            self = .empty
            return
        }
        self.init(UnsafeRawPointer(chars).assumingMemoryBound(to: UInt8.self), count: count)
    }
}
