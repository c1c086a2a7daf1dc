/// What answers requests. The functions run on the server's threads, several at once, and are to return
/// soon: a thread serves no other connection meanwhile.
public protocol HTTPHandler: Sendable {
    /// Called as soon as the request line is there: of `request` only the target is known. For what can be made
    /// ready while the header is read; the request may still be refused. The default does nothing.
    func announce(_ request: HTTPRequest)

    /// Called once the header is there and before any of the body is read. Returning false refuses the
    /// request with `response`; the body is not kept. The default admits everything.
    func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool

    /// Answers a complete request.
    func handle(_ request: HTTPRequest, _ response: inout HTTPResponse)

    /// Describes a refusal of the server itself; the status is already set. The default is a sentence in
    /// plain text.
    func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse)
}

extension HTTPHandler {
    /// Does nothing.
    public func announce(_ request: HTTPRequest) {}

    /// Admits every request.
    public func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool { true }

    /// Says it in one sentence of plain text.
    public func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        response.addHeader("Content-Type", "text/plain; charset=utf-8")
        response.setBody(refusal.message)
    }
}
