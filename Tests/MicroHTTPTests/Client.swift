import Glibc

/// A blocking TCP client that speaks bytes. Every wait ends after a minute, so that a fault of the server
/// fails a test instead of hanging it.
final class Client {
    let descriptor: Int32
    private var received: [UInt8] = []

    convenience init(port: UInt16) {
        self.init(port: port, optional: true)!
    }

    /// Nil where nobody listens on that port.
    init?(port: UInt16, optional: Bool) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Sends everything; false where the server has closed the connection.
    @discardableResult
    func send(_ bytes: some Sequence<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return false }
            start += sent
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Ends our direction of the connection.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// More bytes from the server into `received`; false at the end of the stream.
    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        received += chunk[0..<count]
        return true
    }

    /// The next response; nil at the end of the stream. `isHead` says that no body follows.
    func response(isHead: Bool = false) -> Response? {
        var end: Int?
        repeat {
            end = received.indices.dropLast(3).first {
                received[$0..<$0 + 4].elementsEqual([13, 10, 13, 10])
            }
        } while end == nil && fill()
        guard let end else { return nil }
        var response = Response(String(decoding: received[0..<end], as: UTF8.self))
        received.removeFirst(end + 4)
        if !isHead, response["transfer-encoding"] == "chunked" {
            guard let body = chunks() else { return nil }
            response.body = body
            return response
        }
        let count = isHead || response.status < 200 ? 0 : Int(response["content-length"] ?? "0")!
        while received.count < count { if !fill() { return nil } }
        response.body = String(decoding: received[0..<count], as: UTF8.self)
        received.removeFirst(count)
        return response
    }

    /// A body in chunks, up to its end.
    private func chunks() -> String? {
        var body: [UInt8] = []
        while true {
            guard let line = line(), let count = Int(line, radix: 16) else { return nil }
            while received.count < count + 2 { if !fill() { return nil } }
            body += received[0..<count]
            received.removeFirst(count + 2)
            if count == 0 { return String(decoding: body, as: UTF8.self) }
        }
    }

    private func line() -> String? {
        while true {
            if let end = received.firstIndex(of: 10) {
                let line = String(decoding: received[0..<max(0, end - 1)], as: UTF8.self)
                received.removeFirst(end + 1)
                return line
            }
            if !fill() { return nil }
        }
    }

    /// Whether just that text comes next of a body, after the header where that was not read yet.
    func reads(_ text: String) -> Bool {
        if received.isEmpty, !fill() { return false }
        if received.starts(with: Array("HTTP/".utf8)) {
            while let line = line(), !line.isEmpty {}
        }
        let wanted = Array(text.utf8)
        while received.count < wanted.count { if !fill() { return false } }
        defer { received.removeFirst(wanted.count) }
        return received.starts(with: wanted)
    }

    /// Whether the server ends the connection, with nothing more sent.
    func isClosed() -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        return received.isEmpty && (count == 0 || count < 0 && errno == ECONNRESET)
    }

    /// Whether nothing has come that was not read yet; does not wait.
    var isSilent: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return received.isEmpty && count < 0 && errno == EAGAIN
    }

    /// Has the connection reset, not ended in order, when the client goes.
    func resetWhenClosed() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sends a request with a Host and returns the response.
    func request(_ line: String, headers: [String] = [], body: String = "") -> Response? {
        let head = ["\(line) HTTP/1.1", "Host: test"] + headers
        send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return response(isHead: line.hasPrefix("HEAD "))
    }
}

struct Response {
    let status: Int
    var body = ""
    private var fields: [String: String] = [:]

    init(_ head: String) {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        status = Int(lines[0].split(separator: " ")[1])!
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":")!
            fields[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
        }
    }

    subscript(name: String) -> String? { fields[name] }
}
