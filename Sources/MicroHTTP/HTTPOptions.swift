/// How a server listens and what it allows a client.
public struct HTTPOptions: Sendable {
    /// The address to listen on: IPv4 or IPv6 in text. `::` also serves IPv4.
    public var bindAddress = "127.0.0.1"
    /// The port to listen on; 0 lets the system choose one, which `HTTPServer.port` tells.
    public var port: UInt16 = 8080
    /// How many threads answer requests, at least one; each has its own connections.
    public var threads = 1
    /// The largest request body in bytes; a larger one is refused with 413.
    public var maxBody = 64 << 20
    /// How many connections may be open; lowered where the process may not open as many files.
    public var maxConnections = 20_000
    /// How many files the rest of the process may have open beside the connections.
    public var otherFiles = 128
    /// How many connections one client address may have; 0 is any number.
    public var maxConnectionsPerAddress = 0
    /// Seconds a connection may stay without a request.
    public var idleTimeout = 60.0
    /// Seconds a request's header may take, however its bytes trickle in.
    public var headerTimeout = 10.0
    /// Seconds a body (of a request or a response) may stand still; on the whole it must also move at
    /// `minimumRate`, beyond these seconds' grace.
    public var bodyTimeout = 30.0
    /// Bytes a second that a body has to move at least.
    public var minimumRate = 1024
    /// Bytes libmicrohttpd keeps for each connection: the request line and header, then the response's
    /// header, have to fit; a single header field may take somewhat under half. All of it is cleared after each
    /// request, which costs time.
    public var connectionMemory = 16 << 10
    /// How many connections may wait to be accepted.
    public var backlog = 4096

    /// The defaults of every option.
    public init() {}
}
