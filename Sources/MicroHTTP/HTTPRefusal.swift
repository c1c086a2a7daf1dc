/// Why the server itself refuses a request: before its handler sees it, or in place of what that answers.
public enum HTTPRefusal: Sendable, CaseIterable {
    /// The request line holds a NUL byte.
    case nulInTarget
    /// A header field's name holds white space or a control character, or a field a NUL.
    case malformedHeader
    /// `Transfer-Encoding` beside `Content-Length`, several of one of them, or the former in HTTP/1.0:
    /// messages that two servers may cut differently (RFC 9112, section 6).
    case ambiguousLength
    /// A transfer coding other than `chunked`.
    case unknownTransferCoding
    /// The body is, or says it will be, longer than `HTTPOptions.maxBody`.
    case bodyTooLarge
    /// What the held response tells of can't be stored (`HTTPServer.setFailing`): whether it lasts is unknown.
    case notStored
    /// What the held response shows can't be stored for now, and must not be seen before; nothing was changed.
    case notShown

    /// The status code to answer with.
    public var status: Int {
        switch self {
        case .nulInTarget, .malformedHeader, .ambiguousLength: 400
        case .unknownTransferCoding: 501
        case .bodyTooLarge: 413
        case .notStored, .notShown: 503
        }
    }

    /// A sentence for the client.
    public var message: StaticString {
        switch self {
        case .nulInTarget: "The request line contains a NUL byte; percent-encode it as %00."
        case .malformedHeader: "A header field is malformed, or Host came twice."
        case .ambiguousLength: "The request must state its length once: one Content-Length or chunked coding."
        case .unknownTransferCoding: "The only transfer coding understood is chunked."
        case .bodyTooLarge: "The request body is larger than this server accepts."
        case .notStored:
            """
            The outcome is unknown: the change was made, but could not be written to disk; \
            read it back before trying again.
            """
        case .notShown:
            """
            What was read is not on disk yet, and can't be written there for now. Nothing was changed by this \
            request; try again in a moment.
            """
        }
    }

    /// Whether the message's end is uncertain, so that nothing after it on the connection can be trusted.
    var closesConnection: Bool {
        switch self {
        case .bodyTooLarge, .notStored, .notShown: false
        default: true
        }
    }
}
