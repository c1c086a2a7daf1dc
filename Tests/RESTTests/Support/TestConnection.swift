#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What a server answered.
struct TestAnswer {
    var status = 0
    /// Names in lower case.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// The body as text; invalid UTF-8 becomes U+FFFD.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The first field of that name (in lower case).
    subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why a test's connection failed.
struct TestConnectionError: Error, CustomStringConvertible {
    let description: String
}

/// A client that sends just the bytes it is told to, over one blocking connection to a loopback port.
final class TestConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestConnectionError(description: "no socket") }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let failed = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard failed == 0 else { throw TestConnectionError(description: "cannot connect: errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                sendNow(descriptor, $0.baseAddress! + sent, bytes.count - sent)
            }
            guard count > 0 else { throw TestConnectionError(description: "cannot send: errno \(errno)") }
            sent += count
        }
    }

    /// Sends a request and waits for its answer.
    func request(
        _ method: String, _ target: String, headers: [String] = [], body: [UInt8]? = nil
    ) throws -> TestAnswer {
        var head = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.hasPrefix("Host:") }) { head += "Host: localhost\r\n" }
        for header in headers { head += header + "\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + (body ?? []))
        return try answer(hasBody: method != "HEAD")
    }

    /// Reads the next answer.
    func answer(hasBody: Bool = true) throws -> TestAnswer {
        var answer = TestAnswer()
        let lines = try readHead()
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else {
            throw TestConnectionError(description: "not a status line: \(lines[0])")
        }
        answer.status = status
        for line in lines.dropFirst() where !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw TestConnectionError(description: "not a field: \(line)") }
            answer.headers.append((parts[0].lowercased(), String(parts[1].drop { $0 == " " })))
        }
        // A stream has no end to wait for.
        if hasBody, status != 204, status != 304, answer["content-type"] != "text/event-stream" {
            guard let length = answer["content-length"].flatMap({ Int($0) }) else {
                throw TestConnectionError(description: "no Content-Length")
            }
            while received.count < length { try receive() }
            answer.body = Array(received[..<length])
            received.removeFirst(length)
        }
        return answer
    }

    private func readHead() throws -> [String] {
        while true {
            if let end = received.indices.first(where: { received[$0...].starts(with: [13, 10, 13, 10]) }) {
                let head = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end + 4)
                return head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
            }
            try receive()
        }
    }

    private func receive() throws {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else {
            throw TestConnectionError(description: count == 0 ? "the server closed" : "errno \(errno)")
        }
        received += chunk[..<count]
    }
}

/// `send(2)`, out of the reach of the method of the same name.
private func sendNow(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
}
