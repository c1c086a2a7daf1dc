internal import Bytes

/// Who may call: what the operator decides.
public struct AccessOptions: Sendable {
    /// The tokens that clients may show; any one of them grants everything. Empty: no token is asked for, and
    /// requests that a web page may have made are refused instead.
    public var tokens: [AccessToken] = []
    /// Host names, besides those of the loopback interface, that a request may be for while there is no
    /// token; without a port.
    public var allowedHosts: [String] = []
    /// Origins of web pages that may call; `*` is any, none turns CORS off.
    public var corsOrigins: [String] = []

    /// Whether `text` can stand in `allowedHosts`: a name or an address, IPv6 in brackets, without a port.
    public static func isHostName(_ text: String) -> Bool {
        Array(text.utf8).withByteView { host in
            // A port would leave a shorter name.
            HostGuard.name(host).map { $0.count == host.count } ?? false
                && host.buffer.allSatisfy { $0 > 0x20 && $0 < 0x7F && !$0.isHostDelimiter }
        }
    }

    /// No token, the loopback interface's names alone, no CORS.
    public init() {}
}

extension UInt8 {
    /// Whether it ends the host in a URL, or stands for any, which no Host does.
    fileprivate var isHostDelimiter: Bool { "/?#@*,".utf8.contains(self) }
}
