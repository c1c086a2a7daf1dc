public import Bytes

/// A request method (RFC 9110, section 9); methods are case-sensitive.
public enum HTTPMethod: UInt8, Sendable {
    case get, head, put, post, patch, delete, options
    /// Any other method; `HTTPRequest.methodName` has its name.
    case other

    /// The method of that name. O(1).
    public init(_ name: ByteView) {
        switch name.count {
        case 3 where name == ByteView("GET"): self = .get
        case 3 where name == ByteView("PUT"): self = .put
        case 4 where name == ByteView("POST"): self = .post
        case 4 where name == ByteView("HEAD"): self = .head
        case 5 where name == ByteView("PATCH"): self = .patch
        case 6 where name == ByteView("DELETE"): self = .delete
        case 7 where name == ByteView("OPTIONS"): self = .options
        default: self = .other
        }
    }
}
