/// Where a node listens.
public struct NodeAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address.
    public var host: String
    /// Its port for clients.
    public var port: UInt16

    /// A node at that place.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`; an IPv6 address may be in brackets. Nil where it is neither.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            port > 0
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if host.isEmpty { return nil }
        self.init(host: String(host), port: port)
    }

    /// As `init(_:)` reads it.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
