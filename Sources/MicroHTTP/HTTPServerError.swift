#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Why a server did not start.
public enum HTTPServerError: Error, CustomStringConvertible {
    /// The bind address is neither IPv4 nor IPv6 in text.
    case invalidAddress(String)
    /// Another process listens on that address and port.
    case addressInUse(String, UInt16)
    /// A system call failed; `code` is its errno.
    case system(operation: String, code: Int32)

    /// One sentence that says what is wrong.
    public var description: String {
        switch self {
        case .invalidAddress(let address): "'\(address)' is not an IPv4 or IPv6 address"
        case .addressInUse(let address, let port): "port \(port) on \(address) is already in use"
        case .system(let operation, let code):
            "\(operation) failed: \(strerror(code).map { String(cString: $0) } ?? "error \(code)")"
        }
    }
}
