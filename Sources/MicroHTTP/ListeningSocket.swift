#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A bound, listening, non-blocking TCP socket.
struct ListeningSocket {
    let descriptor: Int32
    let port: UInt16

    /// Binds and listens. `SO_REUSEADDR` lets a restarted server take its port back at once; the port stays
    /// this process's alone (no `SO_REUSEPORT`), so that a taken one is an error.
    init(address text: String, port: UInt16, backlog: Int) throws(HTTPServerError) {
        guard let address = SocketAddress(text, port: port) else { throw .invalidAddress(text) }
        let family = address.host.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(family, streamSocket, 0)
        guard descriptor >= 0 else { throw .system(operation: "socket", code: errno) }
        do throws(HTTPServerError) {
            try setNonBlocking(descriptor)
            try Self.set(SOL_SOCKET, SO_REUSEADDR, 1, on: descriptor)
            try Self.probeSilentClients(descriptor)
            if family == AF_INET6 {
                // `::` means every address, IPv4 too, whatever the system's default is.
                let dual = address.host.high == 0 && address.host.low == 0
                try Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, dual ? 0 : 1, on: descriptor)
            }
            if address.withSockaddr({ bind(descriptor, $0, $1) }) != 0 {
                if errno == EADDRINUSE { throw .addressInUse(text, port) }
                throw .system(operation: "bind to \(address)", code: errno)
            }
            if listen(descriptor, Int32(clamping: backlog)) != 0 {
                if errno == EADDRINUSE { throw .addressInUse(text, port) }
                throw .system(operation: "listen", code: errno)
            }
            var bound = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let result = withUnsafeMutablePointer(to: &bound) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &length)
                }
            }
            guard result == 0 else { throw .system(operation: "getsockname", code: errno) }
            self.port = SocketAddress(bound).port
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// One waiting connection: its descriptor (closed on exec) and peer, or errno.
    func next() -> Accepted {
        var peer = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let client = withUnsafeMutablePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                accept(descriptor, $0, &length)
            }
        }
        guard client >= 0 else { return .failed(errno) }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return .connection(client, SocketAddress(peer))
    }

    /// Has the system find out, within ten minutes, about clients that are gone without a word, also while their
    /// requests are parked: connections inherit these options (Linux). The times are those of Redis's `tcp-keepalive`.
    private static func probeSilentClients(_ descriptor: Int32) throws(HTTPServerError) {
        let tcp = Int32(IPPROTO_TCP)
        try set(SOL_SOCKET, SO_KEEPALIVE, 1, on: descriptor)
        try set(tcp, TCP_KEEPIDLE, 300, on: descriptor)
        try set(tcp, TCP_KEEPINTVL, 100, on: descriptor)
        try set(tcp, TCP_KEEPCNT, 3, on: descriptor)
    }

    private static func set(
        _ level: Int32, _ option: Int32, _ value: Int32, on descriptor: Int32
    ) throws(HTTPServerError) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw .system(operation: "setsockopt", code: errno)
        }
    }
}

/// What `ListeningSocket.next` came back with.
enum Accepted {
    case connection(Int32, SocketAddress)
    case failed(Int32)
}

#if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    private let streamSocket = SOCK_STREAM
#endif

/// Makes a descriptor non-blocking and closed on exec.
func setNonBlocking(_ descriptor: Int32) throws(HTTPServerError) {
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
        fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
    else { throw .system(operation: "fcntl", code: errno) }
}
