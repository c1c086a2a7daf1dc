#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A client that asks once a connection: what these tests need of HTTP.
enum HTTPClient {
    /// A connection to a port of the loopback address; nil where nobody listens.
    static func dial(port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// The response, header and body; nil where nobody listens.
    static func send(_ method: String, _ target: String, body: String = "", port: UInt16) -> String? {
        guard let descriptor = dial(port: port) else { return nil }
        defer { close(descriptor) }
        let request =
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let sent = request.withCString { write(descriptor, $0, strlen($0)) }
        guard sent == request.utf8.count else { return nil }
        var response: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { return String(decoding: response, as: UTF8.self) }
            response += chunk[..<count]
        }
    }

    /// The value of a line of `GET /info?raw`.
    static func info(_ name: String, port: UInt16) -> String? {
        send("GET", "/info?raw", port: port)?.split(separator: "\r\n")
            .first { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
